import { sql } from "kysely";
import { minuteOf } from "../domain/call-tally.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { isAmong } from "./lists.ts";

/** Connections of an organisation with counts that are past their time, and when the oldest of those are of. */
export interface OldCounts {
  readonly org: OrganisationId;
  readonly connections: readonly string[];
  readonly oldestAt: string;
}

/** At most `limit` places with counts from before `before`, of one organisation; undefined when there are none. The transaction's reach is `expiredBefore`. */
export async function countsBefore(tx: Tx, before: Date, limit: number): Promise<OldCounts | undefined> {
  const rows = await tx.all(sql<{ org_id: OrganisationId; connection_id: string; oldest_at: string }>`
    select org_id, connection_id, oldest_at
    from call_places
    where oldest_at < ${before.toISOString()}
    order by oldest_at, org_id
    limit ${limit}
  `);
  const [first] = rows;
  if (!first) return undefined;
  const connections = rows.filter(({ org_id }) => org_id === first.org_id).map(({ connection_id }) => connection_id);
  return { org: first.org_id, connections: [...new Set(connections)], oldestAt: first.oldest_at };
}

/**
 * Drops these connections' counts from before `before`, the start of a minute. What was not called since, and is gone, is forgotten altogether; of what is still
 * there it stays known when it was last called.
 */
export async function dropCounts(tx: Tx, org: OrganisationId, connections: readonly string[], before: Date): Promise<void> {
  const ofThese = isAmong(tx, "connection_id", connections);
  const beforeAt = before.toISOString();
  await tx.run(sql`
    delete from call_minutes
    where org_id = ${org} and ${ofThese} and minute < ${minuteOf(before)}
  `);
  const isGone = sql`org_id = ${org} and ${ofThese} and last_call_at < ${beforeAt}
    and not exists (select 1 from environments e where e.org_id = call_places.org_id and e.id = call_places.environment_id)
    and (environment_id <> '' or not exists (select 1 from connections c where c.org_id = call_places.org_id and c.id = call_places.connection_id))`;
  const gone = await tx.all(sql<{ environment_id: string }>`delete from call_places where ${isGone} returning environment_id`);
  const environments = gone.map(({ environment_id }) => environment_id);
  if (environments.length > 0)
    await tx.run(sql`delete from credential_uses where org_id = ${org} and ${isAmong(tx, "environment_id", environments)}`);
  await tx.run(sql`
    update call_places
    set oldest_at = case when last_call_at < ${beforeAt} then ${never} else ${beforeAt} end
    where org_id = ${org} and ${ofThese} and oldest_at < ${beforeAt}
  `);
}

/** After every time: the place has no counts. */
const never = "~";

/** Has the places of a connection that goes looked at again when their time is over, those too that have no counts. */
export async function leavePlaces(tx: Tx, org: OrganisationId, connection: string): Promise<void> {
  await tx.run(sql`
    update call_places
    set oldest_at = last_call_at
    where org_id = ${org} and connection_id = ${connection} and oldest_at = ${never}
  `);
}
