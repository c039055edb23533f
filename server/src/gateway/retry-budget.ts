/**
 * Keeps retries from burying an upstream that is down (L-5): of an organisation's calls to an origin, at most one in eleven is made up of
 * retries, beside a few that are always there to begin with. Over 1,000 calls that is 1.1 times the load.
 */
export interface RetryBudget {
  /** Counts a call, which earns a share of a retry. */
  earn(org: string, origin: string): void;
  /** Spends a retry. False when there is none left. */
  spend(org: string, origin: string): boolean;
}

/** A full budget for each origin. Of more than `originsMax`, the one that came first is forgotten, and is full again. */
export function createRetryBudget({ originsMax = 10_000 }: { originsMax?: number } = {}): RetryBudget {
  const left = new Map<string, number>();
  return {
    earn(org, origin) {
      const key = `${org} ${origin}`;
      const before = left.get(key);
      if (before === undefined && left.size >= originsMax) left.delete(left.keys().next().value as string);
      left.set(key, Math.min(retriesHeldMax, (before ?? retriesHeldMax) + earnedByCall));
    },
    spend(org, origin) {
      const key = `${org} ${origin}`;
      const before = left.get(key) ?? 0;
      if (before < 1) return false;
      left.set(key, before - 1);
      return true;
    },
  };
}

const retriesHeldMax = 10;
// Less than the tenth of L-5 by what is there to begin with, spread over 1,000 calls.
const earnedByCall = 0.09;
