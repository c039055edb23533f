import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import type { Change, Database } from "../../src/store/database.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { engines, type Place } from "../harness/engines.ts";

const org = "01K9ZZZZZZZZZZZZZZZZZZZZZA" as OrganisationId;
const rowsKept = 10_000;

let place: Place;
let opened: Database[];

beforeEach(async () => {
  place = await (engines[0] as (typeof engines)[number]).prepare();
  opened = [];
});
afterEach(async () => {
  for (const db of opened) await db.close();
  await place.remove();
});

/** One of several processes, but for being in this one, and what it hears. */
function openOne() {
  const db = openSqlite({ dataDir: place.dataDir, processes: "several" });
  opened.push(db);
  const heard: string[] = [];
  db.changes.subscribe((change) => heard.push("id" in change ? change.id : change.kind));
  return { db, heard };
}

const change = (id: string): Change => ({ kind: "connection", org, id });
const announce = (db: Database, ...ids: string[]) =>
  db.write(org, async (tx) => {
    for (const id of ids) tx.announce(change(id));
  });
const manyIds = (count: number) => Array.from({ length: count }, (_, index) => `many ${index}`);

test("each process hears what every process committed, once and in its order", async () => {
  const [one, two, three] = [openOne(), openOne(), openOne()];
  await announce(one.db, "a", "b");
  await announce(two.db, "c");
  await announce(one.db, "d");
  for (const { db } of [one, two, three]) await db.changes.caughtUp();
  expect(one.heard).toEqual(["a", "b", "d", "c"]);
  expect(two.heard).toEqual(["c", "a", "b", "d"]);
  expect(three.heard).toEqual(["a", "b", "c", "d"]);
  for (const { db } of [one, two, three]) await db.changes.caughtUp();
  expect([one.heard.length, two.heard.length, three.heard.length]).toEqual([4, 4, 4]);
});

test("a process hears without asking", async () => {
  const [one, two] = [openOne(), openOne()];
  await announce(one.db, "a");
  await expect.poll(() => two.heard).toEqual(["a"]);
});

test("what was answered before caughtUp is asked has been heard when it resolves", async () => {
  const [one, two] = [openOne(), openOne()];
  for (const id of manyIds(200)) {
    await announce(one.db, id);
    await two.db.changes.caughtUp();
    expect(two.heard.at(-1)).toBe(id);
  }
});

test("what was undone is not heard, and its neighbours in the same commit are", async () => {
  const [one, two] = [openOne(), openOne()];
  const failing = one.db.write(org, async (tx) => {
    tx.announce(change("undone"));
    throw new Error("no");
  });
  await Promise.all([expect(failing).rejects.toThrow("no"), announce(one.db, "a"), announce(one.db, "b")]);
  await two.db.changes.caughtUp();
  expect([one.heard, two.heard]).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
});

test("a process that starts later hears what comes, not what was", async () => {
  const one = openOne();
  await announce(one.db, "before");
  const two = openOne();
  await announce(one.db, "after");
  await two.db.changes.caughtUp();
  expect(two.heard).toEqual(["after"]);
});

test("the log is cut short, and who was away for longer than it reaches back is told to drop everything", async () => {
  const [one, two] = [openOne(), openOne()];
  await announce(one.db, "a");
  await two.db.changes.caughtUp();
  await announce(one.db, ...manyIds(rowsKept * 2.5));
  const log = await one.db.read(org, (tx) => tx.first(sql<{ rows: number }>`select count(*) as rows from change_log`));
  expect(log?.rows).toBeLessThan(rowsKept * 1.2);

  await two.db.changes.caughtUp();
  expect(two.heard.slice(0, 2)).toEqual(["a", "everything"]);
  await announce(one.db, "z");
  await two.db.changes.caughtUp();
  expect(two.heard.at(-1)).toBe("z");
  expect(two.heard.filter((what) => what === "everything")).toHaveLength(1);
});

test("one process alone keeps no log", async () => {
  const db = openSqlite({ dataDir: place.dataDir });
  opened.push(db);
  await announce(db, "a");
  expect(await db.read(org, (tx) => tx.all(sql`select * from change_log`))).toEqual([]);
});

test("processes that write at the same time, each without a pause, lose nothing, and none is kept from writing", async () => {
  const { db } = openOne();
  await db.write(org, (tx) => tx.run(sql`insert into settings (name, value) values ('counter', '0')`));
  const each = 300;
  const module = join(import.meta.dirname, "counting-process.ts");
  const children = Array.from({ length: 4 }, () =>
    fork(module, [place.dataDir, String(each)], { execArgv: ["--disable-warning=ExperimentalWarning"] }),
  );
  const told = await Promise.all(children.map(async (child) => (await once(child, "message"))[0]));
  await Promise.all(children.map((child) => child.exitCode ?? once(child, "exit")));
  expect(told).toEqual(children.map(() => ({ written: each, refused: [] })));
  const row = await db.read(org, (tx) => tx.first(sql<{ value: string }>`select value from settings where name = 'counter'`));
  expect(row?.value).toBe(String(children.length * each));
});

test("while another has the lock, a writer waits and its process goes on; what waited too long is refused, and the next is served", async () => {
  const [one, two] = [openOne(), openOne()];
  let letGo = () => {};
  const holding = one.db.write(org, () => new Promise<void>((resolve) => (letGo = resolve)));
  let turns = 0;
  let isOver = false;
  const waiting = announce(two.db, "late").catch((error: unknown) => error);
  void waiting.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await nextTurn();
    turns += 1;
  }
  expect(await waiting).toMatchObject({ code: "database_unavailable" });
  expect(turns).toBeGreaterThan(100);
  const next = announce(two.db, "in time");
  letGo();
  await Promise.all([holding, next]);
  await one.db.changes.caughtUp();
  expect(one.heard).toEqual(["in time"]);
});
