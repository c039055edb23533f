import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import { createUploadRetention } from "../control/upload-retention.ts";
import { type Receiving, receive, type UploadDeps } from "../control/uploads.ts";
import { Problem } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import { allowSlowBody } from "./body-deadline.ts";

/**
 * The addresses that take a file to import, which `GetProtocolUploadURL` gives. Who knows one may send that file, so nothing else is
 * asked of them; no browser sends from another site, because no other site is allowed to.
 */
export function registerUploads(app: FastifyInstance, deps: UploadDeps & { readonly log: Log }): void {
  const retention = createUploadRetention(deps);
  app.addHook("onClose", () => retention.close());
  app.register(async (uploads) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser("*", (_request, _body, done) => done(null));
    uploads.put<{ Params: { organisation: string; token: string } }>("/uploads/:organisation/:token", async ({ params, raw }, reply) => {
      const { "content-type": type = "", "content-length": length } = raw.headers;
      const sent = { type, length: length === undefined ? undefined : Number(length) };
      const receiving = await receive(deps, params.organisation, params.token, sent);
      allowSlowBody(raw, sent.length ?? 0);
      await take(receiving, raw);
      return reply.code(204).send();
    });
  });
}

/** Keeps the body in pieces of one size, so that no more than one of them is in memory. */
async function take(receiving: Receiving, request: IncomingMessage): Promise<void> {
  try {
    const piece = Buffer.allocUnsafeSlow(pieceBytes);
    let length = 0;
    // Not destroyed where an error ends this: whoever sends should hear of it.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; ) {
        const taken = chunk.copy(piece, length, at);
        at += taken;
        length += taken;
        if (length === piece.length) {
          await receiving.add(piece);
          length = 0;
        }
      }
    }
    if (length > 0) await receiving.add(piece.subarray(0, length));
    await receiving.complete();
  } catch (error) {
    request.resume();
    await receiving.giveUp().catch(() => {});
    if (request.errored) throw new Problem("invalid_request", { message: "The file is cut off.", cause: error });
    throw error;
  }
}

const pieceBytes = 512 * 1024;
