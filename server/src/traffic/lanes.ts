import type { OrganisationId } from "../kernel/ids.ts";

/**
 * Places that organisations share fairly. Each has a lane, and may hold up to three times as many places as are then free: alone three
 * quarters of all, two crowds three sevenths each, so that whoever comes next finds some left (T-4). Those without one wait in their
 * lane, and the lanes take turns when a place becomes free. To enter and to leave is a look-up and a comparison.
 */
export function createLanes({ placesMax, waitingMax, waitMs }: LanesDeps): Lanes {
  const lanes = new Map<OrganisationId, Lane>();
  // Those in which somebody waits, in the order of their turns. Whoever of them could be given a place has been given it.
  const turns = new Set<Lane>();
  let held = 0;
  let waiting = 0;
  let sweepAt = lanesKept;
  let ticker: NodeJS.Timeout | undefined;
  return { enter, join, quit, leave, stats: () => ({ held, waiting, organisations: lanes.size }) };

  function enter(org: OrganisationId): Lane | undefined {
    const lane = lanes.get(org) ?? add(org);
    if (!hasRoom(lane.held, placesMax - held)) return undefined;
    held += 1;
    lane.held += 1;
    return lane;
  }

  function leave(lane: Lane): void {
    held -= 1;
    lane.held -= 1;
    if (waiting > 0) giveTurns(performance.now());
  }

  function join(org: OrganisationId, onTurn: (lane: Lane | undefined) => void): Waiting | undefined {
    const lane = lanes.get(org) ?? add(org);
    const nowMs = performance.now();
    if (lane.waiting.size === 0 && nowMs - lane.missedAtMs > forgivenMs) lane.waitingMax = waitingMax;
    if (lane.waiting.size >= lane.waitingMax || !hasRoom(lane.waiting.size, waitingMax - waiting)) return undefined;
    const joined: Waiting = { lane, sinceMs: nowMs, onTurn };
    lane.waiting.add(joined);
    turns.add(lane);
    waiting += 1;
    ticker ??= setInterval(tick, waitMs / 20).unref();
    return joined;
  }

  function quit(joined: Waiting): void {
    const { lane } = joined;
    if (!lane.waiting.delete(joined)) return;
    waiting -= 1;
    if (lane.waiting.size === 0) turns.delete(lane);
  }

  function giveTurns(nowMs: number): void {
    for (let lane = nextLane(); lane !== undefined; lane = nextLane()) {
      const [first] = lane.waiting;
      if (first === undefined) return;
      quit(first);
      // To the end of the line.
      if (turns.delete(lane)) turns.add(lane);
      // As long as waiting is short, the line may grow again.
      if (nowMs - first.sinceMs < waitMs / 2) lane.waitingMax = Math.min(waitingMax, lane.waitingMax + 1);
      held += 1;
      lane.held += 1;
      first.onTurn(lane);
    }
  }

  function nextLane(): Lane | undefined {
    if (held >= placesMax) return undefined;
    for (const lane of turns) if (hasRoom(lane.held, placesMax - held)) return lane;
    return undefined;
  }

  // In each lane the first has waited longest.
  function tick(): void {
    const nowMs = performance.now();
    for (const lane of [...turns]) {
      for (const first of lane.waiting) {
        if (nowMs - first.sinceMs < waitMs) break;
        quit(first);
        // Who would wait in vain is told so at once: a line that somebody left without a place becomes half as long (L-1).
        lane.waitingMax = Math.max(1, lane.waiting.size >> 1);
        lane.missedAtMs = nowMs;
        first.onTurn(undefined);
      }
    }
    if (waiting > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  }

  function add(org: OrganisationId): Lane {
    if (lanes.size >= sweepAt) {
      for (const [name, lane] of lanes) if (lane.held === 0 && lane.waiting.size === 0) lanes.delete(name);
      sweepAt = Math.max(lanesKept, 2 * lanes.size);
    }
    const lane: Lane = { held: 0, waiting: new Set(), waitingMax, missedAtMs: 0 };
    lanes.set(org, lane);
    return lane;
  }
}

export interface LanesDeps {
  readonly placesMax: number;
  /** How many may wait, in all lanes together. */
  readonly waitingMax: number;
  readonly waitMs: number;
}

export interface Lanes {
  /** Takes a place at once; undefined when there is none for this organisation. */
  enter(org: OrganisationId): Lane | undefined;
  /**
   * Waits for a place, after an `enter` that gave none. `onTurn` is called once: with the lane in which a place was taken, or with undefined when
   * none became free in time. Undefined, and never called, when too many wait already.
   */
  join(org: OrganisationId, onTurn: (lane: Lane | undefined) => void): Waiting | undefined;
  /** Waits no more. Does nothing after the turn. */
  quit(joined: Waiting): void;
  /** Gives back a place that was taken in `lane`. */
  leave(lane: Lane): void;
  stats(): { readonly held: number; readonly waiting: number; readonly organisations: number };
}

/** One organisation's. */
export interface Lane {
  held: number;
  readonly waiting: Set<Waiting>;
  /** How many may wait here for now. */
  waitingMax: number;
  /** When somebody last waited in vain, on the clock of performance.now(). */
  missedAtMs: number;
}

export interface Waiting {
  readonly lane: Lane;
  readonly sinceMs: number;
  readonly onTurn: (lane: Lane | undefined) => void;
}

// Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches" (1998).
const hasRoom = (own: number, free: number) => own < 3 * free;

const lanesKept = 10_000;
const forgivenMs = 10_000;
