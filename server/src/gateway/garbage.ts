/**
 * Notes how much of a long body has passed. Every piece of one is a buffer outside of V8's heap, and nobody's any more a moment later.
 * Left alone, V8 waits for 64 MB of them and then collects the whole heap; to collect the young ones every few megabytes costs a tenth
 * of that and holds a quarter of the memory. Does nothing in a process that was not started with --expose-gc, as `npm start` does.
 */
export function notePassed(bytes: number): void {
  passedBytes += bytes;
  if (passedBytes < collectBytes) return;
  passedBytes = 0;
  globalThis.gc?.({ type: "minor" });
}

/** Since the last collection, of all calls together: they share the heap. */
let passedBytes = 0;
const collectBytes = 16 * 1024 * 1024;
