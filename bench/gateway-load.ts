import { connect } from "node:net";

/**
 * Callers that ask one address again as soon as they are answered, on a connection each. All answers of one run are equally long,
 * so after the first it is enough to count bytes. A process of its own; runs when its parent sends an order, and sends what it found.
 */
interface Order {
  readonly port: number;
  readonly path: string;
  readonly headers: string;
  readonly callers: number;
  readonly forMs: number;
}

process.on("message", (order: Order) => {
  const startedMs = performance.now();
  const callers = Array.from({ length: order.callers }, () => caller(order, startedMs + order.forMs));
  Promise.all(callers).then(
    (counts) => process.send?.({ answers: counts.reduce((sum, one) => sum + one, 0), seconds: (performance.now() - startedMs) / 1000 }),
    (error: unknown) => process.send?.({ answers: 0, seconds: 0, fault: String(error) }),
  );
});
process.once("disconnect", () => process.exit(0));

function caller({ port, path, headers }: Order, endsMs: number): Promise<number> {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${headers}\r\n`, "latin1");
  return new Promise((done, fail) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let answers = 0;
    let answerBytes = 0;
    let seen = Buffer.alloc(0);
    let seenBytes = 0;
    socket.on("error", fail);
    socket.on("connect", () => socket.write(request));
    socket.on("data", (data) => {
      seenBytes += data.length;
      if (answerBytes === 0) {
        seen = Buffer.concat([seen, data]);
        answerBytes = lengthOf(seen, fail);
        if (answerBytes === 0) return;
      }
      if (seenBytes < answerBytes) return;
      if (seenBytes > answerBytes) return void fail(new Error("An answer was longer than the first."));
      answers += 1;
      seenBytes = 0;
      if (performance.now() < endsMs) return void socket.write(request);
      socket.destroy();
      done(answers);
    });
  });
}

/** Bytes of the whole answer, once its head is there; 0 before. */
function lengthOf(seen: Buffer, fail: (error: Error) => void): number {
  const end = seen.indexOf("\r\n\r\n");
  if (end === -1) return 0;
  const head = seen.toString("latin1", 0, end);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith("HTTP/1.1 200 ") || length !== "1024") fail(new Error(`Not the answer that was expected: ${head}`));
  return end + 4 + Number(length);
}
