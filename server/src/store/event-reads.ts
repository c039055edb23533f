import type { Delivery } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { StoredEvent } from "../domain/event.ts";
import type { EventHead } from "../domain/shown-event.ts";
import type { ConnectionId, EventId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { type DeliveryRow, deliveryColumns, deliveryOf } from "./delivery-reads.ts";
import { type EventRow, eventColumns, eventOf } from "./event-columns.ts";

/** The event with all that was kept of it, or undefined when the connection has none with this id, or is gone. */
export async function readEvent(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  id: EventId,
  { lock = sql`` }: { readonly lock?: RawBuilder<unknown> } = {},
): Promise<(StoredEvent & EventHead) | undefined> {
  const row = await tx.first(sql<EventRow>`
    select ${eventColumns}
    from events
    where org_id = ${org} and connection_id = ${connectionId} and id = ${id}
      and exists (select 1 from connections c where c.org_id = ${org} and c.id = ${connectionId})
    ${lock}
  `);
  return row && eventOf(row);
}

/** To which destinations the event goes, in the order of their subscriptions' ids; at most 100. */
export async function deliveriesOfEvent(tx: Tx, org: OrganisationId, id: EventId): Promise<Delivery[]> {
  const rows = await tx.all(sql<DeliveryRow>`
    select ${deliveryColumns}
    from deliveries
    where org_id = ${org} and event_id = ${id}
    order by subscription_id
    limit ${deliveriesMax}
  `);
  return rows.map(deliveryOf);
}

const deliveriesMax = 100;
