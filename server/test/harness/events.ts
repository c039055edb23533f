import { sql } from "kysely";
import type { StoredEvent } from "../../src/domain/event.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { type ConnectionId, createIds, type EventId, type OrganisationId } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/store/database.ts";
import { insertEvents } from "../../src/store/event-rows.ts";
import { appendEvents } from "../../src/store/events.ts";

const newId = createIds(systemClock);

/** An event of a connection that came in verified just now, unless `changes` says otherwise; the position is the caller's to count. */
export function keptEvent(changes: Partial<StoredEvent> & Pick<StoredEvent, "connectionId">): StoredEvent {
  return {
    id: newId<EventId>(),
    position: undefined,
    origin: "verified",
    type: "trigger",
    environmentId: undefined,
    triggerName: "order",
    sequence: undefined,
    receivedAt: systemClock.now(),
    method: "POST",
    target: "/hook?page=2",
    headers: ["Content-Type", "application/json"],
    contentType: "application/json",
    body: Buffer.from(`{"order":7}`),
    fits: true,
    faults: undefined,
    verification: { passed: true, steps: [] },
    sealed: undefined,
    dedupeKey: undefined,
    duplicates: 0,
    ...changes,
  };
}

/** Has events come in for a connection, in this order, each `changes` one of them: with positions, and deliveries for whoever wants them. */
export async function arrive(
  db: Database,
  org: string,
  connectionId: string,
  changes: readonly Partial<StoredEvent>[] = [{}],
): Promise<readonly EventId[]> {
  const events = changes.map((one) => keptEvent({ connectionId: connectionId as ConnectionId, ...one }));
  return (await db.write(org as OrganisationId, (tx) => appendEvents(tx, org as OrganisationId, events))).map(({ id }) => id);
}

/** As after a 410: nothing is sent to the subscription's destination, and what waits for it stays where it is. */
export async function haltDestination(db: Database, org: string, subscriptionId: string): Promise<void> {
  await db.write(org as OrganisationId, (tx) =>
    tx.run(sql`
      update destinations
      set state = 'disabled', reason = 'It answered 410.', failures = 3
      where org_id = ${org} and subscription_id = ${subscriptionId}
    `),
  );
}

/** Writes events down just as they are, with no delivery of any. */
export async function keepEvents(db: Database, org: string, events: readonly StoredEvent[]): Promise<void> {
  const placed = events.map((event) => ({ event, position: event.position ?? null, sequence: event.sequence ?? null }));
  await db.write(org as OrganisationId, (tx) => insertEvents(tx, org as OrganisationId, placed));
}
