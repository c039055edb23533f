import type { NewEvent } from "../../domain/event.ts";
import { Problem } from "../../kernel/errors.ts";
import type { ConnectionId, OrganisationId } from "../../kernel/ids.ts";
import type { Database } from "../../store/database.ts";
import { type Appended, appendEvents } from "../../store/events.ts";
import { isReferenced } from "../../store/faults.ts";
import type { Arrivals } from "../../traffic/arrivals.ts";

/** Keeps events that come in at the same time together, so that one wait for the disk serves them all. */
export interface Batches {
  /**
   * Resolves once the event is on the disk (W-5). Rejects with `Problem` not_found when its connection is gone, and with what the database
   * throws; overloaded when too many wait.
   */
  keep(org: OrganisationId, event: NewEvent): Promise<Appended>;
  /** Takes no more; resolves when what was taken is kept. */
  close(): Promise<void>;
  stats(): { readonly waiting: number; readonly batches: number };
}

export interface BatchesDeps {
  readonly db: Pick<Database, "write">;
  readonly arrivals: Pick<Arrivals, "announce">;
  readonly batchMax?: number;
  /** How many bytes of bodies go together; one body does, whatever its length. */
  readonly batchBytesMax?: number;
  readonly waitingMax?: number;
  /** How many organisations' are written at a time. */
  readonly underWayMax?: number;
}

/**
 * While an organisation's events are being written, those that arrive wait and go together in its next transaction, and organisations
 * take turns.
 */
export function createBatches(deps: BatchesDeps): Batches {
  const { db, arrivals, batchMax = 128, batchBytesMax = 4 * 1024 * 1024, waitingMax = 4_096, underWayMax = 8 } = deps;
  // In the order of their turns.
  const lines = new Map<OrganisationId, Job[]>();
  const underWay = new Set<OrganisationId>();
  // How many are waited for, for a moment.
  const expected = new Map<OrganisationId, number>();
  let [waiting, batches] = [0, 0];
  let isClosed = false;
  let isSoon = false;
  // Since the last turn of the event loop.
  let arrived = 0;
  let onIdle: (() => void) | undefined;
  return { keep, close, stats: () => ({ waiting, batches }) };

  function keep(org: OrganisationId, event: NewEvent): Promise<Appended> {
    if (isClosed || waiting >= waitingMax) return Promise.reject(new Problem("overloaded", { retryAfterSeconds: 1 }));
    return new Promise((resolve, reject) => {
      const line = lines.get(org);
      if (line) line.push({ event, resolve, reject });
      else lines.set(org, [{ event, resolve, reject }]);
      waiting += 1;
      arrived += 1;
      if (!isSoon) setImmediate(gather, 1);
      isSoon = true;
    });
  }

  /** Not at once: as long as each turn of the event loop brings more, what it brings goes along, and nobody waits for nothing. */
  function gather(turn: number): void {
    if (arrived > 0 && arrived < batchMax && turn < turnsMax) {
      arrived = 0;
      setImmediate(gather, turn + 1);
      return;
    }
    arrived = 0;
    isSoon = false;
    begin();
  }

  function begin(): void {
    for (const [org, line] of lines) {
      if (underWay.size >= underWayMax) return;
      if (underWay.has(org) || line.length < (expected.get(org) ?? 0)) continue;
      expected.delete(org);
      const batch = line.splice(0, fitting(line));
      // To the end of the line, if any are left.
      lines.delete(org);
      if (line.length > 0) lines.set(org, line);
      underWay.add(org);
      const startedMs = performance.now();
      void commit(org, batch).then(() => {
        underWay.delete(org);
        waiting -= batch.length;
        if (waiting === 0) onIdle?.();
        expectMore(org, { answered: batch.length, tookMs: performance.now() - startedMs });
        begin();
      });
    }
  }

  /** How many go together: a transaction that writes for longer than the database lets one fails, and takes all of them with it. */
  function fitting(line: readonly Job[]): number {
    let bytes = 0;
    const beyond = line.slice(0, batchMax).findIndex(({ event }) => {
      bytes += event.body.length;
      return bytes > batchBytesMax;
    });
    return beyond === -1 ? batchMax : Math.max(1, beyond);
  }

  /**
   * Who was just answered is likely to send again at once. Where writing takes long, they are waited for a moment: else two crowds would
   * take turns from then on, each with half of what could go together.
   */
  function expectMore(org: OrganisationId, { answered, tookMs }: { readonly answered: number; readonly tookMs: number }): void {
    if (isClosed || answered === 1 || tookMs < worthWaitingMs) return;
    expected.set(org, Math.min(batchMax, answered + (lines.get(org)?.length ?? 0)));
    setTimeout(
      () => {
        expected.delete(org);
        begin();
      },
      Math.min(waitMsMax, tookMs / 8),
    );
  }

  async function commit(org: OrganisationId, batch: readonly Job[]): Promise<void> {
    batches += 1;
    try {
      const appended = await db.write(org, (tx) => appendEvents(tx, org, batch.map(eventOf)));
      for (const [at, { resolve }] of batch.entries()) resolve(appended[at] as Appended);
      tell(org, batch, appended);
    } catch (error) {
      const [first] = batch;
      if (batch.length === 1) first?.reject(isReferenced(error) ? new Problem("not_found", { cause: error }) : error);
      else if (error instanceof Problem) for (const { reject } of batch) reject(error);
      // One of them cannot be kept; the others can.
      else for (const job of batch) await commit(org, [job]);
    }
  }

  function tell(org: OrganisationId, batch: readonly Job[], appended: readonly Appended[]): void {
    const connections = new Set<ConnectionId>();
    for (const [at, { event }] of batch.entries()) if (!appended[at]?.isDuplicate && !event.isRefused) connections.add(event.connectionId);
    for (const connectionId of connections) arrivals.announce({ org, connectionId });
  }

  async function close(): Promise<void> {
    isClosed = true;
    if (waiting > 0) await new Promise<void>((resolve) => (onIdle = resolve));
  }
}

const turnsMax = 16;
const worthWaitingMs = 4;
const waitMsMax = 2;

interface Job {
  readonly event: NewEvent;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

const eventOf = ({ event }: Job): NewEvent => event;
