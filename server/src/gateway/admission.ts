import { Problem } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { createLanes, type Lane } from "../traffic/lanes.ts";
import type { Call } from "./call.ts";

/** Who may be in flight: at most `callsMax` calls in the process, shared fairly between organisations (L-1, T-4). */
export interface Admission {
  /**
   * Gives the call a place at once, without a promise, or else when one is free. Resolves without a place when the caller has gone
   * meanwhile. Throws or rejects with `Problem` overloaded when as many wait already, or none became free in time.
   */
  enter(call: Admissible, org: OrganisationId): Promise<void> | undefined;
  /** Gives the place back. Does nothing for a call without one. */
  leave(call: Admissible): void;
  stats(): AdmissionStats;
}

export type Admissible = Pick<Call, "response" | "lane">;

export interface AdmissionStats {
  readonly inFlight: number;
  readonly waiting: number;
  /** Calls refused since the start: because too many waited, and because they waited in vain. */
  readonly refused: { readonly full: number; readonly late: number };
}

export interface AdmissionDeps {
  readonly callsMax: number;
  readonly log: Log;
  /** How long a call waits for a place; 1 s when left out. */
  readonly waitMs?: number;
  readonly random?: () => number;
}

export function createAdmission({ callsMax, log, waitMs = 1000, random = Math.random }: AdmissionDeps): Admission {
  const lanes = createLanes({ placesMax: callsMax, waitingMax: callsMax, waitMs });
  const refused = { full: 0, late: 0 };
  let saidAtMs = Number.NEGATIVE_INFINITY;
  return { enter, leave, stats };

  function enter(call: Admissible, org: OrganisationId): Promise<void> | undefined {
    call.lane = lanes.enter(org);
    return call.lane === undefined ? wait(call, org) : undefined;
  }

  function leave(call: Admissible): void {
    if (call.lane === undefined) return;
    lanes.leave(call.lane);
    call.lane = undefined;
  }

  function wait(call: Admissible, org: OrganisationId): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const joined = lanes.join(org, onTurn);
    if (joined === undefined) throw refusal("full", org);
    const waiting = joined;
    call.response.once("close", onGone);
    return promise;

    function onTurn(lane: Lane | undefined): void {
      call.response.off("close", onGone);
      call.lane = lane;
      if (lane === undefined) reject(refusal("late", org));
      else resolve();
    }

    function onGone(): void {
      lanes.quit(waiting);
      resolve();
    }
  }

  function refusal(why: keyof typeof refused, org: OrganisationId): Problem {
    refused[why] += 1;
    const nowMs = performance.now();
    // One line for each of many thousand refusals would be a load of its own.
    if (nowMs - saidAtMs > saidEveryMs) {
      saidAtMs = nowMs;
      log.warn("Calls are refused because too many are in flight.", { organisation: org });
    }
    // Not the same for all, so that they do not come back together.
    return new Problem("overloaded", { retryAfterSeconds: 1 + Math.floor(3 * random()) });
  }

  function stats(): AdmissionStats {
    const { held, waiting } = lanes.stats();
    return { inFlight: held, waiting, refused: { ...refused } };
  }
}

const saidEveryMs = 10_000;
