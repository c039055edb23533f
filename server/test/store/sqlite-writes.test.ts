import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createWrites, type Writes } from "../../src/store/sqlite-writes.ts";

let folder: string;
let connection: DatabaseSync;
let executed: string[];
let writes: Writes;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mooring-test-"));
  connection = new DatabaseSync(join(folder, "writes.db"));
  connection.exec("pragma journal_mode = wal; create table rows (id integer primary key, filling blob)");
  executed = [];
  writes = createWrites(connection, execute, { waitingMax: 100 });
});
afterEach(async () => {
  connection.close();
  await rm(folder, { recursive: true, force: true });
});

function execute(text: string): void {
  executed.push(text);
  connection.exec(text);
}

const insert = (id: number, bytes = 1) => connection.prepare("insert into rows (id, filling) values (?, zeroblob(?))").run(id, bytes);
const stored = () =>
  connection
    .prepare("select id from rows order by id")
    .all()
    .map(({ id }) => id);
const commits = () => executed.filter((text) => text === "commit").length;
const write = (work: () => unknown, onCommit = () => {}) => writes.write(async () => work(), onCommit);

test("writes that wait at the same time are on the disk after one commit", async () => {
  await Promise.all(Array.from({ length: 20 }, (_, id) => write(() => insert(id))));
  expect(stored()).toHaveLength(20);
  expect(commits()).toBe(1);
});

test("one that fails takes nothing of its neighbours with it, and leaves nothing of itself", async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 9 }, (_, id) =>
      write(() => {
        insert(id);
        if (id % 3 === 1) throw new Error("no");
        // Taken already: the engine refuses the statement.
        if (id % 3 === 2) insert(0);
      }),
    ),
  );
  expect(results.map(({ status }) => status === "fulfilled")).toEqual([true, false, false, true, false, false, true, false, false]);
  expect(stored()).toEqual([0, 3, 6]);
});

test("each is answered, and announced, after the commit and not before", async () => {
  const order: string[] = [];
  const noting = (text: string) => {
    if (text === "commit") order.push(text);
    connection.exec(text);
  };
  writes = createWrites(connection, noting, { waitingMax: 100 });
  const first = write(
    () => order.push("first"),
    () => order.push("first announced"),
  ).then(() => order.push("first answered"));
  const second = write(() => {
    order.push("second");
    throw new Error("no");
  }).catch(() => order.push("second answered"));
  await Promise.all([first, second]);
  expect(order).toEqual(["first", "second", "commit", "first announced", "first answered", "second answered"]);
});

test("when the disk is full, what is answered as stored is stored, and the rest is not", async () => {
  connection.exec("pragma max_page_count = 40");
  const sizes = [1, 1, 10_000_000, 1, 1];
  const results = await Promise.allSettled(sizes.map((bytes, id) => write(() => insert(id, bytes))));
  const answered = results.flatMap(({ status }, id) => (status === "fulfilled" ? [id] : []));
  expect(results[2]?.status).toBe("rejected");
  expect(stored()).toEqual(answered);
  await write(() => insert(9));
  expect(stored()).toEqual([...answered, 9]);
});

test("when the commit fails, every one of the group is told so and nothing is stored", async () => {
  let isBroken = true;
  const breaking = (text: string) => {
    if (isBroken && text === "commit") throw new Error("disk I/O error");
    connection.exec(text);
  };
  writes = createWrites(connection, breaking, { waitingMax: 100 });
  const announced: number[] = [];
  const results = await Promise.allSettled(
    [1, 2, 3].map((id) =>
      write(
        () => insert(id),
        () => announced.push(id),
      ),
    ),
  );
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect([stored(), announced]).toEqual([[], []]);

  isBroken = false;
  await write(() => insert(4));
  expect(stored()).toEqual([4]);
});

test("when another process keeps the lock for too long, each that waits is told so, and the next is served", async () => {
  writes = createWrites(connection, execute, { waitingMax: 100, patienceMs: 20 });
  const other = new DatabaseSync(join(folder, "writes.db"));
  other.exec("begin immediate");
  const results = await Promise.allSettled([1, 2].map((id) => write(() => insert(id))));
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  other.exec("rollback");
  other.close();
  await write(() => insert(3));
  expect(stored()).toEqual([3]);
});

test("when another process has the lock, what waits is written once it is free", async () => {
  const other = new DatabaseSync(join(folder, "writes.db"));
  other.exec("begin immediate");
  const waiting = Promise.all([1, 2].map((id) => write(() => insert(id))));
  await expect.poll(() => executed.filter((text) => text === "begin immediate").length).toBeGreaterThan(3);
  other.exec("insert into rows (id) values (0); commit");
  other.close();
  await waiting;
  expect(stored()).toEqual([0, 1, 2]);
  expect(commits()).toBe(1);
});

test("beyond the bound asking is refused with overloaded", async () => {
  writes = createWrites(connection, execute, { waitingMax: 3 });
  const results = await Promise.allSettled(Array.from({ length: 8 }, (_, id) => write(() => insert(id))));
  const refused = results.filter((result) => result.status === "rejected");
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: "overloaded" });
  expect(stored()).toHaveLength(8 - refused.length);
});

test("closing waits for what was asked, and what is asked later is refused", async () => {
  const asked = [write(() => insert(1)), write(() => insert(2))];
  await writes.close();
  await expect(write(() => insert(3))).rejects.toMatchObject({ code: "database_unavailable" });
  await Promise.all(asked);
  expect(stored()).toEqual([1, 2]);
});

test("relaxed work waits for no disk, is committed apart from durable work, and keeps its place in the order", async () => {
  const said: string[] = [];
  const level = () => (connection.prepare("pragma synchronous").get() as { synchronous: number }).synchronous;
  const noting = (text: string) => {
    if (text === "commit") said.push(`commit at ${level()}`);
    execute(text);
  };
  writes = createWrites(connection, noting, { waitingMax: 100 });
  const work = (name: string) => async () => void said.push(name);
  await Promise.all([
    writes.write(work("one"), () => {}),
    writes.write(work("two"), () => {}, "relaxed"),
    writes.write(work("three"), () => {}, "relaxed"),
    writes.write(work("four"), () => {}),
  ]);
  // 2 is FULL, 1 is NORMAL.
  expect(said).toEqual(["one", "commit at 2", "two", "three", "commit at 1", "four", "commit at 2"]);
});
