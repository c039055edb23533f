import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Sees to the rest of a body that nobody needs any more once the answer is sent: it is read and thrown away for `lingerMs`, because
 * closing at once would reset the connection and could take the answer with it (RFC 9112 section 9.6). Then the connection is closed.
 */
export function discardRest(request: IncomingMessage, response: ServerResponse, { lingerMs }: { lingerMs: number }): void {
  if (request.complete) return;
  request.resume();
  response.once("finish", () => {
    request.resume();
    const { socket } = request;
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    timer.unref();
    request.once("end", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
  });
}
