import type { IncomingMessage } from "node:http";

/** Cuts off a body that is not there within 60 s, unless it is given more. */
export function limitBody(request: IncomingMessage): void {
  const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
  if (length === "0" && encoding === undefined) return;
  // Not `request.setTimeout`: its listeners stay on a socket that many requests share.
  start(request, bodyTimeoutMs);
  request.once("end", () => stop(request)).once("close", () => stop(request));
}

/** From now on the body has time for `bytes` over a line of 1 Mbit/s. For those who may send as much, and only while they do. */
export function allowSlowBody(request: IncomingMessage, bytes: number): void {
  if (!timers.has(request)) return;
  stop(request);
  start(request, bodyTimeoutMs + (bytes / slowestBytesPerSecond) * 1000);
}

const bodyTimeoutMs = 60_000;
const slowestBytesPerSecond = 128 * 1024;

const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

function start(request: IncomingMessage, afterMs: number): void {
  timers.set(
    request,
    setTimeout(() => request.destroy(), afterMs),
  );
}

function stop(request: IncomingMessage): void {
  clearTimeout(timers.get(request));
  timers.delete(request);
}
