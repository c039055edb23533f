import { createServer } from "node:net";

/**
 * An outside system that answers every request with the same 1 KB. It only looks for the ends of heads, so that it costs a small part
 * of what the program under test does. A process of its own; sends its address to its parent.
 */
const body = "a".repeat(1024);
const head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\r\n";
const answer = Buffer.from(head + body, "latin1");

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    for (let at = data.indexOf("\r\n\r\n"); at !== -1; at = data.indexOf("\r\n\r\n", at + 4)) socket.write(answer);
  });
});

server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.once("disconnect", () => process.exit(0));
