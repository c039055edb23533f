import type { Log } from "../../kernel/log.ts";
import type { Database } from "../../store/database.ts";
import { type Claim, claimDeliveries } from "../../store/delivery-claims.ts";
import { createTurns } from "../../traffic/turns.ts";
import type { DeliveryBounds } from "./bounds.ts";
import { type HeldDelivery, type Outlet, roomOf } from "./outlet.ts";

/** Claims for outlets what they have room for, as long as there may be more. */
export interface Claims {
  /** Begins to claim, unless that is under way or of no use now. */
  fill(outlet: Outlet): void;
  /** Gives back the room that a delivery took. */
  letGo(item: HeldDelivery): void;
  /** Claims no more; resolves when the last claim is there. */
  close(): Promise<void>;
  stats(): { readonly bytes: number };
}

export interface ClaimsDeps {
  readonly db: Database;
  readonly owner: string;
  readonly log: Log;
  readonly bounds: DeliveryBounds;
  readonly onClaimed: (outlet: Outlet, items: readonly HeldDelivery[]) => void;
}

export function createClaims({ db, owner, log, bounds, onClaimed }: ClaimsDeps): Claims {
  const { leaseMs, bodyBytesMax, claimBytesMax } = bounds;
  // Organisations take turns at the database, too.
  const inTurn = createTurns({ placesMax: claimsAtOnce, waitMs: claimWaitMs });
  const running = new Set<Promise<void>>();
  /** Those that would claim if there were memory for it, in turns. */
  const hungry = new Set<Outlet>();
  let bytes = 0;
  let isClosed = false;
  let isFailing = false;
  return { fill, letGo, close, stats: () => ({ bytes }) };

  function fill(outlet: Outlet): void {
    if (outlet.isClaiming || !mayClaim(outlet)) return;
    outlet.isClaiming = true;
    const work = claimAll(outlet).finally(() => {
      outlet.isClaiming = false;
      running.delete(work);
    });
    running.add(work);
  }

  function mayClaim(outlet: Outlet): boolean {
    if (isClosed || !outlet.hasMore || outlet.doubts > 0 || performance.now() < outlet.restsUntilMs || roomOf(outlet) === 0) return false;
    if (bytes < bodyBytesMax) return true;
    hungry.add(outlet);
    return false;
  }

  async function claimAll(outlet: Outlet): Promise<void> {
    try {
      while (mayClaim(outlet)) await inTurn(outlet.place.org, () => claimSome(outlet));
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn("deliveries cannot be claimed; it is tried again", { organisation: outlet.place.org, error });
      isFailing = true;
      outlet.restsUntilMs = performance.now() + restMs;
    }
  }

  async function claimSome(outlet: Outlet): Promise<void> {
    const { org, subscriptionId } = outlet.place;
    const limit = roomOf(outlet);
    if (isClosed || limit === 0) return;
    const bytesMax = Math.min(claimBytesMax, bodyBytesMax - bytes);
    // Set again by whoever hears of more while this is under way.
    outlet.hasMore = false;
    const leasedAtMs = performance.now();
    const request = { owner, leaseMs, limit, bytesMax };
    // A lost claim loses nothing: the delivery is due as before.
    const claim = await db.write(org, (tx) => claimDeliveries(tx, org, subscriptionId, request), { durability: "relaxed" });
    // The next poll finds it when that is over. Until then whatever arrives for it would be in vain.
    if (claim === undefined) outlet.restsUntilMs = performance.now() + restMs;
    if (claim === undefined || claim.deliveries.length === 0) return;
    const items = take(outlet, claim, leasedAtMs);
    const taken = items.reduce((sum, item) => sum + item.bytes, 0);
    if (items.length === limit || taken >= bytesMax) outlet.hasMore = true;
    onClaimed(outlet, items);
  }

  function take(outlet: Outlet, { destination, deliveries, isProbe }: Claim, leasedAtMs: number): HeldDelivery[] {
    outlet.failures = destination.failures;
    outlet.usedAtMs = leasedAtMs;
    return deliveries.map((delivery) => {
      const item = { outlet, delivery, destination, isProbe, bytes: bytesOf(delivery.event), leasedAtMs, abort: undefined };
      outlet.held += 1;
      bytes += item.bytes;
      return item;
    });
  }

  function letGo(item: HeldDelivery): void {
    item.outlet.held -= 1;
    bytes -= item.bytes;
    if (hungry.size === 0 || bytes >= bodyBytesMax) return;
    const [first] = hungry;
    if (first === undefined) return;
    hungry.delete(first);
    fill(first);
  }

  async function close(): Promise<void> {
    isClosed = true;
    await Promise.all(running);
  }
}

const bytesOf = ({ body, headers }: HeldDelivery["delivery"]["event"]) => body.length + headers.length * 32 + 1_024;

const claimsAtOnce = 4;
const claimWaitMs = 10_000;
const restMs = 250;
