import type { EventSigner } from "../../credentials/event-signer.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { NewId } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { Net } from "../../net/net.ts";
import type { Database } from "../../store/database.ts";
import type { DuePlace } from "../../store/deliveries.ts";
import type { Arrivals } from "../../traffic/arrivals.ts";
import { type DeliveryBounds, standardBounds } from "./bounds.ts";
import { createClaims } from "./claims.ts";
import { startFinder } from "./finder.ts";
import { startLeases } from "./leases.ts";
import { type HeldDelivery, newOutlet, type Outlet } from "./outlet.ts";
import { createResults, type Ended } from "./results.ts";
import { createSender } from "./sender.ts";

/** Delivers events to the destinations of subscriptions until it is closed. Several processes may: each delivery is claimed by one of them at a time. */
export interface Deliverer {
  /** Claims no more, lets what is under way end for at most `drainMs`, gives the rest back. */
  close(how?: { drainMs: number }): Promise<void>;
  stats(): DelivererStats;
}

/** Counts since the start, and what is under way now. */
export interface DelivererStats {
  readonly attempts: number;
  /** Deliveries by what became of them; `waiting` are attempts that failed and are followed by another. */
  readonly ended: Readonly<Record<"delivered" | "waiting" | "dead" | "skipped", number>>;
  /** Claimed and not sent, being sent, and sent but not written down. */
  readonly queued: number;
  readonly sending: number;
  readonly unwritten: number;
  readonly bytes: number;
  readonly destinations: number;
  /** How often the database was asked what is due. */
  readonly polls: number;
}

export interface DelivererDeps {
  readonly db: Database;
  readonly net: Pick<Net, "dispatch">;
  readonly signer: EventSigner;
  readonly arrivals: Pick<Arrivals, "subscribe">;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  /** Names this process in leases: no other may have the same. */
  readonly owner: string;
  /** From 0 to below 1; Math.random when left out. */
  readonly random?: () => number;
  readonly bounds?: Partial<DeliveryBounds>;
}

export function startDeliverer(deps: DelivererDeps): Deliverer {
  const { db, net, signer, arrivals, clock, newId, log, owner, random = Math.random } = deps;
  const bounds = { ...standardBounds, ...deps.bounds };
  const outlets = new Map<string, Outlet>();
  const results = createResults({ db, owner, clock, newId, log, random, onWritten });
  const leases = startLeases({ db, owner, bounds, outlets: () => outlets.values(), onStale });
  const sender = createSender({ net, signer, clock, log, bounds, onEnded, onUnsent });
  const claims = createClaims({ db, owner, log, bounds, onClaimed: sender.take });
  const finder = startFinder({ db, arrivals, log, pollMs: bounds.pollMs, random, onDue, onPoll: forgetIdle });
  return { close, stats };

  function onDue(place: DuePlace): void {
    const key = `${place.org} ${place.subscriptionId}`;
    let outlet = outlets.get(key);
    if (outlet === undefined) {
      outlet = newOutlet(place, bounds.windowMax);
      outlets.set(key, outlet);
    }
    outlet.hasMore = true;
    claims.fill(outlet);
  }

  function onEnded(item: HeldDelivery, end: Omit<Ended, "item">): void {
    results.add({ item, ...end });
    claims.fill(item.outlet);
  }

  function onWritten({ item, isDoubt }: Ended, isOpen: boolean): void {
    const { outlet } = item;
    if (!isOpen) onUnsent(outlet.queue.splice(0));
    if (isDoubt) outlet.doubts -= 1;
    // What was given back meanwhile, or waited for the answer to a probe, can be claimed again where that is allowed.
    if (isDoubt && outlet.doubts === 0) {
      outlet.hasMore = true;
      outlet.restsUntilMs = 0;
    }
    claims.letGo(item);
    claims.fill(outlet);
  }

  function onUnsent(items: readonly HeldDelivery[]): void {
    if (items.length === 0) return;
    for (const item of items) claims.letGo(item);
    void leases.giveBack(items);
  }

  function onStale(outlet: Outlet, stale: readonly HeldDelivery[]): void {
    const gone = new Set(stale);
    outlet.queue = outlet.queue.filter((item) => !gone.has(item));
    outlet.hasMore = true;
    onUnsent(stale);
  }

  function forgetIdle(): void {
    const beforeMs = performance.now() - idleMs;
    for (const [key, { held, isClaiming, usedAtMs }] of outlets) {
      if (held === 0 && !isClaiming && usedAtMs < beforeMs) outlets.delete(key);
    }
  }

  async function close({ drainMs } = { drainMs: 5_000 }): Promise<void> {
    finder.close();
    await claims.close();
    await sender.close(drainMs);
    await results.close();
    await leases.close();
  }

  function stats(): DelivererStats {
    const all = [...outlets.values()];
    return {
      attempts: sender.attempts(),
      ...results.stats(),
      queued: all.reduce((sum, { queue }) => sum + queue.length, 0),
      sending: all.reduce((sum, { sending }) => sum + sending.size, 0),
      bytes: claims.stats().bytes,
      destinations: all.length,
      polls: finder.polls(),
    };
  }
}

const idleMs = 60_000;
