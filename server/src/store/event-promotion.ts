import type { Verification } from "@mooring/contract";
import { sql } from "kysely";
import type { NewEvent, StoredEvent } from "../domain/event.ts";
import type { EventHead } from "../domain/shown-event.ts";
import type { ConnectionId, EventId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { readEvent } from "./event-reads.ts";
import { type Appended, appendEvents } from "./events.ts";

/** The event, held until the transaction ends; undefined when the connection has none with this id. */
export async function lockEvent(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  id: EventId,
): Promise<(StoredEvent & EventHead) | undefined> {
  const lock = tx.engine === "postgres" ? sql`for update` : sql``;
  // Whoever promoted it meanwhile wrote it anew, which a statement that waited for the old row does not see.
  return (await readEvent(tx, org, connectionId, id, { lock })) ?? readEvent(tx, org, connectionId, id);
}

/**
 * Keeps an unverified event, which the transaction holds, as a fresh one: with a place among the others and a delivery for whoever wants
 * it. What is answered says whether another was the first with its key: then nothing may be committed.
 */
export async function promoteEvent(tx: Tx, org: OrganisationId, event: NewEvent): Promise<Appended> {
  await tx.run(sql`delete from events where org_id = ${org} and id = ${event.id} and origin = 'unverified'`);
  const [appended] = await appendEvents(tx, org, [event]);
  return appended as Appended;
}

/** Says of an unverified event what came of the last look at it. */
export async function updateVerification(tx: Tx, org: OrganisationId, id: EventId, verification: Verification): Promise<void> {
  await tx.run(sql`
    update events
    set verification = ${JSON.stringify(verification)}
    where org_id = ${org} and id = ${id} and origin = 'unverified'
  `);
}
