import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import type { Change, Database } from "../../src/store/database.ts";
import { engines, type Place } from "../harness/engines.ts";

const org = "01K9ZZZZZZZZZZZZZZZZZZZZZA" as OrganisationId;

describe.each(engines)("the store on $name", ({ prepare }) => {
  let place: Place;
  let db: Database;

  beforeAll(async () => {
    place = await prepare();
    db = await place.open();
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  const addOrganisation = (id: string) =>
    db.write(id as OrganisationId, (tx) =>
      tx.run(sql`insert into organisations (id, name, created_at, updated_at) values (${id}, 'one', 'now', 'now')`),
    );
  const names = () => db.read(org, (tx) => tx.all(sql<{ id: string }>`select id from organisations order by id`));

  test("keeps what a transaction wrote, and nothing of one that failed", async () => {
    await addOrganisation(org);
    const failing = db.write(org, async (tx) => {
      await tx.run(sql`update organisations set name = 'two' where id = ${org}`);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    const row = await db.read(org, (tx) => tx.first(sql<{ name: string }>`select name from organisations where id = ${org}`));
    expect(row?.name).toBe("one");
  });

  test("refuses a row that refers to nothing", async () => {
    const orphan = db.write(org, (tx) =>
      tx.run(sql`insert into environments (org_id, id, connection_id, name, slug, position, variables, created_at, updated_at)
        values (${org}, 'E', 'none', 'e', 'e', 0, '[]', 'now', 'now')`),
    );
    await expect(orphan).rejects.toThrow();
    expect(await names()).toHaveLength(1);
  });

  test("does not let a reader write", async () => {
    const writing = db.read(org, (tx) => tx.run(sql`update organisations set name = 'three' where id = ${org}`));
    await expect(writing).rejects.toThrow();
  });

  test("announces what was committed, and nothing of what was not", async () => {
    const heard: Change[] = [];
    const stop = db.changes.subscribe((change) => heard.push(change));
    await db.write(org, async (tx) => tx.announce({ kind: "connection", org, id: "committed" }));
    await db
      .write(org, async (tx) => {
        tx.announce({ kind: "connection", org, id: "undone" });
        throw new Error("undone");
      })
      .catch(() => {});
    await expect.poll(() => heard.map((change) => ("id" in change ? change.id : change.kind))).toContain("committed");
    stop();
    expect(heard).not.toContainEqual({ kind: "connection", org, id: "undone" });
  });

  test("makes many writers wait for each other without losing one", async () => {
    await db.write(org, (tx) => tx.run(sql`insert into settings (name, value) values ('counter', '0')`));
    const add = () =>
      db.write(org, (tx) => tx.run(sql`update settings set value = cast(cast(value as integer) + 1 as text) where name = 'counter'`));
    await Promise.all(Array.from({ length: 50 }, add));
    const row = await db.read(org, (tx) => tx.first(sql<{ value: string }>`select value from settings where name = 'counter'`));
    expect(row?.value).toBe("50");
  });

  test("opens again on what it wrote", async () => {
    await db.close();
    db = await place.open();
    expect(await names()).toEqual([{ id: org }]);
  });
});
