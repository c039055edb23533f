import { connect } from "node:net";

/**
 * Callers that ask again as soon as they are answered, on a connection each. All answers of one run are equally long, so after the
 * first it is enough to count bytes, and all sockets read into one buffer. First it is told what to ask; then each order says for how
 * long, and is answered with what was found.
 */
type Message = { readonly port: number; readonly requests: readonly string[]; readonly callers: number } | { readonly forMs: number };

let port = 0;
let callers = 0;
let requests: readonly Buffer[] = [];
/** The callers take the requests in turn, and go on in the next run where they were. */
let turn = 0;

process.on("message", (message: Message) => {
  if ("port" in message) {
    ({ port, callers } = message);
    requests = message.requests.map((text) => Buffer.from(text, "latin1"));
    return void process.send?.({});
  }
  const startedMs = performance.now();
  Promise.all(Array.from({ length: callers }, () => caller(startedMs + message.forMs))).then(
    (counts) => process.send?.({ answers: counts.reduce((sum, one) => sum + one, 0), seconds: (performance.now() - startedMs) / 1000 }),
    (error: unknown) => process.send?.({ fault: String(error) }),
  );
});
process.once("disconnect", () => process.exit(0));

const read = Buffer.alloc(64 * 1024);

function caller(endsMs: number): Promise<number> {
  return new Promise((done, fail) => {
    let answers = 0;
    let answerBytes = 0;
    let first = Buffer.alloc(0);
    let seenBytes = 0;
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread: { buffer: read, callback: onRead } });
    const ask = () => socket.write(requests[turn++ % requests.length] as Buffer);
    socket.on("error", fail).on("close", () => fail(new Error("A connection was closed.")));
    socket.on("connect", ask);

    function onRead(bytes: number): boolean {
      seenBytes += bytes;
      if (answerBytes === 0) {
        first = Buffer.concat([first, read.subarray(0, bytes)]);
        answerBytes = lengthOf(first, fail);
        if (answerBytes === 0) return true;
      }
      if (seenBytes < answerBytes) return true;
      if (seenBytes > answerBytes) fail(new Error("An answer was longer than the first."));
      answers += 1;
      seenBytes = 0;
      if (performance.now() < endsMs) ask();
      else {
        done(answers);
        socket.destroy();
      }
      return true;
    }
  });
}

/** Bytes of the whole answer, once its head is there; 0 before. */
function lengthOf(seen: Buffer, fail: (error: Error) => void): number {
  const end = seen.indexOf("\r\n\r\n");
  if (end === -1) return 0;
  const head = seen.toString("latin1", 0, end);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith("HTTP/1.1 200 ") || length !== "1024") fail(new Error(`Not the answer that was expected: ${seen.toString()}`));
  return end + 4 + Number(length);
}
