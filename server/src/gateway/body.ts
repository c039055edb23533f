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
