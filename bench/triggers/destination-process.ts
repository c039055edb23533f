import { createServer, type Socket } from "node:net";

/**
 * A destination that answers each event at once, and counts. It looks only for the ends of heads and the length of bodies, so that it
 * costs a small part of what the program under test does. A process of its own; sends its address to its parent, and its count when asked.
 */
const answer = Buffer.from("HTTP/1.1 204 No Content\r\n\r\n", "latin1");
let count = 0;

const server = createServer({ noDelay: true }, (socket) => {
  let seen = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    seen = taken(socket, seen + data.toString("latin1"));
  });
});

/** Answers every request that is all there; gives the rest. */
function taken(socket: Socket, seen: string): string {
  let rest = seen;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end === -1) return rest;
    const whole = end + 4 + Number(/content-length: (\d+)/i.exec(rest.slice(0, end))?.[1] ?? 0);
    if (rest.length < whole) return rest;
    count += 1;
    socket.write(answer);
    rest = rest.slice(whole);
  }
}

process.on("message", () => process.send?.({ count }));
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.once("disconnect", () => process.exit(0));
