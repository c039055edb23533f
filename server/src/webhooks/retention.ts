import type { Clock } from "../kernel/clock.ts";
import { type EventId, type OrganisationId, startOfIds } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Database } from "../store/database.ts";
import {
  deleteEvents,
  deleteExpired,
  eventsBetween,
  type OldEvent,
  organisationsWithExpired,
  type PastEvent,
  pastEvents,
} from "../store/event-retention.ts";

/**
 * Deletes events that are older than `keepHours`, a few at a time, now and then. One that still waits to be delivered is kept for
 * `waitingDays` more, and is lost then, which is logged: a destination that is down for ever must not keep everything for ever. Short
 * addresses and secrets before the last go when they end. Every node does, and what one deleted is gone for all.
 */
export function createEventRetention({ db, clock, log, keepHours }: EventRetentionDeps) {
  let running = Promise.resolve();
  let isClosed = false;
  /** How far the walk through old events has come, and when it set out: what it passed by is not looked at again in each sweep. */
  let walked = { to: "", sinceMs: Number.NEGATIVE_INFINITY };
  const timer = setInterval(() => void sweep(), everyMs).unref();
  return { sweep, close };

  /** Deletes what is past its time now; one after the other. Resolves also when that failed: the next one tries again. */
  function sweep(): Promise<void> {
    running = running.then(clear).catch((error: unknown) => log.warn("old events were not deleted", { error }));
    return running;
  }

  async function clear(): Promise<void> {
    const now = clock.now();
    await clearExpired(now);
    if (now.getTime() - walked.sinceMs >= walkAgainMs) walked = { to: "", sinceMs: now.getTime() };
    const keptMs = keepHours * 3_600_000;
    const before = startOfIds(new Date(now.getTime() - keptMs));
    const waitingBefore = startOfIds(new Date(now.getTime() - keptMs - waitingDays * 86_400_000));
    for (let left = portionsMax; left > 0 && !isClosed; left -= 1) {
      const { to } = walked;
      const old = await db.read({ eventsBefore: before }, (tx) => eventsBetween(tx, to, before, portionEvents));
      for (const [org, ids] of byOrganisation(old)) await clearEvents(org, ids, waitingBefore);
      walked = { ...walked, to: old.at(-1)?.id ?? to };
      if (old.length < portionEvents) return;
    }
  }

  async function clearEvents(org: OrganisationId, ids: readonly EventId[], waitingBefore: string): Promise<void> {
    const past = (await db.read(org, (tx) => pastEvents(tx, org, ids))).filter(({ id, waits }) => !waits || id < waitingBefore);
    for (const portion of portionsOf(past)) {
      if (isClosed) return;
      const some = portion.map(({ id }) => id);
      // What a power cut brings back goes with a later sweep.
      await db.write(org, (tx) => deleteEvents(tx, org, some, waitingBefore), { durability: "relaxed" });
    }
    const lost = past.filter(({ waits }) => waits).length;
    if (lost > 0) {
      log.warn(`${lost} events were deleted that had waited to be delivered for ${waitingDays} days beyond their time`, {
        organisation: org,
      });
    }
  }

  async function clearExpired(now: Date): Promise<void> {
    const orgs = await db.read({ expiredBefore: now.toISOString() }, (tx) => organisationsWithExpired(tx, now, organisationsMax));
    for (const org of orgs) {
      if (isClosed) return;
      await db.write(org, (tx) => deleteExpired(tx, org, now));
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    clearInterval(timer);
    await running;
  }
}

export interface EventRetentionDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly keepHours: number;
}

function byOrganisation(events: readonly OldEvent[]): ReadonlyMap<OrganisationId, EventId[]> {
  const ids = new Map<OrganisationId, EventId[]>();
  for (const { org_id, id } of events) {
    const known = ids.get(org_id);
    if (known) known.push(id);
    else ids.set(org_id, [id]);
  }
  return ids;
}

/** Portions that do not keep others from writing for long, however large the events are. */
function portionsOf(events: readonly PastEvent[]): PastEvent[][] {
  const portions: PastEvent[][] = [];
  let bytesLeft = 0;
  for (const event of events) {
    bytesLeft -= event.bytes;
    const portion = bytesLeft < 0 ? undefined : portions.at(-1);
    if (portion) {
      portion.push(event);
    } else {
      portions.push([event]);
      bytesLeft = portionBytes - event.bytes;
    }
  }
  return portions;
}

const everyMs = 60_000;
const walkAgainMs = 600_000;
/** How much longer than the others an event is kept that waits. */
const waitingDays = 30;
const portionEvents = 500;
const portionBytes = 4 * 1024 * 1024;
/** In one sweep. */
const portionsMax = 1000;
const organisationsMax = 100;
