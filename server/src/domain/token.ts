import type { Secret } from "../kernel/secret.ts";

/** What is stored of the token of one credential. Times are on this node's clock, whatever clocks other nodes have. */
export interface HeldToken {
  /** Undefined before the first one was obtained. */
  readonly accessToken: Secret | undefined;
  /** Whether there is something to renew it with: a refresh token, or a client that needs none. */
  readonly isRenewable: boolean;
  /** Moves with every token that is stored; what was read at another version is not written any more. */
  readonly version: number;
  /** As the server granted them; undefined when it did not say. */
  readonly scopes: readonly string[] | undefined;
  readonly obtainedAtMs: number | undefined;
  /** Undefined when the server did not say: then it is good until an outside system refuses it. */
  readonly expiresAtMs: number | undefined;
  /** When the renewal that is under way is given up on; undefined when none is. */
  readonly renewingUntilMs: number | undefined;
  /** Why the last renewal failed, for people; undefined when it did not. */
  readonly reason: string | undefined;
  /** When the next renewal may be tried, after one that failed. */
  readonly nextTryAtMs: number | undefined;
  /** Whether only a person can help: the grant is gone. */
  readonly needsPerson: boolean;
}

export type TokenState = "ok" | "expiring" | "refreshing" | "failing" | "reauth_required";

/** How a token is, in one word. `failing` has `nextTryAtMs`, `reauth_required` and `failing` have `reason`. */
export function tokenState(token: HeldToken, nowMs: number): TokenState {
  if (token.needsPerson) return "reauth_required";
  if (token.renewingUntilMs !== undefined && token.renewingUntilMs > nowMs) return "refreshing";
  if (token.reason !== undefined) return "failing";
  return nowMs >= renewAtMs(token) ? "expiring" : "ok";
}

/** Until when the token may be sent: a little before its end, because a call takes its time. 0 when there is none. */
export function usableUntilMs({ accessToken, obtainedAtMs, expiresAtMs }: HeldToken): number {
  if (accessToken === undefined) return 0;
  if (expiresAtMs === undefined) return Number.POSITIVE_INFINITY;
  return expiresAtMs - Math.min(lastMomentsMs, lifetimeMs(obtainedAtMs, expiresAtMs) / 20);
}

/** From when on a renewal is begun while the token is still good, so that no call waits. 0 when there is none. */
export function renewAtMs({ accessToken, obtainedAtMs, expiresAtMs }: HeldToken): number {
  if (accessToken === undefined) return 0;
  if (expiresAtMs === undefined) return Number.POSITIVE_INFINITY;
  return expiresAtMs - Math.min(earlyMs, lifetimeMs(obtainedAtMs, expiresAtMs) / 5);
}

const lastMomentsMs = 10_000;
const earlyMs = 300_000;

const lifetimeMs = (obtainedAtMs: number | undefined, expiresAtMs: number) => Math.max(0, expiresAtMs - (obtainedAtMs ?? expiresAtMs));
