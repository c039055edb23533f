import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { nowMs } from "./pace-clock.ts";

/**
 * Sends requests on a fixed schedule, whether the earlier ones were answered or not, over connections that take turns. Answers each
 * order with how long after its due moment every request was answered. A thread of its own keeps the schedule, because timers of the
 * event loop are late by up to a millisecond.
 */
interface Order {
  readonly port: number;
  readonly request: string;
  readonly perSecond: number;
  readonly forMs: number;
  readonly connections: number;
}

process.on("message", (order: Order) => {
  run(order).then(
    (latenciesMs) => process.send?.({ latenciesMs }),
    (error: unknown) => process.send?.({ fault: String(error) }),
  );
});
process.once("disconnect", () => process.exit(0));

async function run({ port, request, perSecond, forMs, connections }: Order): Promise<number[]> {
  const bytes = Buffer.from(request, "latin1");
  const total = Math.round((perSecond * forMs) / 1000);
  const latenciesMs: number[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<number[]>();
  const free: Caller[] = [];
  /** Due moments of requests for which no connection was free: they wait, and their waiting counts. */
  const late: number[] = [];
  const answered = (caller: Caller) => {
    latenciesMs.push(nowMs() - caller.dueMs);
    const next = late.shift();
    if (next === undefined) free.push(caller);
    else caller.ask(next, bytes);
    if (latenciesMs.length === total) resolve(latenciesMs);
  };
  const all = await Promise.all(Array.from({ length: connections }, () => opened(port, answered, reject)));
  free.push(...all);
  const clock = new Worker(new URL("pace-clock.ts", import.meta.url), { workerData: { total, everyMs: 1000 / perSecond } });
  clock.on("error", reject);
  clock.on("message", (dueMs: number) => {
    const caller = free.shift();
    if (caller) caller.ask(dueMs, bytes);
    else late.push(dueMs);
  });
  try {
    return await promise;
  } finally {
    for (const { socket } of all) socket.destroy();
    await clock.terminate();
  }
}

interface Caller {
  readonly socket: Socket;
  dueMs: number;
  ask(dueMs: number, bytes: Buffer): void;
}

const read = Buffer.alloc(64 * 1024);

function opened(port: number, onAnswer: (caller: Caller) => void, fail: (error: Error) => void): Promise<Caller> {
  return new Promise((done) => {
    let seen = "";
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread: { buffer: read, callback: onRead } });
    const caller: Caller = {
      socket,
      dueMs: 0,
      ask(dueMs, bytes) {
        caller.dueMs = dueMs;
        socket.write(bytes);
      },
    };
    socket.on("error", fail).on("connect", () => done(caller));

    function onRead(count: number): boolean {
      seen += read.toString("latin1", 0, count);
      const end = seen.indexOf("\r\n\r\n");
      if (end === -1 || seen.length < end + 4 + 1024) return true;
      if (!seen.startsWith("HTTP/1.1 200 ")) fail(new Error(`Not the answer that was expected: ${seen}`));
      seen = "";
      onAnswer(caller);
      return true;
    }
  });
}
