/**
 * Keeps what WebAssembly allocates in this thread below a bound: its memory is no part of the heap that a worker is bounded by. A program
 * that asks for more is told that there is none.
 */
export function boundWebAssembly(): void {
  if (isBound) return;
  isBound = true;
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function bounded(pages) {
    if (this.buffer.byteLength + pages * pageBytes > bytesMax) throw new RangeError("WebAssembly has as much memory as it may.");
    return grow.call(this, pages);
  };
}

let isBound = false;
const pageBytes = 65_536;
const bytesMax = 192 * 1024 * 1024;
