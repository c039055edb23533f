import { hash } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Database } from "../store/database.ts";
import { countAttempt, forgetAttempts, ofNobody } from "../store/people.ts";

/** Counts attempts at proving who one is. The counts are in the database, so all nodes share them. */
export interface Limiter {
  /** Counts one attempt for each name. Throws `Problem` too_many_requests, with the seconds to wait, when one of them had too many. */
  count(names: readonly LimitName[]): Promise<void>;
  /** Forgets the attempts under one name: the attempt succeeded. */
  forgive(name: LimitName): Promise<void>;
}

/** What attempts are counted by: the peer's network address (of its socket, never of a header), or an e-mail address. */
export type LimitName = { address: string } | { email: string };

/** Attempts in a window: enough for somebody who mistypes, too few for somebody who guesses. */
export const limits = {
  address: { attemptsMax: 30, windowMs: 5 * 60_000 },
  email: { attemptsMax: 10, windowMs: 15 * 60_000 },
} as const;

/**
 * When the database does not answer, each node counts by itself with the same limits: sign-in is never left without one. The
 * memory that takes is bounded; a name that is over its limit is also remembered here, so that hammering on costs no query.
 */
export function createLimiter({ db, clock, log }: { db: Database; clock: Clock; log: Log }): Limiter {
  const local = createLocalCounts();

  async function count(names: readonly LimitName[]): Promise<void> {
    for (const name of names) {
      const { key, attemptsMax, windowMs } = ruleOf(name);
      const now = clock.now();
      const known = local.get(key, now.getTime());
      const counted = known && known.attempts > attemptsMax ? known : await countOne(key, windowMs, now);
      if (counted.attempts <= attemptsMax) continue;
      local.set(key, counted);
      throw new Problem("too_many_requests", { retryAfterSeconds: Math.max(1, Math.ceil((counted.endsAt - now.getTime()) / 1000)) });
    }
  }

  async function countOne(key: string, windowMs: number, now: Date): Promise<Counted> {
    try {
      return await db.write(ofNobody, (tx) => countAttempt(tx, key, { now, windowMs }));
    } catch (error) {
      log.warn("sign-in attempts are counted on this node alone", { error });
      const { attempts, endsAt } = local.get(key, now.getTime()) ?? { attempts: 0, endsAt: now.getTime() + windowMs };
      local.set(key, { attempts: attempts + 1, endsAt });
      return { attempts: attempts + 1, endsAt };
    }
  }

  async function forgive(name: LimitName): Promise<void> {
    const { key } = ruleOf(name);
    local.drop(key);
    await db.write(ofNobody, (tx) => forgetAttempts(tx, key));
  }

  return { count, forgive };
}

interface Counted {
  readonly attempts: number;
  readonly endsAt: number;
}

function ruleOf(name: LimitName): { key: string; attemptsMax: number; windowMs: number } {
  if ("address" in name) return { key: `address:${networkOf(name.address)}`, ...limits.address };
  // Hashed only to bound its length.
  return { key: `email:${hash("sha256", name.email, "base64url")}`, ...limits.email };
}

/** Counts in memory, at most `localMax` of them; the oldest goes first. */
function createLocalCounts() {
  const counts = new Map<string, Counted>();
  return {
    get(key: string, now: number): Counted | undefined {
      const counted = counts.get(key);
      return counted && counted.endsAt > now ? counted : undefined;
    },
    set(key: string, counted: Counted): void {
      const [oldest] = counts.keys();
      if (counts.size >= localMax && !counts.has(key) && oldest !== undefined) counts.delete(oldest);
      counts.set(key, counted);
    },
    drop: (key: string) => counts.delete(key),
  };
}

const localMax = 10_000;

/**
 * The network that attempts from `address` are counted for: an IPv4 address itself, also when written as IPv6; the first 64 bits of
 * an IPv6 address, because one subscriber holds all that follow (RFC 6177).
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("%", 1)[0]?.split("::") ?? [];
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - after.length)).fill("0");
  return [...groups, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
