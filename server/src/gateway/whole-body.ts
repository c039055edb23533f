import type { IncomingMessage } from "node:http";

/**
 * Reads a body of `length` bytes whole and gives it to `onWhole`, which is not called when the caller goes away first. The length is the
 * caller's Content-Length, which the server's parser holds the body to, so that is all that is ever held.
 */
export function wholeBody(request: IncomingMessage, length: number, onWhole: (body: Buffer) => void): void {
  const body = Buffer.allocUnsafe(length);
  let filled = 0;
  request.on("data", (piece: Buffer) => {
    filled += piece.copy(body, filled);
  });
  request.once("end", () => onWhole(body));
}
