import { Problem } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import { createLanes, type Lane } from "./lanes.ts";

/**
 * Does work for organisations in turns, at most `placesMax` at a time: for cold calls, which need the database, so that one organisation's
 * do not keep the connections from another's (T-4). Rejects with `Problem` overloaded when too many wait or the turn does not come.
 */
export function createTurns({ placesMax, waitMs = 5000 }: { placesMax: number; waitMs?: number }) {
  const lanes = createLanes({ placesMax, waitingMax, waitMs });

  return async <Result>(org: OrganisationId, work: () => Promise<Result>): Promise<Result> => {
    const lane = lanes.enter(org) ?? (await turn(org));
    try {
      return await work();
    } finally {
      lanes.leave(lane);
    }
  };

  function turn(org: OrganisationId): Promise<Lane> {
    return new Promise((resolve, reject) => {
      const refuse = () => reject(new Problem("overloaded", { retryAfterSeconds: 1 }));
      if (!lanes.join(org, (lane) => (lane ? resolve(lane) : refuse()))) refuse();
    });
  }
}

const waitingMax = 4096;
