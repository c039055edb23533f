/** Bytes that come in pieces, as one. Each is copied once, so that a piece of a few bytes keeps no larger buffer alive. */
export interface Collector {
  /** False, and nothing added, when there would be more than allowed. */
  add(piece: Uint8Array): boolean;
  /** All that was added, at the beginning of memory of its own. */
  bytes(): Uint8Array;
}

/** Takes at most `bytesMax`. With `expected`, an upper bound that may be wrong, nothing is copied a second time while it grows. */
export function createCollector({ bytesMax, expected }: { bytesMax: number; expected?: number | undefined }): Collector {
  // The system gives memory that is never written to only in name, so that whoever announces much and sends little costs little.
  let held = Buffer.allocUnsafeSlow(Math.min(bytesMax, expected ?? firstBytes));
  let length = 0;
  return {
    add(piece) {
      if (length + piece.length > bytesMax) return false;
      if (length + piece.length > held.length) grow(length + piece.length);
      held.set(piece, length);
      length += piece.length;
      return true;
    },
    bytes: () => held.subarray(0, length),
  };

  function grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(bytesMax, Math.max(needed, held.length * 2)));
    larger.set(held.subarray(0, length));
    held = larger;
  }
}

const firstBytes = 64 * 1024;

/** The same memory, as what most of Node takes. */
export const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
