import { connect } from "node:net";

/**
 * The callers of load.ts. First they are told what to send; then each order says for how long. They read no more of an answer than
 * its status and length, so that they cost a small part of what the server under test does.
 */
type Message = { readonly port: number; readonly callers: readonly (readonly string[])[] } | { readonly forMs: number };

let callers: readonly ((endsMs: number) => Promise<number[]>)[] = [];

process.on("message", (message: Message) => {
  if ("port" in message) {
    callers = message.callers.map((requests) => createCaller(message.port, requests));
    process.send?.({});
    return;
  }
  const startedMs = performance.now();
  Promise.all(callers.map((caller) => caller(startedMs + message.forMs))).then(
    (latencies) => process.send?.(found(latencies.flat(), performance.now() - startedMs)),
    (error: unknown) => process.send?.({ fault: String(error) }),
  );
});
process.once("disconnect", () => process.exit(0));

function found(latencies: number[], tookMs: number) {
  latencies.sort((a, b) => a - b);
  return { perSecond: latencies.length / (tookMs / 1000), medianMs: latencies[Math.floor(latencies.length / 2)] };
}

/** One caller. Its runs give how long each answer took, in milliseconds. */
function createCaller(port: number, requests: readonly string[]): (endsMs: number) => Promise<number[]> {
  const bytes = requests.map((request) => Buffer.from(request, "utf8"));
  let turn = 0;
  return (endsMs) =>
    new Promise((done, fail) => {
      const latencies: number[] = [];
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      let sentMs = 0;
      let missing = 0;
      const send = () => {
        sentMs = performance.now();
        socket.write(bytes[turn++ % bytes.length] as Buffer);
      };
      socket.on("error", fail);
      socket.on("close", () => fail(new Error("A connection was closed.")));
      socket.on("connect", send);
      socket.on("data", (data) => {
        missing = missing > 0 ? missing - data.length : restOf(data, fail);
        if (missing > 0) return;
        if (missing < 0) return fail(new Error("An answer was longer than it said."));
        const nowMs = performance.now();
        latencies.push(nowMs - sentMs);
        if (nowMs < endsMs) return send();
        done(latencies);
        socket.destroy();
      });
    });
}

/** Bytes of an answer that are still to come after its first piece, which holds the head: it is far shorter than a segment. */
function restOf(data: Buffer, fail: (error: Error) => void): number {
  const end = data.indexOf("\r\n\r\n");
  const head = data.toString("latin1", 0, end);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (end === -1 || !head.startsWith("HTTP/1.1 200 ") || length === undefined) fail(new Error(`Not what was expected: ${data.toString()}`));
  return end + 4 + Number(length) - data.length;
}
