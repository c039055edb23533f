import type { Attention, ConnectionSummary, ConnectionSummaryPage, QueryOf } from "@mooring/contract";
import type { Actor } from "../domain/actor.ts";
import { minuteOf } from "../domain/call-tally.ts";
import { type HealthFacts, healthOf, inUseSince } from "../domain/connection-health.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import {
  failingConnections,
  type HealthScope,
  type LastCall,
  lastCalls,
  type RecentCalls,
  recentCalls,
  type TroubledUse,
  troubledUses,
} from "../store/connection-health.ts";
import { type EnvironmentHead, environmentsOf, type HealthRequest, listHeads } from "../store/connection-summaries.ts";
import type { Tx } from "../store/database.ts";
import type { Call, ControlDeps } from "./change.ts";
import { connectionOrder } from "./connection-list.ts";

type SummariesQuery = QueryOf<"ListConnectionSummaries">;

/** A page of the connections that the caller may see, with how they are doing. Throws `Problem` invalid_request on an order it does not know. */
export async function list({ db, clock }: ControlDeps, { actor }: Call, query: SummariesQuery): Promise<ConnectionSummaryPage> {
  const { org } = actor;
  const order = connectionOrder(query.sort);
  const now = clock.now();
  const limits = limitsOf(actor);
  return db.read(org, async (tx) => {
    const { health, ...asked } = query;
    const doing = health && (await connectionsDoing(tx, org, limits, health, now));
    const page = await listHeads(tx, org, { ...asked, order, ids: limits.connections, environments: limits.environments, health: doing });
    const scope = { connections: page.items.map(({ id }) => id), environments: limits.environments };
    const [environments, facts] = [
      await environmentsOf(tx, org, scope.connections, scope.environments),
      await factsOf(tx, org, scope, now),
    ];
    const items = page.items.map((head): ConnectionSummary => {
      const { attention, ...counted } = facts.of(head.id);
      const own = environments.filter(({ connectionId }) => connectionId === head.id);
      return {
        ...head,
        health: healthOf({ attention, ...counted }, now),
        attention: [...attention],
        environments: own.map((environment) => summaryOf(environment, facts.of(head.id, environment.id), now)),
        ...counted,
      };
    });
    return { ...page, items };
  });
}

const limitsOf = ({ connections, environments }: Actor): HealthScope => ({
  connections: connections && [...connections],
  environments: environments && [...environments],
});

const summaryOf = ({ id, name, slug }: EnvironmentHead, facts: HealthFacts, now: Date) => ({
  id,
  name,
  slug,
  health: healthOf(facts, now),
});

/** Which connections need a person or fail, of those within a key's limits. */
async function connectionsDoing(
  tx: Tx,
  org: OrganisationId,
  scope: HealthScope,
  health: HealthRequest["health"],
  now: Date,
): Promise<HealthRequest> {
  const uses = await troubledUses(tx, org, scope);
  const attention = new Set(uses.filter(({ state }) => state === "reauth_required").map(({ connectionId }) => connectionId));
  const known = { health, attention: [...attention], inUseSince: inUseSince(now) };
  // What waits for a person is that, whatever its calls do; and what is not called has none that could fail.
  if (health === "attention") return { ...known, failing: [] };
  const failing = new Set([
    ...uses.map(({ connectionId }) => connectionId),
    ...(await failingConnections(tx, org, scope, lastHourOf(now))),
  ]);
  return { ...known, failing: [...failing].filter((id) => !attention.has(id)) };
}

/** The first of the 60 minutes of which `now` is in the last. */
export const lastHourOf = (now: Date): number => minuteOf(now) - 59;

/** What health is made of, for connections and for their environments. */
export interface Facts {
  of(connectionId: string, environmentId?: string): KnownFacts;
}

export type KnownFacts = Pick<ConnectionSummary, "callsLastHour" | "failuresLastHour" | "lastCallAt"> & {
  readonly attention: readonly Attention[];
};

/** Reads what is known of these connections: one statement for each kind of thing, however many they are. */
export async function factsOf(tx: Tx, org: OrganisationId, scope: HealthScope, now: Date): Promise<Facts> {
  const recent = byConnection(await recentCalls(tx, org, scope, lastHourOf(now)));
  const last = byConnection(await lastCalls(tx, org, scope));
  const uses = byConnection(await troubledUses(tx, org, scope));
  return {
    of: (connectionId, environmentId) => {
      const isOf = (one: { environmentId: string }) => environmentId === undefined || one.environmentId === environmentId;
      return {
        attention: attentionOf((uses.get(connectionId) ?? []).filter(isOf)),
        ...countsOf((recent.get(connectionId) ?? []).filter(isOf), (last.get(connectionId) ?? []).filter(isOf)),
      };
    },
  };
}

function byConnection<Row extends { readonly connectionId: string }>(rows: readonly Row[]): ReadonlyMap<string, Row[]> {
  return Map.groupBy(rows, ({ connectionId }) => connectionId);
}

function countsOf(recent: readonly RecentCalls[], last: readonly LastCall[]): Omit<KnownFacts, "attention"> {
  const lastCallAt = last
    .map(({ at }) => at)
    .sort()
    .at(-1);
  return {
    callsLastHour: recent.reduce((sum, { calls }) => sum + calls, 0),
    failuresLastHour: recent.reduce((sum, { failures }) => sum + failures, 0),
    ...(lastCallAt !== undefined && { lastCallAt }),
  };
}

/** Each credential once, however many environments it serves; first those that wait for a person. */
function attentionOf(uses: readonly TroubledUse[]): Attention[] {
  const once = [...new Map(uses.map((use) => [use.credential.id, use])).values()];
  const waiting = once.filter(({ state }) => state === "reauth_required");
  return [...waiting, ...once.filter(({ state }) => state === "failing")].map(({ credential, state, reason }) => ({
    credential,
    state,
    ...(reason !== undefined && { reason }),
  }));
}
