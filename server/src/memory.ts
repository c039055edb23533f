import { performance } from "node:perf_hooks";

/**
 * Gives memory back: at once what the start took, and later, after `restMs` in which the event loop was idle, what a load has left behind,
 * if that is `grownBytes` at least. The young generation is large, so that calls die in it, and V8 keeps at rest what it grew to. A
 * collection takes about 75 ms and throws compiled code away as well, which a busy process would miss. Does nothing without
 * --expose-gc. Returns the way to stop.
 */
export function giveBackMemory({ everyMs, restMs, grownBytes }: GiveBack): () => void {
  let loop = performance.eventLoopUtilization();
  let restedMs = 0;
  let keptBytes = collected();
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);

  function look(): void {
    const { utilization } = performance.eventLoopUtilization(loop);
    loop = performance.eventLoopUtilization();
    restedMs = utilization > idleUtilization ? 0 : restedMs + everyMs;
    if (restedMs < restMs || process.memoryUsage().heapTotal < keptBytes + grownBytes) return;
    keptBytes = collected();
    restedMs = 0;
  }
}

export interface GiveBack {
  readonly everyMs: number;
  readonly restMs: number;
  readonly grownBytes: number;
}

const idleUtilization = 0.005;

/** Collects all that can be; gives the size of the heap then. */
function collected(): number {
  globalThis.gc?.({ type: "major", flavor: "last-resort" });
  return process.memoryUsage().heapTotal;
}
