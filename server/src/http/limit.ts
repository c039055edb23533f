import type { ServerResponse } from "node:http";
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
    let isCounted = true;
    const leave = () => {
      if (isCounted) underWay -= 1;
      isCounted = false;
    };
    leaving.set(reply.raw, leave);
    reply.raw.once("close", leave);
    return done();
  });
  return () => ({ underWay, refused });
}

/** Gives the place of a request back before its answer is over: for one that waits, whose number somebody else bounds. */
export function leavePlace(response: ServerResponse): void {
  leaving.get(response)?.();
}

const leaving = new WeakMap<ServerResponse, () => void>();

export interface LimitStats {
  readonly underWay: number;
  /** Since the start. */
  readonly refused: number;
}

const watched = new Set(["/healthz", "/readyz", "/metrics"]);
