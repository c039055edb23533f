import type { ExplainedToken } from "@mooring/contract";
import { type HeldToken, reasonOf, renewAtMs, tokenState, usableUntilMs } from "../domain/token.ts";
import { Problem } from "../kernel/errors.ts";

/** What there is to tell of a token, without asking anybody for another. */
export interface TokenExplanation {
  readonly told: ExplainedToken;
  /** Why a call could not be made with it, nor get another first. */
  readonly obstacle: Problem | undefined;
}

/** What a call at `nowMs` would make of a token; `isAsked` says that it asks for a new one. */
export function explainToken(token: HeldToken, { nowMs, isAsked }: { nowMs: number; isAsked: boolean }): TokenExplanation {
  const { obtainedAtMs, expiresAtMs } = token;
  const isNeeded = isAsked || nowMs >= usableUntilMs(token);
  const told: ExplainedToken = {
    state: tokenState(token, nowMs),
    ...(obtainedAtMs !== undefined && { ageSeconds: Math.max(0, Math.floor((nowMs - obtainedAtMs) / 1000)) }),
    ...(expiresAtMs !== undefined &&
      expiresAtMs <= lastTimeMs && {
        expiresAt: timeOf(expiresAtMs),
        expiresInSeconds: Math.floor((expiresAtMs - nowMs) / 1000),
      }),
    renewal: renewalOf(token, { nowMs, isAsked, isNeeded }),
  };
  return { told, obstacle: isNeeded ? obstacleOf(token, nowMs) : undefined };
}

interface Moment {
  readonly nowMs: number;
  readonly isAsked: boolean;
  /** Whether a call waits for a new one. */
  readonly isNeeded: boolean;
}

function renewalOf(token: HeldToken, moment: Moment): ExplainedToken["renewal"] {
  const { nowMs, isNeeded } = moment;
  const { needsPerson, isRenewable, nextTryAtMs = 0, renewingUntilMs = 0 } = token;
  const reason = reasonOf(token, nowMs);
  const not = (why: string) => ({ would: false, why });
  const because = (what: string) => not(reason === undefined ? what : `${what} ${reason}`);
  if (!isNeeded && nowMs < renewAtMs(token)) return not(whyLater(token));
  if (needsPerson) return because("Somebody has to sign in again.");
  if (!isRenewable) return not(reason ?? "There is no refresh token to renew it with.");
  if (nextTryAtMs > nowMs) return because(`The last renewal failed; the next is tried from ${timeOf(nextTryAtMs)} on.`);
  if (renewingUntilMs > nowMs) {
    return not(isNeeded ? "It is being renewed, and a call would wait for that." : "It is being renewed, and still good meanwhile.");
  }
  return { would: true, why: whyNow(token, moment) };
}

function whyLater({ expiresAtMs, ...token }: HeldToken): string {
  if (expiresAtMs === undefined) return "Its server did not say when it ends, so it is good until an outside system refuses it.";
  return `It is good, and renewed from ${timeOf(renewAtMs({ ...token, expiresAtMs }))} on.`;
}

function whyNow({ accessToken }: HeldToken, { isAsked, isNeeded }: Moment): string {
  if (isAsked) return "Mooring-Refresh-Credential asks for it.";
  if (accessToken === undefined) return "There is none yet; a call would wait for the first one.";
  if (isNeeded) return "It has ended; a call would wait for the new one.";
  return "It ends soon; a call would have it renewed in the background, and use it meanwhile.";
}

function obstacleOf(token: HeldToken, nowMs: number): Problem | undefined {
  const { needsPerson, isRenewable, nextTryAtMs = 0 } = token;
  const reason = reasonOf(token, nowMs);
  const detail = reason === undefined ? {} : { message: reason };
  if (needsPerson || !isRenewable) return new Problem("reauth_required", detail);
  return nextTryAtMs > nowMs ? new Problem("token_unavailable", detail) : undefined;
}

// What is later has no four digits for its year.
const lastTimeMs = Date.UTC(9999, 11, 31);

const timeOf = (atMs: number) => new Date(Math.min(atMs, lastTimeMs)).toISOString();
