import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CallBlock, EndedCall } from "../../src/domain/call.ts";
import { createRetention } from "../../src/gateway/record-retention.ts";
import { createCallWriter } from "../../src/gateway/record-writer.ts";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import { Problem } from "../../src/kernel/errors.ts";
import { createIds, type OrganisationId, startOfIds } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { appendCalls } from "../../src/store/calls.ts";
import type { Database } from "../../src/store/database.ts";
import { engines, type Place } from "../harness/engines.ts";
import { recordCalls, recordedCall } from "../harness/recorded-calls.ts";

const newId = createIds(systemClock);
const lines: string[] = [];
const log = createLog("warn", { write: (line: string) => lines.push(line) });
const callsOf = (number: number): EndedCall[] => Array.from({ length: number }, () => recordedCall({ id: newId() }));

describe.each(engines)("ended calls on $name", ({ prepare }) => {
  let place: Place;
  let db: Database;
  let [one, other]: OrganisationId[] = [];
  let fault: (() => unknown) | undefined;
  let transactions: { org: OrganisationId; blocks: number; calls: number }[];
  let atOnce: number;
  let atOnceMost: number;
  beforeEach(async () => {
    place = await prepare();
    db = await place.open();
    [one, other] = [newId<OrganisationId>(), newId<OrganisationId>()];
    fault = undefined;
    [transactions, atOnce, atOnceMost] = [[], 0, 0];
    lines.length = 0;
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  /** As a node writes them; `fault` is a database that does not answer, or that answers no more after it has committed. */
  async function write(org: OrganisationId, blocks: readonly CallBlock[]): Promise<void> {
    const failure = fault?.();
    if (failure !== undefined) throw failure;
    atOnce += 1;
    atOnceMost = Math.max(atOnceMost, atOnce);
    await db.write(org, (tx) => appendCalls(tx, org, blocks, { callsMax: 1_000_000 }));
    atOnce -= 1;
    transactions.push({ org, blocks: blocks.length, calls: blocks.reduce((sum, { size }) => sum + size, 0) });
  }

  async function stored(org: OrganisationId): Promise<{ calls: number; counted: number; blocks: number }> {
    const row = await db.read(org, (tx) =>
      tx.first(sql<Record<"calls" | "counted" | "blocks", number | string>>`
        select coalesce(sum(size), 0) as calls, count(*) as blocks, (select calls from call_counts where org_id = ${org}) as counted
        from call_blocks
        where org_id = ${org}
      `),
    );
    return { calls: Number(row?.calls), counted: Number(row?.counted ?? 0), blocks: Number(row?.blocks) };
  }

  // Nothing is written by time here: each test says when.
  const writerOf = (changes: { waitingMax?: number; closeMs?: number } = {}) =>
    createCallWriter({ write, log, everyMs: 3_600_000, ...changes });

  test("are written in one transaction for each 500 of an organisation, not one for each call", async () => {
    const writer = writerOf();
    for (const call of callsOf(1200)) writer.add(one as OrganisationId, call);
    for (const call of callsOf(3)) writer.add(other as OrganisationId, call);
    await writer.flush();
    expect(transactions.sort((first, second) => second.calls - first.calls)).toEqual([
      { org: one, blocks: expect.any(Number), calls: 500 },
      { org: one, blocks: expect.any(Number), calls: 500 },
      { org: one, blocks: expect.any(Number), calls: 200 },
      { org: other, blocks: expect.any(Number), calls: 3 },
    ]);
    expect(await stored(one as OrganisationId)).toMatchObject({ calls: 1200, counted: 1200 });
    expect(writer.stats()).toEqual({ waiting: 0, written: 1203, dropped: 0, batches: 4 });
    await writer.close();
  });

  test("are written as soon as half of the bound waits, and by one writer at a time", async () => {
    const writer = writerOf({ waitingMax: 200 });
    for (const call of callsOf(99)) writer.add(one as OrganisationId, call);
    await new Promise((resolve) => setImmediate(resolve));
    expect(writer.stats()).toMatchObject({ waiting: 99, batches: 0 });
    for (const call of callsOf(2)) writer.add(one as OrganisationId, call);
    for (let at = 0; at < 5; at += 1) void writer.flush();
    await expect.poll(() => writer.stats()).toMatchObject({ waiting: 0, written: 101, dropped: 0 });
    expect(atOnceMost).toBe(1);
    await writer.close();
  });

  test("wait within their bound while the database is away, are dropped and counted beyond it, and are written when it is back", async () => {
    const writer = writerOf({ waitingMax: 50 });
    fault = () => new Problem("database_unavailable");
    for (const call of callsOf(30)) writer.add(one as OrganisationId, call);
    await writer.flush();
    await writer.flush();
    expect(writer.stats()).toEqual({ waiting: 30, written: 0, dropped: 0, batches: 0 });
    for (const call of callsOf(30)) writer.add(one as OrganisationId, call);
    expect(writer.stats()).toEqual({ waiting: 50, written: 0, dropped: 10, batches: 0 });
    expect(lines).toHaveLength(1);
    fault = undefined;
    await writer.flush();
    expect(writer.stats()).toMatchObject({ waiting: 0, written: 50, dropped: 10 });
    expect(await stored(one as OrganisationId)).toMatchObject({ calls: 50, counted: 50 });
    await writer.close();
  });

  test("are there once when a write that seemed to fail had been committed", async () => {
    let isLost = true;
    const writer = createCallWriter({
      log,
      everyMs: 3_600_000,
      write: async (org, blocks) => {
        await write(org, blocks);
        if (!isLost) return;
        isLost = false;
        throw new Problem("database_unavailable");
      },
    });
    for (const call of callsOf(40)) writer.add(one as OrganisationId, call);
    await writer.flush();
    // What came meanwhile must not change what is written again.
    for (const call of callsOf(2)) writer.add(one as OrganisationId, call);
    await writer.flush();
    expect(await stored(one as OrganisationId)).toMatchObject({ calls: 42, counted: 42 });
    await writer.close();
  });

  test("that the database refuses each time are given up, and others are written", async () => {
    const refusing = createCallWriter({
      log,
      everyMs: 3_600_000,
      write: (org, blocks) => (org === one ? Promise.reject(new Error("refused")) : write(org, blocks)),
    });
    for (const org of [one, other]) for (const call of callsOf(5)) refusing.add(org as OrganisationId, call);
    for (let at = 0; at < 3; at += 1) await refusing.flush();
    expect(refusing.stats()).toMatchObject({ waiting: 0, written: 5, dropped: 5 });
    await refusing.close();
  });

  test("are written at the end, again and again until it works, and no longer than the end may take", async () => {
    const patient = writerOf();
    for (const call of callsOf(7)) patient.add(one as OrganisationId, call);
    let failures = 2;
    fault = () => (failures-- > 0 ? new Problem("database_unavailable") : undefined);
    await patient.close();
    expect(patient.stats()).toMatchObject({ waiting: 0, written: 7, dropped: 0 });

    const hurried = writerOf({ closeMs: 0 });
    for (const call of callsOf(7)) hurried.add(one as OrganisationId, call);
    fault = () => new Problem("database_unavailable");
    await hurried.close();
    expect(hurried.stats()).toMatchObject({ waiting: 0, written: 0, dropped: 7 });
    hurried.add(one as OrganisationId, recordedCall({ id: newId() }));
    expect(hurried.stats()).toMatchObject({ waiting: 0, dropped: 8 });
  });

  test("are kept up to a number for each organisation: the oldest go first", async () => {
    for (let at = 0; at < 12; at += 1) await recordCalls(db, one as OrganisationId, callsOf(10), { callsMax: 55 });
    await recordCalls(db, other as OrganisationId, callsOf(10), { callsMax: 55 });
    const { calls, counted } = await stored(one as OrganisationId);
    expect(calls).toBe(counted);
    expect(calls).toBeGreaterThanOrEqual(55);
    expect(calls).toBeLessThan(65);
    expect(await stored(other as OrganisationId)).toMatchObject({ calls: 10 });
    const newest = newId();
    await recordCalls(db, one as OrganisationId, [recordedCall({ id: newest })], { callsMax: 1 });
    const left = await db.read(one as OrganisationId, (tx) => tx.all(sql`select last_id from call_blocks where org_id = ${one}`));
    expect(left).toEqual([{ last_id: newest }]);
  });

  test("are dropped when their time is over, of every organisation, also one that makes no more calls", async () => {
    const now = systemClock.now().getTime();
    const clock: Clock = { now: () => new Date(now) };
    const aged = (hours: number, number: number) =>
      recordedCall({ id: `${startOfIds(new Date(now - hours * 3_600_000))}${String(number).padStart(16, "0")}` });
    const orgs = [one, other] as OrganisationId[];
    for (const org of orgs) for (let at = 0; at < 30; at += 1) await recordCalls(db, org, [aged(25 + at, at), aged(23 - at / 2, 100 + at)]);
    const retention = createRetention({ db, clock, log, keepHours: 24 });
    await retention.sweep();
    for (const org of orgs) expect(await stored(org)).toEqual({ calls: 30, counted: 30, blocks: 30 });
    const [oldest] = await db.read(one as OrganisationId, (tx) =>
      tx.all(sql<{ first_id: string }>`select first_id from call_blocks where org_id = ${one} order by first_id`),
    );
    expect((oldest?.first_id ?? "") > startOfIds(new Date(now - 24 * 3_600_000))).toBe(true);
    await Promise.all([retention.sweep(), retention.sweep(), retention.close()]);
    expect(lines).toEqual([]);
  });
});
