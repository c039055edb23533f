import { createServer } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

/**
 * Runs inside the program under test, before it: tells over HTTP, on BENCH_PROBE_PORT, for how long the main thread was blocked since it
 * was last asked. A tick comes every 10 ms when nothing blocks.
 */
const port = Number(process.env.BENCH_PROBE_PORT ?? 0);
if (isMainThread && port > 0) {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  createServer((_request, response) => {
    const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - 10);
    response.end(JSON.stringify({ p99Ms: ms(delay.percentile(99)), maxMs: ms(delay.max), ticks: delay.count }));
    delay.reset();
  })
    .listen(port, "127.0.0.1")
    .unref();
}
