import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Call } from "./call.ts";
import { notePassed } from "./garbage.ts";

/**
 * A caller's body as a stream of its own, read only as fast as it is taken. It ends as the caller's does and breaks when the caller
 * goes away. Destroying it leaves the caller's connection alone: the rest of the body is then read and thrown away, so that an answer
 * already on its way still arrives. Its bytes are counted.
 */
export function bodyOf(call: Call): Readable {
  const { request } = call;
  const body = new Readable({
    read: () => request.resume(),
    destroy(error, done) {
      request.off("data", push).off("end", end).off("close", close);
      request.resume();
      done(error);
    },
  });
  request.on("data", push).on("end", end).on("close", close);
  return body;

  function push(chunk: Buffer): void {
    call.bytesIn += chunk.length;
    notePassed(chunk.length);
    if (!body.push(chunk)) request.pause();
  }

  function end(): void {
    body.push(null);
  }

  function close(): void {
    if (!request.complete) body.destroy(new Error("The caller went away before the end of the body."));
  }
}

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
