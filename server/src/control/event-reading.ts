import type { Subscription, SubscriptionEvent } from "@mooring/contract";
import type { Actor } from "../domain/actor.ts";
import { cursorOf, positionOf } from "../domain/event-cursor.ts";
import { fitsFilter } from "../domain/event-filter.ts";
import { eventContent, eventSummary } from "../domain/shown-event.ts";
import { wants } from "../domain/subscribed.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, SubscriptionId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import * as store from "../store/event-scan.ts";
import { type Call, type ControlDeps, change, requireMatch } from "./change.ts";
import { requireConnection } from "./rights.ts";
import { existing, requireEventsOf } from "./subscription-rights.ts";

/** Which subscription is read, how far it was read, and how many events are wanted at most. */
export interface Reading {
  readonly connectionId: ConnectionId;
  readonly id: SubscriptionId;
  /** Undefined for behind what was acknowledged. */
  readonly after: number | undefined;
  readonly first: number;
}

/** What one reading gives. */
export interface Portion {
  readonly events: readonly SubscriptionEvent[];
  /** Behind all that was looked at, so that the next reading goes on from there, also where nothing of it was wanted. */
  readonly position: number;
  /** Whether nothing is behind that. */
  readonly isAtEnd: boolean;
}

/** The position of a cursor that a caller sent in `field`. Throws `Problem` invalid_request on one that was not given out. */
export function positionIn(field: string, cursor: string): number {
  const position = positionOf(cursor);
  if (position === undefined) throw unknownCursor(field);
  return position;
}

const unknownCursor = (field: string) =>
  new Problem("invalid_request", { fields: [{ field, message: "This is no cursor that the connection's events gave." }] });

/**
 * The next events of a subscription, in the order in which they were kept. What is committed later stands behind what is seen here, so
 * nothing is ever skipped (store/events.ts). It looks through a bounded number of events and of bytes, and its answer holds `bytesMax` of bodies or
 * one event. Throws `Problem` not_found, forbidden, and invalid_request for a position that is not there yet.
 */
export async function readPortion({ db }: Pick<ControlDeps, "db">, actor: Actor, reading: Reading): Promise<Portion> {
  const { connectionId, id } = reading;
  requireConnection(actor, connectionId);
  return db.read(actor.org, async (tx) => {
    const subscription = await existing(tx, actor, connectionId, id);
    requireEventsOf(actor, subscription);
    // Asked first: whatever is committed up to here is found by what is asked next.
    const last = await lastPosition(tx, actor, connectionId);
    const after = reading.after ?? positionIn("after", subscription.acknowledged);
    // Taken from another connection, or from before a backup was restored: nothing would come until the positions are there again.
    if (after > last) throw unknownCursor("after");
    return lookThrough(tx, actor, { ...reading, subscription, after, last });
  });
}

async function lookThrough(
  tx: Tx,
  { org }: Actor,
  { connectionId, subscription, after, last, first }: Reading & { subscription: Subscription; after: number; last: number },
): Promise<Portion> {
  const collected = collect(subscription, first);
  let position = after;
  for (let scan = 0; scan < scansMax; scan++) {
    const scanned = await store.scanEvents(tx, org, connectionId, { after: position, limit: scannedMax });
    const stoppedAt = await collected.take(
      scanned.filter((event) => wants(subscription, event)),
      (ids) => store.readEvents(tx, org, ids),
    );
    if (stoppedAt !== undefined) return { events: collected.events, position: stoppedAt, isAtEnd: false };
    if (scanned.length < scannedMax) {
      return { events: collected.events, position: Math.max(last, scanned.at(-1)?.position ?? 0), isAtEnd: true };
    }
    position = scanned.at(-1)?.position ?? position;
  }
  return { events: collected.events, position, isAtEnd: false };
}

const scansMax = 4;
const scannedMax = 500;

/** Collects what fits the filter until there is enough: `take` then gives the position behind which to go on, and undefined before. */
function collect({ filter = [] }: Subscription, first: number) {
  const events: SubscriptionEvent[] = [];
  let heldBytes = 0;
  let readBytes = 0;

  async function take(wanted: readonly store.ScannedEvent[], read: Read): Promise<number | undefined> {
    for (let at = 0; at < wanted.length; ) {
      const batch = within(wanted.slice(at, at + batchMax));
      for (const event of await read(batch.map(({ id }) => id))) {
        const position = event.position ?? 0;
        // What the filter says, it says of the bodies that senders sent: Mooring's own events are chosen by their type.
        if (event.origin !== "own" && !fitsFilter(filter, event.body)) continue;
        if (events.length > 0 && heldBytes + event.bytes > bytesMax) return position - 1;
        heldBytes += event.bytes;
        events.push({ ...eventSummary(event), ...eventContent(event), cursor: cursorOf(position) });
        if (events.length === first) return position;
      }
      at += batch.length;
      readBytes += batch.reduce((sum, { bytes }) => sum + bytes, 0);
      if (readBytes >= readBytesMax) return batch.at(-1)?.position;
    }
    return undefined;
  }

  /** As many as have bodies that may be in memory at once; one, where the first has more. */
  function within(batch: readonly store.ScannedEvent[]): readonly store.ScannedEvent[] {
    let bytes = 0;
    const beyond = batch.findIndex((event) => {
      bytes += event.bytes;
      return bytes > bytesMax;
    });
    return beyond === -1 ? batch : batch.slice(0, Math.max(1, beyond));
  }

  return { events, take };
}

type Read = (ids: readonly store.ScannedEvent["id"][]) => ReturnType<typeof store.readEvents>;

const batchMax = 100;
const bytesMax = 1024 * 1024;
const readBytesMax = 8 * 1024 * 1024;

/**
 * Takes all events up to a cursor as dealt with: a reading that names no cursor begins behind it. Nothing but that changes, so it is not
 * audited and no `updatedAt` moves. Throws `Problem` invalid_request for a position that is not there yet: what comes there was not dealt with.
 */
export async function acknowledge(
  deps: ControlDeps,
  call: Call,
  { connectionId, id }: Pick<Reading, "connectionId" | "id">,
  through: string,
): Promise<Subscription> {
  const { actor } = call;
  requireConnection(actor, connectionId);
  return change(deps, call, async (tx) => {
    const before = await existing(tx, actor, connectionId, id);
    requireEventsOf(actor, before);
    requireMatch(call, before);
    const position = positionIn("through", through);
    if (position > (await lastPosition(tx, actor, connectionId))) throw unknownCursor("through");
    await store.acknowledge(tx, actor.org, id, position);
    return existing(tx, actor, connectionId, id);
  });
}

async function lastPosition(tx: Tx, { org }: Actor, connectionId: ConnectionId): Promise<number> {
  return (await store.lastPositions(tx, org, [connectionId])).get(connectionId) ?? 0;
}
