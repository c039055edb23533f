import type { IncomingMessage, ServerResponse } from "node:http";
import type { Actor } from "../domain/actor.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import type { Target } from "./target.ts";

/** One call on its way through the gateway. What is not known yet is undefined; one shape, because every call makes one. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  target: Target | undefined;
  actor: Actor | undefined;
  snapshot: EnvironmentSnapshot | undefined;
  /** How often it has waited for a token. */
  renewals: number;
}

/** A call of which nothing is known yet but that it came. */
export const newCall = (request: IncomingMessage, response: ServerResponse, requestId: string): Call => ({
  request,
  response,
  requestId,
  target: undefined,
  actor: undefined,
  snapshot: undefined,
  renewals: 0,
});
