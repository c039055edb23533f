import type { NewEvent } from "../domain/event.ts";
import type { EventId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { type Counter, counterKey, lockCounters, moveCounters } from "./event-counters.ts";
import { fanOut } from "./event-fan-out.ts";
import { countDuplicates, insertEvents, keptBefore, onceKey, type PlacedEvent } from "./event-rows.ts";

/** What became of an event that was to be kept. */
export interface Appended {
  /** Of the event that is there now: of a duplicate, the first one's. */
  readonly id: EventId;
  readonly isDuplicate: boolean;
}

/**
 * Keeps events of whichever connections of the organisation, and makes a delivery of each for every subscription with a destination that
 * wants it; one answer for each, in order. Those that were there before are counted, and not kept again (W-4). Positions and sequence
 * numbers follow one another without a gap in the order of commits: whoever keeps events of a connection holds its counter until the
 * transaction ends. Unverified and refused ones have neither, and go to nobody. Throws the engine's foreign key fault when a connection is gone.
 */
export async function appendEvents(tx: Tx, org: OrganisationId, events: readonly NewEvent[]): Promise<readonly Appended[]> {
  const counters = await lockCounters(tx, org, events);
  // Not before the counters are held: until then another node may still be keeping the same.
  const kept = await keptBefore(tx, org, events);
  const placed: PlacedEvent[] = [];
  const again = new Map<EventId, number>();
  const appended = events.map((event): Appended => {
    const key = onceKey(event);
    const first = key === undefined ? undefined : kept.get(key);
    if (first !== undefined) {
      again.set(first, (again.get(first) ?? 0) + 1);
      return { id: first, isDuplicate: true };
    }
    if (key !== undefined) kept.set(key, event.id);
    placed.push(place(event, counters));
    return { id: event.id, isDuplicate: false };
  });
  // Each is sent before the one behind it, and none waits for the answer of another.
  await Promise.all([
    insertEvents(tx, org, placed),
    moveCounters(tx, org, counters),
    fanOut(
      tx,
      org,
      placed.flatMap(({ event, position }) => (position === null ? [] : event.id)),
    ),
    countDuplicates(tx, org, again),
  ]);
  return appended;
}

function place(event: NewEvent, counters: ReadonlyMap<string, Counter>): PlacedEvent {
  const { connectionId, environmentId, triggerName } = event;
  const next = (key: string) => {
    const counter = counters.get(key) as Counter;
    counter.last += 1;
    counter.isMoved = true;
    return counter.last;
  };
  if (event.origin === "unverified" || event.isRefused) return { event, position: null, sequence: null };
  const position = next(counterKey(connectionId, "", ""));
  const sequence = triggerName === undefined ? null : next(counterKey(connectionId, environmentId ?? "", triggerName));
  return { event, position, sequence };
}
