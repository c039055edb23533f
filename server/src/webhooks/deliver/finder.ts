import type { SubscriptionId } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { Database } from "../../store/database.ts";
import { type DuePlace, destinationsOfConnection, findDuePlaces } from "../../store/deliveries.ts";
import type { Arrival, Arrivals } from "../../traffic/arrivals.ts";
import { createTurns } from "../../traffic/turns.ts";

/** Finds out for which destinations something may be due: at once of what this process kept, and now and then of all else. */
export interface Finder {
  close(): void;
  /** How often the database was asked. */
  polls(): number;
}

export interface FinderDeps {
  readonly db: Database;
  readonly arrivals: Pick<Arrivals, "subscribe">;
  readonly log: Log;
  readonly pollMs: number;
  readonly random: () => number;
  readonly onDue: (place: DuePlace) => void;
  /** Told after each poll. */
  readonly onPoll: () => void;
}

export function startFinder({ db, arrivals, log, pollMs, random, onDue, onPoll }: FinderDeps): Finder {
  const inTurn = createTurns({ placesMax: readsAtOnce });
  const connections = new Map<string, KnownConnection>();
  let after: DuePlace | undefined;
  let polls = 0;
  let isFailing = false;
  let isClosed = false;
  let timer = setTimeout(() => void poll(), 0).unref();
  const stops = [
    arrivals.subscribe(arrived),
    // Of Mooring's own events, which another node may have kept.
    db.changes.subscribe((change) => {
      if (change.kind === "event") arrived({ org: change.org, connectionId: change.id as Arrival["connectionId"] });
    }),
  ];
  return { close, polls: () => polls };

  function close(): void {
    isClosed = true;
    clearTimeout(timer);
    for (const stop of stops) stop();
  }

  async function poll(): Promise<void> {
    try {
      const { due, last } = await db.read({ work: "deliveries" }, (tx) => findDuePlaces(tx, after, placesMax));
      after = last;
      for (const place of due) if (!isClosed) onDue(place);
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn("deliveries that are due cannot be looked for; it is tried again", { error });
      isFailing = true;
    }
    polls += 1;
    const nowMs = performance.now();
    for (const [key, { readAtMs }] of connections) if (nowMs - readAtMs > forgottenMs) connections.delete(key);
    if (isClosed) return;
    onPoll();
    // Not all nodes at the same time.
    timer = setTimeout(() => void poll(), pollMs * (0.8 + 0.4 * random())).unref();
  }

  function arrived({ org, connectionId }: Arrival): void {
    const key = `${org} ${connectionId}`;
    const known = connections.get(key) ?? { destinations: [], readAtMs: Number.NEGATIVE_INFINITY, isReading: false };
    connections.set(key, known);
    // One that was made since is found by the next poll.
    for (const subscriptionId of known.destinations) onDue({ org, subscriptionId });
    if (!known.isReading && performance.now() - known.readAtMs > freshMs) void read(known, { org, connectionId });
  }

  async function read(known: KnownConnection, { org, connectionId }: Arrival): Promise<void> {
    known.isReading = true;
    try {
      const found = await inTurn(org, () => db.read(org, (tx) => destinationsOfConnection(tx, org, connectionId, placesMax)));
      const before = new Set(known.destinations);
      known.destinations = found;
      known.readAtMs = performance.now();
      for (const subscriptionId of found) if (!isClosed && !before.has(subscriptionId)) onDue({ org, subscriptionId });
    } catch {
      // The next poll finds what is due.
    }
    known.isReading = false;
  }
}

/** A connection to which something came lately. */
interface KnownConnection {
  destinations: readonly SubscriptionId[];
  readAtMs: number;
  isReading: boolean;
}

const placesMax = 1_000;
const readsAtOnce = 4;
const freshMs = 5_000;
const forgottenMs = 60_000;
