import { sealOriginal } from "../../credentials/event-originals.ts";
import type { Seals } from "../../credentials/seals.ts";
import type { NewEvent } from "../../domain/event.ts";
import type { Received } from "../../domain/received.ts";
import type { OrganisationId } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { Database } from "../../store/database.ts";
import { keepUnverified } from "../../store/unverified-events.ts";

/** Keeps what did not pass, for people to look at: no more of it than is useful, because anybody can send it. */
export interface Unverified {
  /** Resolves when it is kept, or not: too many came, or the database does not answer. Never rejects. */
  keep(org: OrganisationId, event: NewEvent, received: Received): Promise<void>;
}

export interface UnverifiedDeps {
  readonly db: Pick<Database, "write">;
  readonly seals: Seals;
  readonly log: Log;
  /** Of each trigger in each environment. */
  readonly eventsMax: number;
  /** Of each trigger in each environment; 10 when left out. One with a long body counts for several. */
  readonly perSecondMax?: number;
  /** Milliseconds that only grow. */
  readonly nowMs?: () => number;
}

export function createUnverified(deps: UnverifiedDeps): Unverified {
  const { db, seals, log, eventsMax, perSecondMax = 10, nowMs = () => performance.now() } = deps;
  const rates = new Map<string, Rate>();
  let underWay = 0;
  return { keep };

  async function keep(org: OrganisationId, event: NewEvent, received: Received): Promise<void> {
    if (eventsMax === 0 || underWay >= underWayMax || !isWithinRate(event)) return;
    underWay += 1;
    try {
      const sealed = sealOriginal(await seals.of(org), event.id, received);
      // Nobody was told that it is kept, so nobody waits for the disk.
      const how = { durability: "relaxed" } as const;
      await db.write(org, (tx) => keepUnverified(tx, org, { ...event, sealed }, { eventsMax, bytesMax }), how);
    } catch (error) {
      log.warn("an unverified event could not be kept", { organisation: org, error });
    } finally {
      underWay -= 1;
    }
  }

  /** A bucket that holds what may come in a second, and fills as fast. */
  function isWithinRate({ environmentId, triggerName, body }: NewEvent): boolean {
    const now = nowMs();
    const key = `${environmentId} ${triggerName}`;
    const cost = Math.min(perSecondMax, 1 + Math.floor(body.length / bytesOfOne));
    const rate = rates.get(key) ?? { left: perSecondMax, atMs: now };
    if (rates.size >= ratesMax) rates.clear();
    rates.set(key, rate);
    rate.left = Math.min(perSecondMax, rate.left + ((now - rate.atMs) * perSecondMax) / 1_000);
    rate.atMs = now;
    if (rate.left < cost) return false;
    rate.left -= cost;
    return true;
  }
}

interface Rate {
  left: number;
  atMs: number;
}

const underWayMax = 32;
const ratesMax = 10_000;
// Else whoever has no secret could have the disk busy with bodies of a megabyte.
const bytesOfOne = 128 * 1024;
const bytesMax = 64 * 1024 * 1024;
