import type { Ask } from "../../domain/delivery.ts";
import type { DuePlace } from "../../store/deliveries.ts";
import type { ClaimedDelivery, ClaimedDestination } from "../../store/delivery-claims.ts";

/** One destination as this process serves it: what it has claimed for it, and how much that may be. */
export interface Outlet {
  readonly place: DuePlace;
  /** Claimed and not yet sent, in order. */
  queue: HeldDelivery[];
  readonly sending: Set<HeldDelivery>;
  /** Claimed, and not yet written down or given back. */
  held: number;
  /** How many may be under way at a time: one more with each that went well, half as many after a failure. */
  window: number;
  /** Whether answers come fast, so that it is worth holding some in store. */
  isQuick: boolean;
  /** How many failed in a row, as far as this process knows. */
  failures: number;
  /** Whether a claim may find something. */
  hasMore: boolean;
  isClaiming: boolean;
  /** How many results must be written before it is known whether more may be sent. */
  doubts: number;
  /** Until when nothing is claimed, on the clock of performance.now(), as is when it was last used. */
  restsUntilMs: number;
  usedAtMs: number;
}

/** A delivery that this process has claimed. */
export interface HeldDelivery {
  readonly outlet: Outlet;
  readonly delivery: ClaimedDelivery;
  readonly destination: ClaimedDestination;
  readonly isProbe: boolean;
  /** How much of the memory for bodies it counts for. */
  readonly bytes: number;
  /** Since when its lease runs, on the clock of performance.now(). */
  leasedAtMs: number;
  /** Set while it is being sent. */
  abort: (() => void) | undefined;
}

export function newOutlet(place: DuePlace, windowMax: number): Outlet {
  return {
    place,
    queue: [],
    sending: new Set(),
    held: 0,
    // Few at first: of one that never answers, nobody knows it yet.
    window: Math.min(windowMax, firstWindow),
    isQuick: false,
    failures: 0,
    hasMore: true,
    isClaiming: false,
    doubts: 0,
    restsUntilMs: 0,
    usedAtMs: performance.now(),
  };
}

const firstWindow = 4;
const inStore = 4;

/** How many more may be claimed for it now: none while it is not worth asking. */
export function roomOf(outlet: Outlet): number {
  const target = outlet.window * (outlet.isQuick ? inStore : 1);
  const room = target - outlet.held;
  return room * 2 >= target ? room : 0;
}

/** Adapts to how one attempt ended. */
export function learn(outlet: Outlet, { isDelivered, asks, tookMs, windowMax }: Lesson): void {
  outlet.isQuick = tookMs < quickMs;
  outlet.failures = isDelivered ? 0 : outlet.failures + 1;
  if (isDelivered) outlet.window = Math.min(windowMax, outlet.window + 1);
  else outlet.window = asks?.kind === "throttle" ? 1 : Math.max(1, outlet.window >> 1);
}

interface Lesson {
  readonly isDelivered: boolean;
  readonly asks: Ask | undefined;
  readonly tookMs: number;
  readonly windowMax: number;
}

const quickMs = 250;
