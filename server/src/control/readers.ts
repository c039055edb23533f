import { setTimeout as pause } from "node:timers/promises";
import type { SubscriptionEvent } from "@mooring/contract";
import type { Actor } from "../domain/actor.ts";
import { cursorOf } from "../domain/event-cursor.ts";
import { Problem } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Database } from "../store/database.ts";
import type { Arrivals } from "../traffic/arrivals.ts";
import { type Portion, type Reading, readPortion } from "./event-reading.ts";
import { createEventWatch } from "./event-watch.ts";
import { createUntaken } from "./untaken.ts";

/** Those who wait for events: a bounded number, and of one organisation no more than a quarter of them. */
export interface Readers {
  /** What comes first within `waitMs` behind `after`, where nothing is yet. Throws as `readPortion`, and `Problem` overloaded when too many wait. */
  poll(held: Held, reading: Reading & { readonly after: number }, waitMs: number): Promise<Portion>;
  /**
   * Server-sent events for as long as the reader may and wants to read, as the HTML standard writes them (section 9.2). The first piece comes when
   * it is certain that they may; whatever stops it later ends it, as too much does that was not taken. Nothing is read ahead of what is taken, but for one portion.
   */
  stream(held: Held, reading: Reading): AsyncGenerator<string, void, undefined>;
  /** Ends every wait and every stream. */
  close(): void;
}

/** A request whose answer takes long. */
export interface Held {
  /** Ends when the caller is gone. */
  readonly signal: AbortSignal;
  /** Who calls, asked anew: rights may have ended. Throws `Problem` as at the door. */
  actor(): Promise<Actor>;
}

export function createReaders(deps: ReadersDeps): Readers {
  const { db, recheckMs = 1_000, heartbeatMs = 15_000, readersMax = 256 } = deps;
  const watch = createEventWatch(deps);
  const untaken = createUntaken({ charactersMax: deps.untakenMax });
  const places = new Map<OrganisationId, number>();
  let taken = 0;
  let isClosed = false;
  return { poll, stream, close };

  async function poll(held: Held, reading: Reading & { after: number }, waitMs: number): Promise<Portion> {
    const endsMs = performance.now() + waitMs;
    const { org } = await held.actor();
    const leave = enter(org);
    try {
      let portion: Portion = { events: [], position: reading.after, isAtEnd: true };
      for (let leftMs = waitMs; leftMs > 0 && isEmpty(portion) && isOn(held); leftMs = endsMs - performance.now()) {
        const isThere = await next(held, org, reading, portion, Math.min(leftMs, recheckMs));
        const actor = await held.actor();
        if (isThere) portion = await readPortion({ db }, actor, { ...reading, after: portion.position });
      }
      return portion;
    } finally {
      leave();
    }
  }

  async function* stream(held: Held, reading: Reading): AsyncGenerator<string, void, undefined> {
    const first = await held.actor();
    const leave = enter(first.org);
    try {
      const portion = await readPortion({ db }, first, reading);
      yield `retry: ${retryMs}\n\n`;
      yield* unlessRefused(pieces(held, first.org, reading, portion));
    } finally {
      leave();
    }
  }

  async function* pieces(held: Held, org: OrganisationId, reading: Reading, begun: Portion): AsyncGenerator<string, void, undefined> {
    let portion = begun;
    let writtenMs = performance.now();
    let askedMs = writtenMs;
    while (isOn(held)) {
      const events = [...portion.events];
      portion = { ...portion, events: [] };
      // What was written is not kept as well.
      for (let event = events.shift(); event !== undefined; event = events.shift()) {
        // Whoever takes long to take one may have lost the right to the next.
        if (performance.now() - askedMs >= recheckMs) await held.actor();
        askedMs = performance.now();
        const piece = pieceOf(event);
        const giveBack = untaken.take(org, piece.length);
        // It comes again, from the last that it was given, and so loses nothing.
        if (giveBack === undefined) return;
        try {
          yield piece;
        } finally {
          giveBack();
        }
        writtenMs = performance.now();
      }
      const isThere = await next(held, org, reading, portion, Math.min(recheckMs, heartbeatMs));
      const actor = await held.actor();
      askedMs = performance.now();
      const isSilent = askedMs - writtenMs >= heartbeatMs;
      // With each heartbeat it is looked whether the subscription is still there.
      if (isThere || isSilent) portion = await readPortion({ db }, actor, { ...reading, after: portion.position });
      if (!isSilent || portion.events.length > 0) continue;
      // The id says how far it was looked through: who comes again need not have that done again.
      yield `:\nid: ${cursorOf(portion.position)}\n\n`;
      writtenMs = performance.now();
    }
  }

  /** Waits until there may be more than `portion`; at once when it was not all. */
  async function next(held: Held, org: OrganisationId, { connectionId }: Reading, portion: Portion, ms: number): Promise<boolean> {
    if (!portion.isAtEnd) return true;
    const startedMs = performance.now();
    const isThere = await watch.wait({ org, connectionId, position: portion.position }, { ms, signal: held.signal });
    // However fast events come that are for somebody else, a reader asks some fifty times a second and no more.
    const restMs = isThere ? restMinMs - (performance.now() - startedMs) : 0;
    if (restMs > 0) await pause(restMs);
    return isThere;
  }

  function isOn({ signal }: Held): boolean {
    return !isClosed && !signal.aborted;
  }

  function enter(org: OrganisationId): () => void {
    const ofOrg = places.get(org) ?? 0;
    if (taken >= readersMax || ofOrg >= Math.ceil(readersMax / 4)) throw new Problem("overloaded", { retryAfterSeconds: 2 });
    taken += 1;
    places.set(org, ofOrg + 1);
    return () => {
      taken -= 1;
      const left = (places.get(org) ?? 1) - 1;
      if (left > 0) places.set(org, left);
      else places.delete(org);
    };
  }

  function close(): void {
    isClosed = true;
    watch.close();
  }
}

export interface ReadersDeps {
  readonly db: Database;
  readonly arrivals: Arrivals;
  /** How often it is looked whether a reader may still read; a second when left out. */
  readonly recheckMs?: number;
  readonly heartbeatMs?: number;
  /** How many may wait at once. */
  readonly readersMax?: number;
  /** How many characters may be written to streams and not taken yet. */
  readonly untakenMax?: number;
  readonly askMs?: number;
}

const retryMs = 1_000;
const restMinMs = 20;

const isEmpty = ({ events, isAtEnd }: Portion) => events.length === 0 && isAtEnd;

// JSON has no line break outside of its strings, and escapes those within.
const pieceOf = (event: SubscriptionEvent) => `id: ${event.cursor}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** The same until a `Problem`: the answer has begun, so all it can do is end. */
async function* unlessRefused(pieces: AsyncGenerator<string, void, undefined>): AsyncGenerator<string, void, undefined> {
  try {
    yield* pieces;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}
