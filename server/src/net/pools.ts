import type { Pool } from "undici";
import type { Call } from "./call.ts";
import { CallList } from "./call-list.ts";

/**
 * Keeps one pool of connections per organisation and origin, because a kept connection or TLS session of one organisation must
 * never serve another (T-3). There are at most `poolsMax`; the one idle longest makes room for a new one.
 */
export function createPools({ open, poolsMax }: { open: OpenPool; poolsMax: number }) {
  // Two maps and no joined key, because both texts already know their hash.
  const byOrganisation = new Map<string, Map<string, OriginPool>>();
  let count = 0;
  return { find, calls, crowded, sweep, close, stats };

  /** The pool of an origin, opened when there is none. Undefined when all of `poolsMax` have calls in flight. Throws what `open` throws. */
  function find(org: string, origin: string, nowMs: number): OriginPool | undefined {
    const found = byOrganisation.get(org)?.get(origin) ?? add(org, origin);
    if (found) found.lastUsedMs = nowMs;
    return found;
  }

  /** Every call in flight. */
  function calls(): Call[] {
    return all().flatMap(({ calls }) => calls.all());
  }

  /** Those in flight, and waiting, on pools that have `connections` open and more calls than that. */
  function crowded(connections: number): Call[] {
    const full = all().filter(({ calls, pool }) => calls.size > connections && pool.stats.connected >= connections);
    return full.flatMap(({ calls }) => calls.all());
  }

  /** Closes the pools that nobody has used since `sinceMs`. */
  function sweep(sinceMs: number): void {
    for (const pool of all()) if (pool.calls.size === 0 && pool.lastUsedMs < sinceMs) remove(pool);
  }

  /** Closes every pool, which no call may be in flight on any more. */
  async function close(): Promise<void> {
    const open = all();
    byOrganisation.clear();
    count = 0;
    await Promise.all(open.map(({ pool }) => pool.destroy()));
  }

  function stats(): { pools: number; connections: number; calls: number } {
    const open = all();
    const sum = (of: (pool: OriginPool) => number) => open.reduce((total, pool) => total + of(pool), 0);
    return { pools: count, connections: sum(({ pool }) => pool.stats.connected), calls: sum(({ calls }) => calls.size) };
  }

  function add(org: string, origin: string): OriginPool | undefined {
    if (count >= poolsMax) {
      const idle = all().filter(({ calls }) => calls.size === 0);
      const longest = idle.sort((one, other) => one.lastUsedMs - other.lastUsedMs)[0];
      if (!longest) return undefined;
      remove(longest);
    }
    const calls = new CallList<Call>();
    const pool = { pool: open(org, origin, calls), org, origin, isSecure: origin.startsWith("https:"), calls, lastUsedMs: 0 };
    const origins = byOrganisation.get(org) ?? new Map<string, OriginPool>();
    byOrganisation.set(org, origins.set(origin, pool));
    count += 1;
    return pool;
  }

  function remove({ org, origin, pool }: OriginPool): void {
    const origins = byOrganisation.get(org);
    if (!origins?.delete(origin)) return;
    if (origins.size === 0) byOrganisation.delete(org);
    count -= 1;
    // Not close(), which would first open connections for calls that have given up waiting for one.
    void pool.destroy();
  }

  function all(): OriginPool[] {
    return [...byOrganisation.values()].flatMap((origins) => [...origins.values()]);
  }
}

/** Opens a pool; `calls` will hold those in flight on it. */
export type OpenPool = (org: string, origin: string, calls: CallList<Call>) => Pool;

export interface OriginPool {
  /** Those in flight. */
  readonly calls: CallList<Call>;
  readonly pool: Pool;
  readonly org: string;
  readonly origin: string;
  /** Whether it is https:, so that connections may turn out to be HTTP/2. */
  readonly isSecure: boolean;
  /** On the monotonic clock of performance.now(). */
  lastUsedMs: number;
}
