import type { CallPlace, EndedCall } from "../domain/call.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import { isUlid, type OrganisationId } from "../kernel/ids.ts";
import type { Call } from "./call.ts";
import type { Outcome } from "./relay.ts";

/** Follows calls from begin to end: counts all of them, and hands on what is known of those whose organisation is. Never their content. */
export interface CallRecord {
  begin(): void;
  /** In place of `end`, for what turned out to be no call to an outside system: it counts nowhere. */
  forget(): void;
  /** To be called once for each `begin`, when the caller's answer has ended in whatever way. */
  end(call: Call, outcome: Outcome): void;
  stats(): GatewayStats;
}

/** Counts of calls since the start, for metrics. */
export interface GatewayStats {
  readonly inFlight: number;
  /** Answers of upstreams, answers of ours, and calls whose caller went away first. */
  readonly ended: Readonly<Record<Outcome, number>>;
  /** The same by the first digit of the status, as in `upstream 2`; 0 for none. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** How long calls took: how many up to each of `durationBoundsMs` and above the one before; the last is for all longer ones. */
  readonly durations: readonly number[];
  readonly durationsMs: number;
  /** How often calls were sent to an outside system. */
  readonly attempts: number;
  /** Calls that went wrong, by the code of the problem. */
  readonly problems: Readonly<Record<string, number>>;
}

export const durationBoundsMs = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000] as const;

/** Counts from zero. `keep` is given every call of a known organisation when it ends: it must not throw, and not wait. */
export function createRecord(keep: (org: OrganisationId, call: EndedCall) => void = () => {}): CallRecord {
  let [inFlight, attempts, durationsMs] = [0, 0, 0];
  const byStatus: Record<Outcome, number[]> = { upstream: sixZeros(), gateway: sixZeros(), aborted: sixZeros() };
  const durations = Array.from({ length: durationBoundsMs.length + 1 }, () => 0);
  const problems: Record<string, number> = {};
  const placeOf = createPlaces();
  return { begin, forget, end, stats };

  function begin(): void {
    inFlight += 1;
  }

  function forget(): void {
    inFlight -= 1;
  }

  function end(call: Call, outcome: Outcome): void {
    const { request, response, target, sent, code, actor } = call;
    const durationMs = performance.now() - call.startedAtMs;
    const status = response.headersSent ? response.statusCode : 0;
    inFlight -= 1;
    attempts += call.attempts;
    durationsMs += durationMs;
    increment(byStatus[outcome], Math.floor(status / 100));
    increment(durations, bucketOf(durationMs));
    if (code !== undefined) problems[code] = (problems[code] ?? 0) + 1;
    // Whose call it was is not known: nobody's record could have it.
    if (actor === undefined) return;
    keep(actor.org, {
      id: call.requestId,
      actor,
      place: placeOf(call),
      method: sent?.method ?? request.method ?? "",
      path: (sent ?? target)?.path ?? "",
      query: (sent ?? target)?.query ?? "",
      status,
      origin: outcome,
      code,
      durationUs: Math.round(durationMs * 1000),
      bytesIn: call.bytesIn,
      bytesOut: call.bytesOut,
      attempts: call.attempts,
    });
  }

  function stats(): GatewayStats {
    const ended = { upstream: sum(byStatus.upstream), gateway: sum(byStatus.gateway), aborted: sum(byStatus.aborted) };
    const named = Object.entries(byStatus).flatMap(([outcome, counts]) => counts.map((count, digit) => [`${outcome} ${digit}`, count]));
    const copies = { byStatus: Object.fromEntries(named), durations: [...durations], problems: { ...problems } };
    return { inFlight, ended, attempts, durationsMs, ...copies };
  }
}

const sixZeros = () => [0, 0, 0, 0, 0, 0];
const sum = (counts: readonly number[]) => counts.reduce((total, one) => total + one, 0);

function increment(counts: number[], at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}

// Most calls are short, so few bounds are looked at.
function bucketOf(durationMs: number): number {
  let at = 0;
  while (at < durationBoundsMs.length && durationMs > (durationBoundsMs[at] as number)) at += 1;
  return at;
}

/** Where a call went, worked out once for each snapshot. The snapshot itself is not kept: it holds the secrets. */
function createPlaces(): (call: Call) => CallPlace {
  const known = new WeakMap<EnvironmentSnapshot, CallPlace>();
  return ({ snapshot, target }) => {
    if (snapshot === undefined) return placeNamed(target?.connection);
    let place = known.get(snapshot);
    if (place === undefined) {
      const { connectionId, environmentId, credentials } = snapshot;
      place = { connectionId, environmentId, credentialIds: credentials.map(({ credentialId }) => credentialId) };
      known.set(snapshot, place);
    }
    return place;
  };
}

/** What the caller named, when it is an id at all. */
const placeNamed = (connection: string | undefined): CallPlace => ({
  connectionId: connection !== undefined && isUlid(connection) ? connection : undefined,
  environmentId: undefined,
  credentialIds: [],
});
