import { performance } from "node:perf_hooks";

/**
 * Gives memory back while there is nothing to do: the young generation is large, so that calls die in it, and V8 keeps at rest what it
 * needed under load. Looks every `everyMs`; the collection, of about 75 ms, is made once the event loop was idle for that long and the
 * heap has grown by `grownBytes` since the last one. Does nothing in a process without --expose-gc. Returns the way to stop.
 */
export function giveBackWhenIdle({ everyMs, grownBytes }: { everyMs: number; grownBytes: number }): () => void {
  let loop = performance.eventLoopUtilization();
  let keptBytes = 0;
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);

  function look(): void {
    const { utilization } = performance.eventLoopUtilization(loop);
    loop = performance.eventLoopUtilization();
    if (utilization > idleUtilization || process.memoryUsage().heapTotal < keptBytes + grownBytes) return;
    globalThis.gc?.({ type: "major", flavor: "last-resort" });
    keptBytes = process.memoryUsage().heapTotal;
  }
}

const idleUtilization = 0.005;
