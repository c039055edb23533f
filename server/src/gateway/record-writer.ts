import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { blockCallsMax, blocksOf, type CallBlock, type EndedCall } from "../domain/call.ts";
import { Problem } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";

/** Writes ended calls down in batches, off their path. What a crash finds still waiting is lost: at most about the last second. */
export interface CallWriter {
  /** Takes a call at once, or drops and counts it when too many wait: a call never waits for its record, nor fails for it. */
  add(org: OrganisationId, call: EndedCall): void;
  /** Writes all that waits now. Resolves also when that failed: it is tried again later. */
  flush(): Promise<void>;
  /** Writes what waits, again and again for at most 5 s; what is left then is dropped and counted. */
  close(): Promise<void>;
  stats(): CallWriterStats;
}

export interface CallWriterStats {
  /** Calls that wait to be written, at most `waitingMax`. */
  readonly waiting: number;
  readonly written: number;
  readonly dropped: number;
  /** Transactions that wrote some. */
  readonly batches: number;
}

export interface CallWriterDeps {
  /** One transaction. Writing the same blocks once more must do no harm: what failed may have been written. */
  readonly write: (org: OrganisationId, blocks: readonly CallBlock[]) => Promise<void>;
  readonly log: Log;
  /** How long a call waits at most while there is time, 1 s when left out. */
  readonly everyMs?: number;
  readonly waitingMax?: number;
  readonly closeMs?: number;
}

export function createCallWriter(deps: CallWriterDeps): CallWriter {
  const { write, log, everyMs = 1000, waitingMax = 20_000, closeMs = 5000 } = deps;
  let calls = new Map<OrganisationId, EndedCall[]>();
  let failed: Batch[] = [];
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let isClosed = false;
  const counts = { waiting: 0, written: 0, dropped: 0, batches: 0 };
  return { add, flush, close, stats: () => ({ ...counts }) };

  function add(org: OrganisationId, call: EndedCall): void {
    if (counts.waiting >= waitingMax || isClosed) {
      counts.dropped += 1;
      return;
    }
    const known = calls.get(org);
    if (known) known.push(call);
    else calls.set(org, [call]);
    counts.waiting += 1;
    if (timer === undefined) plan();
    // No sooner than when half of the bound waits, so that blocks are large.
    else if (counts.waiting === Math.ceil(waitingMax / 2) && failures === 0) void flush();
  }

  function plan(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), everyMs * Math.min(30, 2 ** failures)).unref();
  }

  /** One at a time: who comes while one is under way waits for it, and for one more. */
  async function flush(): Promise<void> {
    const before = running;
    const own = (async () => {
      await before;
      await writeAll();
    })();
    running = own;
    await own;
    if (running !== own) return;
    running = undefined;
    clearTimeout(timer);
    timer = undefined;
    if (counts.waiting > 0 && !isClosed) plan();
  }

  async function writeAll(): Promise<void> {
    const batches = [...failed, ...[...calls].flatMap(([org, all]) => batchesOf(org, all))];
    calls = new Map();
    failed = [];
    let fault: unknown;
    // A few at a time, so that calls have their turn in between: the embedded engine writes in the same thread.
    for (let at = 0; at < batches.length; at += batchesAtOnce) {
      const some = batches.slice(at, at + batchesAtOnce);
      for (const batch of some) await prepare(batch);
      if (fault) {
        failed.push(...some);
        continue;
      }
      fault = (await Promise.all(some.map(writeBatch))).find((error) => error !== undefined);
    }
    if (fault && failures === 0) log.warn("the record of calls was not written; it is tried again", { error: fault });
    failures = fault ? failures + 1 : 0;
  }

  /** A turn of the event loop for each large one, so that calls go on meanwhile. */
  async function prepare(batch: Batch): Promise<void> {
    batch.blocks ??= blocksOf(batch.calls);
    if (batch.calls.length >= blockCallsMax) await nextTurn();
  }

  /** Gives what went wrong. */
  async function writeBatch(batch: Batch): Promise<unknown> {
    try {
      await write(batch.org, batch.blocks ?? []);
      counts.batches += 1;
      settle(batch, "written");
      return undefined;
    } catch (error) {
      const isTrouble = error instanceof Problem && (error.code === "database_unavailable" || error.code === "overloaded");
      batch.faults += isTrouble ? 0 : 1;
      // What the database refuses each time would be in the way for ever.
      if (batch.faults < faultsMax) failed.push(batch);
      else settle(batch, "dropped");
      return error;
    }
  }

  function settle({ calls: { length } }: Batch, as: "written" | "dropped"): void {
    counts.waiting -= length;
    counts[as] += length;
  }

  async function close(): Promise<void> {
    isClosed = true;
    clearTimeout(timer);
    const endsAtMs = performance.now() + closeMs;
    await flush();
    while (counts.waiting > 0 && performance.now() < endsAtMs) {
      await wait(100);
      await flush();
    }
    if (counts.waiting === 0) return;
    log.error(`The record of ${counts.waiting} calls could not be written and is lost.`);
    counts.dropped += counts.waiting;
    counts.waiting = 0;
  }
}

/** What is written in one transaction. The blocks are made once: made anew they would not be known as those that may be there already. */
interface Batch {
  readonly org: OrganisationId;
  readonly calls: readonly EndedCall[];
  blocks: readonly CallBlock[] | undefined;
  faults: number;
}

const batchCallsMax = blockCallsMax;
const batchesAtOnce = 4;
const faultsMax = 3;

function batchesOf(org: OrganisationId, calls: readonly EndedCall[]): Batch[] {
  const batches: Batch[] = [];
  for (let at = 0; at < calls.length; at += batchCallsMax)
    batches.push({ org, calls: calls.slice(at, at + batchCallsMax), blocks: undefined, faults: 0 });
  return batches;
}
