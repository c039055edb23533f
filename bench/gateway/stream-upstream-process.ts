import { createServer, type Socket } from "node:net";

/**
 * An outside system that answers a GET with 10 MiB, and anything else with 204 once its whole body was read. It looks only for the end
 * of heads and the length. A process of its own; sends its address to its parent.
 */
const bytes = 10 * 1024 * 1024;
const body = Buffer.alloc(bytes, "m");
const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n`, "latin1");
const taken = Buffer.from("HTTP/1.1 204 No Content\r\n\r\n", "latin1");

const server = createServer({ noDelay: true }, (socket) => {
  /** Bytes of a body that are still to come. */
  let missing = 0;
  let seen = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    if (missing === 0) {
      seen += data.toString("latin1");
      const end = seen.indexOf("\r\n\r\n");
      if (end === -1) return;
      const length = Number(/content-length: (\d+)/i.exec(seen.slice(0, end))?.[1] ?? 0);
      const rest = seen.length - end - 4;
      const isGet = seen.startsWith("GET ");
      seen = "";
      if (isGet) return give(socket);
      missing = length - rest;
    } else missing -= data.length;
    if (missing === 0) socket.write(taken);
  });
});

function give(socket: Socket): void {
  socket.cork();
  socket.write(head);
  socket.write(body);
  socket.uncork();
}

server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.once("disconnect", () => process.exit(0));
