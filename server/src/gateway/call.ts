import type { IncomingMessage, ServerResponse } from "node:http";
import type { Actor } from "../domain/actor.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import type { ProblemCode } from "../kernel/errors.ts";
import type { Lane } from "../traffic/lanes.ts";
import type { Target } from "./target.ts";

/** One call on its way through the gateway. What is not known yet is undefined; one shape, because every call makes one. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  target: Target | undefined;
  actor: Actor | undefined;
  snapshot: EnvironmentSnapshot | undefined;
  /** What was asked of the outside system, where that is not what the caller asked for: below the base URL. */
  sent: SentRequest | undefined;
  /** How often it was sent to the outside system, or is being sent. */
  attempts: number;
  /** Where it holds a place among all that are in flight. */
  lane: Lane | undefined;
  /** On the monotonic clock of performance.now(). */
  readonly startedAtMs: number;
  /** Bytes of the caller's body that were read so far. Whoever reads them adds to it. */
  bytesIn: number;
  /** Bytes of the answer's body so far. */
  bytesOut: number;
  /** What went wrong. */
  code: ProblemCode | undefined;
  /** How often it has waited for a token. */
  renewals: number;
}

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/** A call of which nothing is known yet but that it came. */
export const newCall = (request: IncomingMessage, response: ServerResponse, requestId: string): Call => ({
  request,
  response,
  requestId,
  target: undefined,
  actor: undefined,
  snapshot: undefined,
  sent: undefined,
  attempts: 0,
  lane: undefined,
  startedAtMs: performance.now(),
  bytesIn: 0,
  bytesOut: 0,
  code: undefined,
  renewals: 0,
});
