import { connect } from "node:net";

/**
 * Callers that pass 10 MiB again and again, on a connection each: down in the answer of a GET, or up in the body of a PUT. A process
 * of its own; runs when its parent sends an order, and sends what it found.
 */
interface Order {
  readonly port: number;
  readonly head: string;
  readonly method: "GET" | "PUT";
  readonly callers: number;
  readonly forMs: number;
}

const bytes = 10 * 1024 * 1024;
const body = Buffer.alloc(bytes, "m");
const read = Buffer.alloc(256 * 1024);

process.on("message", (order: Order) => {
  const startedMs = performance.now();
  Promise.all(Array.from({ length: order.callers }, () => caller(order, startedMs + order.forMs))).then(
    (counts) => {
      const mebibytes = (counts.reduce((sum, one) => sum + one, 0) * bytes) / 1024 / 1024;
      process.send?.({ mebibytes, seconds: (performance.now() - startedMs) / 1000 });
    },
    (error: unknown) => process.send?.({ fault: String(error) }),
  );
});
process.once("disconnect", () => process.exit(0));

function caller({ port, head, method }: Order, endsMs: number): Promise<number> {
  const request = Buffer.from(head, "latin1");
  return new Promise((done, fail) => {
    let count = 0;
    let missing = 0;
    let seen = "";
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread: { buffer: read, callback: onRead } });
    socket.on("error", fail).on("close", () => fail(new Error("A connection was closed.")));
    socket.on("connect", ask);

    function ask(): void {
      socket.cork();
      socket.write(request);
      if (method === "PUT") socket.write(body);
      socket.uncork();
    }

    function onRead(length: number): boolean {
      if (missing > 0) missing -= length;
      else {
        seen += read.toString("latin1", 0, length);
        const end = seen.indexOf("\r\n\r\n");
        if (end === -1) return true;
        if (!seen.startsWith(method === "GET" ? "HTTP/1.1 200 " : "HTTP/1.1 204 ")) fail(new Error(`Not what was expected: ${seen}`));
        missing = method === "GET" ? bytes - (seen.length - end - 4) : 0;
        seen = "";
      }
      if (missing > 0) return true;
      count += 1;
      if (performance.now() < endsMs) ask();
      else {
        done(count);
        socket.destroy();
      }
      return true;
    }
  });
}
