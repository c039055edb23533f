import { timeOf } from "../kernel/ids.ts";
import type { EndedCall } from "./call.ts";
import { addDuration, type Durations, durationsText, markOf } from "./durations.ts";

/** What calls add up to. Of calls that named no connection, nothing. */
export interface CallTally {
  readonly minutes: readonly MinuteCount[];
  readonly uses: readonly CredentialUse[];
}

/** The calls of one minute through one environment. */
export interface MinuteCount {
  readonly connectionId: string;
  /** Empty when they were refused before it was known. */
  readonly environmentId: string;
  /** Since the epoch. */
  readonly minute: number;
  readonly calls: number;
  readonly failures: number;
  readonly durations: string;
  /** Times as texts; empty when none failed. */
  readonly lastCallAt: string;
  readonly lastFailureAt: string;
}

/** When a credential was last sent in an environment. */
export interface CredentialUse {
  readonly environmentId: string;
  readonly credentialId: string;
  readonly lastUsedAt: string;
}

export const minuteOf = (time: Date): number => Math.floor(time.getTime() / 60_000);
export const startOfMinute = (minute: number): Date => new Date(minute * 60_000);

/** Adds calls up: one count for each minute and environment, one use for each credential there. */
export function tallyOf(calls: readonly EndedCall[]): CallTally {
  const minutes = new Map<string, Gathered>();
  const uses = new Map<string, CredentialUse>();
  for (const call of calls) {
    const { connectionId, environmentId = "", credentialIds } = call.place;
    if (connectionId === undefined) continue;
    const time = timeOf(call.id);
    const at = time.toISOString();
    const minute = minuteOf(time);
    const key = `${connectionId} ${environmentId} ${minute}`;
    let gathered = minutes.get(key);
    if (gathered === undefined) {
      const nothing = { calls: 0, failures: 0, lastCallAt: "", lastFailureAt: "" };
      gathered = { connectionId, environmentId, minute, durations: new Map(), ...nothing };
      minutes.set(key, gathered);
    }
    count(gathered, call, at);
    // What was not sent used none.
    if (call.attempts === 0) continue;
    for (const credentialId of credentialIds) {
      const use = `${environmentId} ${credentialId}`;
      if ((uses.get(use)?.lastUsedAt ?? "") < at) uses.set(use, { environmentId, credentialId, lastUsedAt: at });
    }
  }
  const counted = [...minutes.values()].map((gathered) => ({ ...gathered, durations: durationsText(gathered.durations) }));
  return { minutes: counted, uses: [...uses.values()] };
}

type Gathered = { -readonly [Field in Exclude<keyof MinuteCount, "durations">]: MinuteCount[Field] } & { readonly durations: Durations };

function count(gathered: Gathered, call: EndedCall, at: string): void {
  gathered.calls += 1;
  addDuration(gathered.durations, markOf(call.durationUs));
  if (gathered.lastCallAt < at) gathered.lastCallAt = at;
  if (!isFailure(call)) return;
  gathered.failures += 1;
  if (gathered.lastFailureAt < at) gathered.lastFailureAt = at;
}

/**
 * Whether a call failed for a reason that is not its caller's. A 401 or 403 of the outside system says that our proof of identity is no
 * good; its other 4xx say that the caller asked for something wrong. A caller that goes away ends its call itself; an answer that
 * breaks off has a code.
 */
export function isFailure({ origin, status, code }: Pick<EndedCall, "origin" | "status" | "code">): boolean {
  const isUnable = code !== undefined && ourCodes.has(code);
  const outcomes = {
    upstream: status >= 500 || status === 401 || status === 403,
    gateway: status >= 500 || isUnable,
    aborted: isUnable,
  } as const satisfies Record<EndedCall["origin"], boolean>;
  return outcomes[origin];
}

/** What no caller can help: the outside system is not there, or this connection cannot prove who calls or may not be reached. */
const ourCodes = new Set([
  "upstream_unreachable",
  "upstream_timeout",
  "token_unavailable",
  "reauth_required",
  "credential_unusable",
  "egress_denied",
]);
