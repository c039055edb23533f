import { minuteOf, startOfMinute } from "../domain/call-tally.ts";
import type { Clock } from "../kernel/clock.ts";
import { startOfIds } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { countsBefore, dropCounts } from "../store/call-retention.ts";
import { dropCallsBefore, organisationsWithCallsBefore } from "../store/calls.ts";
import type { Database } from "../store/database.ts";

/**
 * Drops recorded calls that are older than `keepHours`, and what calls add up to after 31 days, a few at a time, now and then. Every node
 * does, and what one dropped is gone for all.
 */
export function createRetention({ db, clock, log, keepHours }: RetentionDeps) {
  let running = Promise.resolve();
  let isClosed = false;
  const timer = setInterval(() => void sweep(), everyMs).unref();
  return { sweep, close };

  /** Drops what is past its time now; one after the other. Resolves also when that failed: the next one tries again. */
  function sweep(): Promise<void> {
    running = running
      .then(drop)
      .then(dropOldCounts)
      .catch((error: unknown) => log.warn("old calls were not dropped from the record", { error }));
    return running;
  }

  async function drop(): Promise<void> {
    const before = startOfIds(new Date(clock.now().getTime() - keepHours * 3_600_000));
    for (let left = transactionsMax; left > 0 && !isClosed; ) {
      const orgs = await db.read({ callsBefore: before }, (tx) => organisationsWithCallsBefore(tx, before, left));
      if (orgs.length === 0) return;
      for (const org of orgs) {
        if (isClosed) return;
        await db.write(org, (tx) => dropCallsBefore(tx, org, before, blocksAtOnce));
      }
      left -= orgs.length;
    }
  }

  async function dropOldCounts(): Promise<void> {
    const nowMs = clock.now().getTime();
    const keptFrom = new Date(nowMs - countsKeptDays * 86_400_000);
    // An hour is dropped at a time: each minute of each connection would be a transaction of its own.
    const dueBefore = new Date(keptFrom.getTime() - 3_600_000);
    for (let left = transactionsMax; left > 0 && !isClosed; left -= 1) {
      const old = await db.read({ expiredBefore: dueBefore.toISOString() }, (tx) => countsBefore(tx, dueBefore, placesAtOnce));
      if (!old) return;
      // After a long time in which nothing was dropped, it is a day at a time.
      const before = Math.min(keptFrom.getTime(), Date.parse(old.oldestAt) + 86_400_000);
      const minute = startOfMinute(minuteOf(new Date(before)));
      await db.write(old.org, (tx) => dropCounts(tx, old.org, old.connections, minute), { durability: "relaxed" });
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    clearInterval(timer);
    await running;
  }
}

export interface RetentionDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly keepHours: number;
}

const everyMs = 60_000;
/** In one sweep. */
const transactionsMax = 500;
const blocksAtOnce = 20;
const countsKeptDays = 31;
const placesAtOnce = 100;
