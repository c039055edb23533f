import { Problem } from "../kernel/errors.ts";
import type { Claim } from "../store/token-leases.ts";
import { TokenRefused, TokenUnavailable } from "./token-endpoint.ts";

/** What a failed token request means (O-8). */
export interface RenewalFailure {
  /** For people. Holds no secret. */
  readonly reason: string;
  /** How long to leave the server alone; undefined when asking again is of no use. */
  readonly retryInMs: number | undefined;
  /** Whether the server said what became of the request. */
  readonly isAnswered: boolean;
  /** Whether the fault may be Mooring's own. */
  readonly isUnexpected: boolean;
}

/** `random`, from 0 to below 1, spreads the next tries of many credentials out, so that a server that is back is not overrun. */
export function failureOf(error: unknown, claim: Pick<Claim, "client" | "token">, random: number): RenewalFailure {
  const retryInMs = Math.floor(retryMs + random * jitterMs);
  if (error instanceof TokenRefused) {
    const said = error.description === undefined ? error.error : `${error.error}: ${error.description}`;
    if (error.error === "invalid_grant" && claim.client.type === "oauth2-token") return grantGone(said, claim);
    return { reason: `The authorization server refused (${said}).`, retryInMs, isAnswered: true, isUnexpected: false };
  }
  if (error instanceof TokenUnavailable) {
    const asked = Math.min((error.retryAfterSeconds ?? 0) * 1000, retryAfterMsMax);
    return {
      reason: error.message,
      retryInMs: Math.max(retryInMs, Math.floor(asked + random * jitterMs)),
      isAnswered: false,
      isUnexpected: false,
    };
  }
  if (error instanceof Problem) {
    const isFinal = error.code === "reauth_required";
    return { reason: error.message, retryInMs: isFinal ? undefined : retryInMs, isAnswered: true, isUnexpected: false };
  }
  return { reason: "Something went wrong in Mooring; the log has more.", retryInMs, isAnswered: false, isUnexpected: true };
}

function grantGone(said: string, { token: { intentAtMs } }: Pick<Claim, "token">): RenewalFailure {
  // A server that gives a new refresh token each time takes the old one for stolen once the answer with the new one was lost (O-7).
  const lost =
    intentAtMs === undefined
      ? ""
      : ` A renewal that was begun at ${new Date(intentAtMs).toISOString()} was interrupted before its answer was kept; the token it gave may be lost.`;
  return {
    reason: `The authorization server does not take the refresh token any more (${said}).${lost} Somebody has to sign in again.`,
    retryInMs: undefined,
    isAnswered: true,
    isUnexpected: false,
  };
}

const retryMs = 60_000;
const jitterMs = 15_000;
const retryAfterMsMax = 300_000;
