import type { CredentialToken } from "@mooring/contract";
import type { Secret } from "../kernel/secret.ts";

/** What is stored of the token of one credential. Times are on this node's clock, whatever clocks other nodes have. */
export type HeldToken = TokenFacts<Secret>;

/** The same with the token in another form, and times on the clock of whoever reads it. */
export interface TokenFacts<Token = unknown> {
  /** Undefined before the first one was obtained. */
  readonly accessToken: Token | undefined;
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

export type TokenState = CredentialToken["state"];

/** How a token is, in one word. `failing` has `nextTryAtMs`, `reauth_required` and `failing` have a reason, see `reasonOf`. */
export function tokenState(token: TokenFacts, nowMs: number): TokenState {
  if (token.needsPerson || isSpent(token, nowMs)) return "reauth_required";
  if (token.renewingUntilMs !== undefined && token.renewingUntilMs > nowMs) return "refreshing";
  if (token.reason !== undefined) return "failing";
  return nowMs >= renewAtMs(token) ? "expiring" : "ok";
}

/** Why a token is not renewed, for people; undefined when nothing stands in the way. */
export function reasonOf(token: TokenFacts, nowMs: number): string | undefined {
  if (token.reason !== undefined || !isSpent(token, nowMs)) return token.reason;
  return token.accessToken === undefined ? neverThere : spent;
}

export const neverThere = "Nobody has signed in yet.";
export const spent = "The token has ended, and there is no refresh token to renew it with.";

/** Whether it can neither be sent nor renewed: somebody has to sign in. */
const isSpent = (token: TokenFacts, nowMs: number) => !token.isRenewable && nowMs >= usableUntilMs(token);

/** Until when the token may be sent: a little before its end, because a call takes its time. 0 when there is none. */
export function usableUntilMs({ accessToken, obtainedAtMs, expiresAtMs }: TokenFacts): number {
  if (accessToken === undefined) return 0;
  if (expiresAtMs === undefined) return Number.POSITIVE_INFINITY;
  return expiresAtMs - Math.min(lastMomentsMs, lifetimeMs(obtainedAtMs, expiresAtMs) / 20);
}

/** From when on a renewal is begun while the token is still good, so that no call waits. 0 when there is none. */
export function renewAtMs({ accessToken, obtainedAtMs, expiresAtMs }: TokenFacts): number {
  if (accessToken === undefined) return 0;
  if (expiresAtMs === undefined) return Number.POSITIVE_INFINITY;
  return expiresAtMs - Math.min(earlyMs, lifetimeMs(obtainedAtMs, expiresAtMs) / 5);
}

const lastMomentsMs = 10_000;
const earlyMs = 300_000;

const lifetimeMs = (obtainedAtMs: number | undefined, expiresAtMs: number) => Math.max(0, expiresAtMs - (obtainedAtMs ?? expiresAtMs));
