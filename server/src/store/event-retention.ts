import { sql } from "kysely";
import type { EventId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";

export interface OldEvent {
  readonly org_id: OrganisationId;
  readonly id: EventId;
}

/** At most `limit` events whose ids lie between, oldest first, whoever's they are. The transaction's reach is `eventsBefore`. */
export async function eventsBetween(tx: Tx, after: string, before: string, limit: number): Promise<OldEvent[]> {
  return tx.all(sql<OldEvent>`
    select org_id, id
    from events
    where id > ${after} and id < ${before}
    order by id
    limit ${limit}
  `);
}

/** An event that is past its time. */
export interface PastEvent {
  readonly id: EventId;
  readonly bytes: number;
  /** Whether it still waits to be delivered somewhere. */
  readonly waits: boolean;
}

/** What there is of these events, oldest first. */
export async function pastEvents(tx: Tx, org: OrganisationId, ids: readonly EventId[]): Promise<PastEvent[]> {
  const rows = await tx.all(sql<{ id: EventId; bytes: number | string; waits: number | string }>`
    select id, octet_length(body) as bytes, case when ${waits} then 1 else 0 end as waits
    from events
    where org_id = ${org} and id in (${sql.join([...ids])})
    order by id
  `);
  return rows.map(({ id, bytes, waits }) => ({ id, bytes: Number(bytes), waits: Number(waits) === 1 }));
}

/** Deletes these events with their deliveries, but for those that came to wait meanwhile and are not older than `waitingBefore`, an id's beginning. */
export async function deleteEvents(tx: Tx, org: OrganisationId, ids: readonly EventId[], waitingBefore: string): Promise<void> {
  await tx.run(sql`
    delete from events
    where org_id = ${org} and id in (${sql.join([...ids])}) and (id < ${waitingBefore} or not ${waits})
  `);
}

const waits = sql`exists (
  select 1
  from deliveries d
  where d.org_id = events.org_id and d.event_id = events.id and d.state = 'waiting'
)`;

/** At most `limit` organisations with short addresses or secrets before the last that ended before `now`. The transaction's reach is `expiredBefore`. */
export async function organisationsWithExpired(tx: Tx, now: Date, limit: number): Promise<OrganisationId[]> {
  const at = now.toISOString();
  const rows = await tx.all(sql<{ org_id: OrganisationId }>`
    select org_id from trigger_addresses where expires_at < ${at}
    union
    select org_id from credential_predecessors where valid_until < ${at}
    limit ${limit}
  `);
  return rows.map(({ org_id }) => org_id);
}

/** Deletes the organisation's short addresses of triggers, and secrets before the last, that ended before `now`. */
export async function deleteExpired(tx: Tx, org: OrganisationId, now: Date): Promise<void> {
  const at = now.toISOString();
  await tx.run(sql`delete from trigger_addresses where org_id = ${org} and expires_at < ${at}`);
  await tx.run(sql`delete from credential_predecessors where org_id = ${org} and valid_until < ${at}`);
}
