import { createHmac, randomBytes } from "node:crypto";
import { connect } from "node:net";

/**
 * Senders of events that send the next as soon as the last is answered, on a connection each. Every event has a body of its own of 1 KB,
 * signed. All answers are equally long, so after the first it is enough to count bytes. Answers each order with how many were taken.
 */
interface Order {
  readonly port: number;
  readonly path: string;
  readonly secret: string;
  readonly senders: number;
  readonly forMs: number;
}

process.on("message", (order: Order) => {
  const startedMs = performance.now();
  Promise.all(Array.from({ length: order.senders }, () => sender(order, startedMs + order.forMs))).then(
    (counts) => process.send?.({ answers: counts.reduce((sum, one) => sum + one, 0), seconds: (performance.now() - startedMs) / 1000 }),
    (error: unknown) => process.send?.({ fault: String(error) }),
  );
});
process.once("disconnect", () => process.exit(0));

const read = Buffer.alloc(64 * 1024);
// No two runs send the same event.
const run = randomBytes(6).toString("hex");
let sent = 0;

function requestOf({ port, path, secret }: Order): string {
  const text = `{"id":"${run}-${String(sent++).padStart(10, "0")}","what":"`;
  const body = `${text}${"x".repeat(1024 - text.length - 2)}"}`;
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: bench/1\r\nAccept: */*\r\nContent-Type: application/json\r\n` +
    `X-Signature: ${signature}\r\nContent-Length: 1024\r\n\r\n${body}`
  );
}

function sender(order: Order, endsMs: number): Promise<number> {
  return new Promise((done, fail) => {
    let answers = 0;
    let answerBytes = 0;
    let first = "";
    let seenBytes = 0;
    const socket = connect({ port: order.port, host: "127.0.0.1", noDelay: true, onread: { buffer: read, callback: onRead } });
    const send = () => socket.write(requestOf(order), "latin1");
    socket.on("error", fail).on("close", () => fail(new Error("A connection was closed.")));
    socket.on("connect", send);

    function onRead(bytes: number): boolean {
      seenBytes += bytes;
      if (answerBytes === 0) {
        first += read.toString("latin1", 0, bytes);
        answerBytes = lengthOf(first, fail);
        if (answerBytes === 0) return true;
      }
      if (seenBytes < answerBytes) return true;
      if (seenBytes > answerBytes) fail(new Error("An answer was longer than the first."));
      answers += 1;
      seenBytes = 0;
      if (performance.now() < endsMs) send();
      else {
        done(answers);
        socket.destroy();
      }
      return true;
    }
  });
}

/** Bytes of the whole answer, once its head is there; 0 before. */
function lengthOf(seen: string, fail: (error: Error) => void): number {
  const end = seen.indexOf("\r\n\r\n");
  if (end === -1) return 0;
  if (!seen.startsWith("HTTP/1.1 200 ")) fail(new Error(`Not the answer that was expected: ${seen}`));
  return end + 4 + Number(/content-length: (\d+)/i.exec(seen.slice(0, end))?.[1] ?? 0);
}
