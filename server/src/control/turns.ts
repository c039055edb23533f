import { Problem } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import { Queue } from "../sandbox/queue.ts";

/** Does work for an organisation when it is its turn. Throws `Problem` overloaded when too many wait. */
export type InTurn = <Result>(org: OrganisationId, work: () => Promise<Result>) => Promise<Result>;

/**
 * For work that takes much memory: `placesMax` at a time, one of each organisation, which take turns (L-2, T-4). What waits holds
 * nothing, so whoever waits must not be in a transaction.
 */
export function createTurns({ placesMax, waitingMax }: { placesMax: number; waitingMax: number }): InTurn {
  const waiting = new Queue<{ readonly org: OrganisationId; begin(): void }>();
  const running = new Set<OrganisationId>();
  return async (org, work) => {
    if (waiting.length >= waitingMax) throw new Problem("overloaded", { retryAfterSeconds: 2 });
    await new Promise<void>((begin) => {
      waiting.add(org, { org, begin });
      next();
    });
    try {
      return await work();
    } finally {
      running.delete(org);
      next();
    }
  };

  function next(): void {
    while (running.size < placesMax) {
      const [first] = waiting.take(1, (org) => !running.has(org));
      if (!first) return;
      running.add(first.org);
      first.begin();
    }
  }
}
