import type { FastifyInstance } from "fastify";
import { Problem } from "../kernel/errors.ts";

/**
 * Refuses requests as overloaded while `requestsMax` others are under way (L-1). Health, readiness and metrics are always answered:
 * whoever watches a busy server must not take it for a dead one. Returns how many are under way and how many were refused.
 */
export function limitRequests(app: FastifyInstance, { requestsMax }: { requestsMax: number }): () => LimitStats {
  let underWay = 0;
  let refused = 0;
  app.addHook("onRequest", (request, reply, done) => {
    if (watched.has(request.url)) return done();
    if (underWay >= requestsMax) {
      refused += 1;
      return done(new Problem("overloaded", { retryAfterSeconds: 1 + (refused % 3) }));
    }
    underWay += 1;
    reply.raw.once("close", () => {
      underWay -= 1;
    });
    return done();
  });
  return () => ({ underWay, refused });
}

export interface LimitStats {
  readonly underWay: number;
  /** Since the start. */
  readonly refused: number;
}

const watched = new Set(["/healthz", "/readyz", "/metrics"]);
