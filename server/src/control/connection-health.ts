import type { ConnectionHealth } from "@mooring/contract";
import { healthOf } from "../domain/connection-health.ts";
import { addDurationsText, type Durations, quantileMs } from "../domain/durations.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import { readMinutes } from "../store/call-statistics.ts";
import { environmentsOf } from "../store/connection-summaries.ts";
import { isConnection } from "../store/connections.ts";
import { credentialsInUse } from "../store/credential-health.ts";
import type { Tx } from "../store/database.ts";
import type { Call, ControlDeps } from "./change.ts";
import { factsOf, lastHourOf } from "./connection-summaries.ts";
import { requireConnection } from "./rights.ts";

/** How a connection is doing, in those of its environments that the caller may see. Throws `Problem` not_found where there are none. */
export async function get({ db, clock }: ControlDeps, { actor }: Call, id: ConnectionId): Promise<ConnectionHealth> {
  requireConnection(actor, id);
  const { org } = actor;
  const now = clock.now();
  const seen = actor.environments && [...actor.environments];
  return db.read(org, async (tx) => {
    if (!(await isConnection(tx, org, id))) throw new Problem("not_found");
    const environments = await environmentsOf(tx, org, [id], seen);
    if (environments.length === 0) throw new Problem("not_found");
    const facts = await factsOf(tx, org, { connections: [id], environments: seen }, now);
    const durations = await durationsOf(tx, org, id, lastHourOf(now));
    const uses = await credentialsInUse(tx, org, id);
    const { attention, ...counted } = facts.of(id);
    return {
      health: healthOf({ attention, ...counted }, now),
      attention: [...attention],
      environments: environments.map((environment) => {
        const own = facts.of(id, environment.id);
        const { attention: _, ...ownCounts } = own;
        const p95Ms = quantileMs(durations.get(environment.id) ?? new Map(), 0.95);
        const used = (purpose: "action" | "trigger") =>
          uses.filter((use) => use.environmentId === environment.id && use.purpose === purpose).map((use) => use.health);
        return {
          id: environment.id,
          name: environment.name,
          slug: environment.slug,
          health: healthOf(own, now),
          ...ownCounts,
          ...(p95Ms !== undefined && { p95Ms }),
          credentials: { action: used("action"), trigger: used("trigger") },
        };
      }),
    };
  });
}

/** How long the calls of each environment took since `minute`. */
async function durationsOf(tx: Tx, org: OrganisationId, connection: string, minute: number): Promise<ReadonlyMap<string, Durations>> {
  const range = { connection, environments: undefined, from: minute, to: Number.MAX_SAFE_INTEGER };
  const durations = new Map<string, Durations>();
  // An hour of as many environments as there may be is no more than that.
  for (const row of await readMinutes(tx, org, range, { after: undefined, limit: 60 * 201 })) {
    const own = durations.get(row.environment) ?? new Map();
    addDurationsText(own, row.durations);
    durations.set(row.environment, own);
  }
  return durations;
}
