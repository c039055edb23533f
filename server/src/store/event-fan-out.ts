import { type RawBuilder, sql } from "kysely";
import type { EventId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { databaseNow } from "./tokens.ts";

/**
 * Makes a delivery, due at once, of each event for every subscription with a destination that wants it: an event of a trigger by
 * environment and trigger, one of Mooring's own by its type and, where it has one, its environment. What a filter says of the body is looked at when a delivery is claimed.
 */
export async function fanOut(tx: Tx, org: OrganisationId, ids: readonly EventId[]): Promise<void> {
  if (ids.length === 0) return;
  const isPostgres = tx.engine === "postgres";
  await tx.run(sql`
    insert into deliveries (org_id, subscription_id, event_id, state, attempts, due_at)
    select e.org_id, s.id, e.id, 'waiting', 0, ${sql.raw(databaseNow[tx.engine])}
    from ${eventsOf(tx, org, ids)}
    join subscriptions s on s.org_id = e.org_id and s.connection_id = e.connection_id and ${isWanted(tx)}
    join destinations d on d.org_id = s.org_id and d.subscription_id = s.id
    where e.org_id = ${org}
    ${isPostgres ? sql`for key share of s` : sql``}
  `);
}

/** These events as rows of `e`, each looked up by its key: as a condition, PostgreSQL would look through all events while it knows nothing of the table. */
export function eventsOf(tx: Tx, org: OrganisationId, ids: readonly EventId[]): RawBuilder<unknown> {
  const found = sql`select org_id, id, connection_id, environment_id, trigger_name, origin, type from events where org_id = ${org}`;
  return tx.engine === "postgres"
    ? sql`unnest(${ids}::text[]) as k (id) cross join lateral (${found} and id = k.id offset 0) e`
    : sql`(${found} and id in (select value from json_each(${JSON.stringify(ids)}))) e`;
}

/** Whether the subscription `s` wants the event `e` of its connection, whatever its filter says. */
export function isWanted(tx: Tx): RawBuilder<unknown> {
  const place = tx.engine === "postgres" ? sql`strpos` : sql`instr`;
  return sql`(s.environment_id is null or s.environment_id = e.environment_id or (e.origin = 'own' and e.environment_id is null))
    and case when e.origin = 'own' then ${place}(s.own_events, '"' || e.type || '"') > 0
      else s.trigger_name is null or s.trigger_name = e.trigger_name end`;
}
