import type { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { Problem } from "../kernel/errors.ts";
import type { Durability } from "./database.ts";
import { isBusy } from "./faults.ts";

/** One piece of work waiting for its place in a transaction. */
interface Job {
  readonly askedAtMs: number;
  readonly durability: Durability;
  /** Does the work. Rejects when it fails. */
  run(): Promise<void>;
  /** Tells whoever waits how it went, once that is certain. */
  settle(): void;
  reject(error: unknown): void;
}

export interface Writes {
  /**
   * Does `work` after all that asked before. Resolves when what it wrote is on the disk, or for a relaxed one with the operating system;
   * `onCommit` is called just before.
   */
  write<Result>(work: () => Promise<Result>, onCommit: () => void, durability?: Durability): Promise<Result>;
  /** Takes no more work (asking is then refused with `Problem` database_unavailable), and resolves when what was asked is done. */
  close(): Promise<void>;
}

/**
 * Runs writes one at a time on `connection`, and commits those together whose requests have arrived by the time the first is done:
 * waiting for the disk is most of what a write costs, and one wait serves them all. Each is a savepoint, so one that fails takes
 * nothing with it; when the commit itself fails, all of them do. Beyond `waitingMax` asking is refused with `Problem` overloaded.
 * Relaxed and durable work is never committed together: who asked for little would make the others wait for the disk, or not.
 *
 * While another process writes, this one asks again and again, for at most `patienceMs` from when the work was asked for, and the event
 * loop goes on. The lock is given to whoever asks first when it is free, so of processes that share a file each leaves it free for
 * `restMs` after `turnMs` of writing without a pause: no one is left waiting for good.
 */
export function createWrites(
  connection: DatabaseSync,
  execute: (text: string) => void,
  { waitingMax, patienceMs = 2_000, turnMs = Number.POSITIVE_INFINITY }: { waitingMax: number; patienceMs?: number; turnMs?: number },
): Writes {
  const waiting: Job[] = [];
  let running: Promise<void> | undefined;
  let isClosed = false;
  const turn = { startedMs: 0, endedMs: 0 };
  return { write, close };

  async function close(): Promise<void> {
    isClosed = true;
    await running;
  }

  async function write<Result>(work: () => Promise<Result>, onCommit: () => void, durability: Durability = "full"): Promise<Result> {
    if (isClosed) throw new Problem("database_unavailable");
    if (waiting.length >= waitingMax) throw new Problem("overloaded", { retryAfterSeconds: 1 });
    return new Promise<Result>((resolve, reject) => {
      waiting.push(jobOf(work, { onCommit, resolve, reject, durability }));
      running ??= writeAll();
    });
  }

  async function writeAll(): Promise<void> {
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      await takeTurn();
      // WAL keeps the order: what is committed durably later takes with it what was not.
      if (first.durability === "relaxed") connection.exec("pragma synchronous = normal");
      await writeGroup(first.durability);
      if (first.durability === "relaxed") connection.exec("pragma synchronous = full");
      turn.endedMs = performance.now();
    }
    running = undefined;
  }

  /** Returns at once unless this process has had the lock, but for moments, for as long as it may. */
  async function takeTurn(): Promise<void> {
    const now = performance.now();
    if (now - turn.endedMs > restMs) turn.startedMs = now;
    if (now - turn.startedMs < turnMs) return;
    await pause(restMs);
    turn.startedMs = performance.now();
  }

  async function writeGroup(durability: Durability): Promise<void> {
    const group: Job[] = [];
    try {
      if (!(await begin())) return;
      await runWaiting(group, durability);
      // Once around the event loop: requests that came meanwhile are read and can join. It costs microseconds when there are none.
      await new Promise((resolve) => setImmediate(resolve));
      await runWaiting(group, durability);
      execute("commit");
    } catch (error) {
      if (connection.isTransaction) execute("rollback");
      // The first of those waiting is the one for whom the transaction could not even begin.
      const failed = group.length > 0 ? group : waiting.splice(0, 1);
      for (const job of failed) job.reject(error);
      return;
    }
    for (const job of group) job.settle();
  }

  /** False when the lock was not to be had while anybody still waited for it. */
  async function begin(): Promise<boolean> {
    for (;;) {
      try {
        execute("begin immediate");
        return true;
      } catch (error) {
        if (!isBusy(error)) throw error;
        const now = performance.now();
        while (waiting[0] && now - waiting[0].askedAtMs >= patienceMs) waiting.shift()?.reject(error);
        if (waiting.length === 0) return false;
      }
      await pause(askAgainMs);
    }
  }

  async function runWaiting(group: Job[], durability: Durability): Promise<void> {
    while (group.length < groupMax && waiting[0]?.durability === durability) {
      const job = waiting.shift() as Job;
      group.push(job);
      execute("savepoint job");
      try {
        await job.run();
      } catch (error) {
        // A full disk and the like end the whole transaction, and with it what the others of the group wrote.
        if (!connection.isTransaction) throw error;
        execute("rollback to job");
      }
      execute("release job");
    }
  }
}

const groupMax = 64;
const askAgainMs = 1;
// Longer than it takes another process to ask again, timers being as late as they are.
const restMs = 3;

function jobOf<Result>(
  work: () => Promise<Result>,
  given: Pick<Job, "durability" | "reject"> & { onCommit: () => void; resolve: (result: Result) => void },
): Job {
  const { onCommit, resolve, reject, durability } = given;
  let settle: () => void = () => {};
  return {
    askedAtMs: performance.now(),
    durability,
    async run() {
      try {
        const result = await work();
        settle = () => {
          onCommit();
          resolve(result);
        };
      } catch (error) {
        settle = () => reject(error);
        throw error;
      }
    },
    settle: () => settle(),
    reject,
  };
}
