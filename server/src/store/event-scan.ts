import type { EventOrigin } from "@mooring/contract";
import { sql } from "kysely";
import type { StoredEvent } from "../domain/event.ts";
import type { EventHead } from "../domain/shown-event.ts";
import type { ConnectionId, EnvironmentId, EventId, OrganisationId, SubscriptionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { type EventRow, eventColumns, eventOf } from "./event-columns.ts";

/** The position of each connection's last event, among those that have had one. */
export async function lastPositions(tx: Tx, org: OrganisationId, ids: readonly ConnectionId[]): Promise<Map<ConnectionId, number>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.all(sql<{ connection_id: ConnectionId; last: number | string }>`
    select connection_id, last
    from event_sequences
    where org_id = ${org} and connection_id in (${sql.join([...ids])}) and environment_id = '' and trigger_name = ''
  `);
  return new Map(rows.map(({ connection_id, last }) => [connection_id, Number(last)]));
}

/** What tells who wants an event, where it stands, and how long its body is. */
export type ScannedEvent = Pick<StoredEvent, "id" | "origin" | "type" | "environmentId" | "triggerName"> & {
  readonly position: number;
  readonly bytes: number;
};

/** The events of a connection behind a position, in the order in which they were kept; at most `limit`. */
export async function scanEvents(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  { after, limit }: { after: number; limit: number },
): Promise<ScannedEvent[]> {
  const rows = await tx.all(sql<ScannedRow>`
    select id, position, origin, type, environment_id, trigger_name, octet_length(body) as bytes
    from events
    where org_id = ${org} and connection_id = ${connectionId} and position > ${after}
    order by position
    limit ${limit}
  `);
  return rows.map((row) => ({
    id: row.id,
    position: Number(row.position),
    origin: row.origin,
    type: row.type,
    environmentId: row.environment_id ?? undefined,
    triggerName: row.trigger_name ?? undefined,
    bytes: Number(row.bytes),
  }));
}

interface ScannedRow {
  id: EventId;
  position: number | string;
  origin: EventOrigin;
  type: string;
  environment_id: EnvironmentId | null;
  trigger_name: string | null;
  bytes: number | string;
}

/** These events, in the order in which they were kept. One that was deleted meanwhile is not among them. */
export async function readEvents(tx: Tx, org: OrganisationId, ids: readonly EventId[]): Promise<(StoredEvent & EventHead)[]> {
  if (ids.length === 0) return [];
  const rows = await tx.all(sql<EventRow>`
    select ${eventColumns}
    from events
    where org_id = ${org} and id in (${sql.join([...ids])})
    order by position
  `);
  return rows.map(eventOf);
}

/** Takes events up to `position` as dealt with; one before what was acknowledged already changes nothing. */
export async function acknowledge(tx: Tx, org: OrganisationId, id: SubscriptionId, position: number): Promise<void> {
  await tx.run(sql`
    update subscriptions
    set acknowledged = ${position}
    where org_id = ${org} and id = ${id} and acknowledged < ${position}
  `);
}
