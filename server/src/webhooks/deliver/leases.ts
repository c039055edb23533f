import type { OrganisationId } from "../../kernel/ids.ts";
import type { Database, Tx } from "../../store/database.ts";
import { type DeliveryKey, releaseLeases, renewLeases } from "../../store/deliveries.ts";
import { createTurns } from "../../traffic/turns.ts";
import type { DeliveryBounds } from "./bounds.ts";
import type { HeldDelivery, Outlet } from "./outlet.ts";

/** Keeps what this process has claimed while it is being sent, and gives back what it does not come to (D-1). */
export interface Leases {
  /** Gives back what was not sent: others may have it at once. Never rejects: what the database does not hear of comes back when its lease ends. */
  giveBack(items: readonly HeldDelivery[]): Promise<void>;
  /** Resolves when what was given back is. */
  close(): Promise<void>;
}

export interface LeasesDeps {
  readonly db: Database;
  readonly owner: string;
  readonly bounds: DeliveryBounds;
  readonly outlets: () => Iterable<Outlet>;
  /** Takes what was claimed too long ago out of the outlet's queue, to be given back: it may go elsewhere by now, or nowhere. */
  readonly onStale: (outlet: Outlet, stale: readonly HeldDelivery[]) => void;
}

export function startLeases({ db, owner, bounds, outlets, onStale }: LeasesDeps): Leases {
  const { leaseMs, heartbeatMs } = bounds;
  const inTurn = createTurns({ placesMax: writesAtOnce, waitMs: leaseMs / 3 });
  const running = new Set<Promise<unknown>>();
  let isBeating = false;
  const timer = setInterval(() => void beat(), heartbeatMs).unref();
  return { giveBack, close };

  async function close(): Promise<void> {
    clearInterval(timer);
    await Promise.all(running);
  }

  async function beat(): Promise<void> {
    if (isBeating) return;
    isBeating = true;
    const nowMs = performance.now();
    const old = (item: HeldDelivery) => nowMs - item.leasedAtMs >= heartbeatMs / 2;
    const renewed = new Map<OrganisationId, HeldDelivery[]>();
    for (const outlet of outlets()) {
      const stale = outlet.queue.filter((item) => nowMs - item.leasedAtMs >= heartbeatMs);
      if (stale.length > 0) onStale(outlet, stale);
      const items = renewed.get(outlet.place.org) ?? [];
      for (const item of outlet.sending) if (old(item)) items.push(item);
      if (items.length > 0) renewed.set(outlet.place.org, items);
    }
    for (const [org, items] of renewed) await renew(org, items, nowMs);
    isBeating = false;
  }

  async function renew(org: OrganisationId, items: readonly HeldDelivery[], nowMs: number): Promise<void> {
    const kept = await quietly(org, (tx) => renewLeases(tx, org, { owner, leaseMs }, items.map(keyOf)));
    const names = new Set(kept?.map(nameOf));
    for (const item of items) if (names.has(nameOf(keyOf(item)))) item.leasedAtMs = nowMs;
  }

  async function giveBack(items: readonly HeldDelivery[]): Promise<void> {
    const byOrg = Map.groupBy(items, ({ outlet }) => outlet.place.org);
    for (const [org, some] of byOrg) await quietly(org, (tx) => releaseLeases(tx, org, owner, some.map(keyOf)));
  }

  /** Undefined when the database does not take it: then the lease ends, and whoever claims next sends it. */
  async function quietly<Result>(org: OrganisationId, work: (tx: Tx) => Promise<Result>): Promise<Result | undefined> {
    const written = inTurn(org, () => db.write(org, work, { durability: "relaxed" })).catch(() => undefined);
    running.add(written);
    return written.finally(() => running.delete(written));
  }
}

const writesAtOnce = 2;

const keyOf = ({ outlet, delivery }: HeldDelivery): DeliveryKey => ({
  subscriptionId: outlet.place.subscriptionId,
  eventId: delivery.eventId,
});

const nameOf = ({ subscriptionId, eventId }: DeliveryKey) => `${subscriptionId} ${eventId}`;
