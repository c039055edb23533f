import { isMainThread, parentPort, workerData } from "node:worker_threads";

/** Milliseconds on a clock that all threads share; performance.now() begins anew in each. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** In a thread of its own: says when each request of a schedule is due, as soon as it is. */
function keepSchedule({ total, everyMs }: { total: number; everyMs: number }): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const startMs = nowMs() + 20;
  for (let count = 0; count < total; count += 1) {
    const dueMs = startMs + count * everyMs;
    for (let leftMs = dueMs - nowMs(); leftMs > 0; leftMs = dueMs - nowMs()) Atomics.wait(never, 0, 0, leftMs);
    parentPort?.postMessage(dueMs);
  }
}

if (!isMainThread) keepSchedule(workerData as Parameters<typeof keepSchedule>[0]);
