import { timeOf } from "../kernel/ids.ts";
import type { CallPlace, EndedCall } from "./call.ts";
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

/** Adds calls up, by where they went and the minute in which they came. Places that are equal may be in it twice. */
export function tallyOf(calls: readonly EndedCall[]): CallTally {
  const places = new Map<CallPlace, Gathered>();
  for (const call of calls) {
    const { place } = call;
    if (place.connectionId === undefined) continue;
    let gathered = places.get(place);
    if (gathered === undefined) {
      gathered = { minutes: new Map(), lastSentId: "" };
      places.set(place, gathered);
    }
    count(gathered, call);
  }
  return { minutes: [...places].flatMap(minutesOf), uses: [...places].flatMap(usesOf) };
}

/** What came of one place. Ids sort by time, and are compared more cheaply than times are read of them. */
interface Gathered {
  readonly minutes: Map<number, GatheredMinute>;
  lastSentId: string;
}

interface GatheredMinute {
  calls: number;
  failures: number;
  lastId: string;
  lastFailureId: string;
  readonly durations: Durations;
}

function count(gathered: Gathered, call: EndedCall): void {
  const number = minuteOf(timeOf(call.id));
  let minute = gathered.minutes.get(number);
  if (minute === undefined) {
    minute = { calls: 0, failures: 0, lastId: "", lastFailureId: "", durations: new Map() };
    gathered.minutes.set(number, minute);
  }
  minute.calls += 1;
  addDuration(minute.durations, markOf(call.durationUs));
  if (minute.lastId < call.id) minute.lastId = call.id;
  // What was not sent used no credential.
  if (call.attempts > 0 && gathered.lastSentId < call.id) gathered.lastSentId = call.id;
  if (!isFailure(call)) return;
  minute.failures += 1;
  if (minute.lastFailureId < call.id) minute.lastFailureId = call.id;
}

function minutesOf([{ connectionId = "", environmentId = "" }, { minutes }]: [CallPlace, Gathered]): MinuteCount[] {
  return [...minutes].map(([minute, { calls, failures, lastId, lastFailureId, durations }]) => ({
    connectionId,
    environmentId,
    minute,
    calls,
    failures,
    durations: durationsText(durations),
    lastCallAt: atOf(lastId),
    lastFailureAt: atOf(lastFailureId),
  }));
}

function usesOf([{ environmentId, credentialIds }, { lastSentId }]: [CallPlace, Gathered]): CredentialUse[] {
  if (environmentId === undefined || lastSentId === "") return [];
  return credentialIds.map((credentialId) => ({ environmentId, credentialId, lastUsedAt: atOf(lastSentId) }));
}

const atOf = (id: string) => (id === "" ? "" : timeOf(id).toISOString());

/**
 * Whether a call failed for a reason that is not its caller's. A 401 or 403 of the outside system says that our proof of identity is no
 * good; its other 4xx say that the caller asked for something wrong. A caller that goes away ends its call itself; an answer that
 * breaks off has a code.
 */
export function isFailure({ origin, status, code }: Pick<EndedCall, "origin" | "status" | "code">): boolean {
  const isUnable = code !== undefined && ourCodes.has(code);
  switch (origin) {
    case "upstream":
      return status >= 500 || status === 401 || status === 403;
    case "gateway":
      return status >= 500 || isUnable;
    case "aborted":
      return isUnable;
  }
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
