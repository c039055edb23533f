import { sql } from "kysely";
import { expect, test } from "vitest";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { engines } from "./engines.ts";
import { differenceOf, storedOf } from "./stored.ts";

const org = "01K9ZZZZZZZZZZZZZZZZZZZZZA" as OrganisationId;

test.each(engines)("a row that changed, one that came and nothing else are a difference, on $name", async ({ prepare }) => {
  const place = await prepare();
  const db = await place.open();
  const run = (...[text, ...values]: Parameters<typeof sql>) => db.write(org, (tx) => tx.run(sql(text, ...values)));
  await run`insert into organisations (id, name, created_at, updated_at) values (${org}, 'it''s one', 'now', 'now')`;
  const before = await storedOf(db, org);
  expect(before).toHaveLength(1);
  expect(differenceOf(before, await storedOf(db, org))).toEqual([]);
  await run`update organisations set name = 'another'`;
  await run`insert into api_keys (org_id, id, name, key_hash, hint, scopes, created_by, created_at, updated_at) values (${org}, 'k', 'k', 'k', 'k', '[]', 'k', 'now', 'now')`;
  const after = await storedOf(db, org);
  expect(differenceOf(before, after).map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
    "gone: organisations",
    "new: organisations",
    "new: api_keys",
  ]);
  await run`update api_keys set last_used_at = 'now'`;
  expect(differenceOf(after, await storedOf(db, org))).toEqual([]);
  await db.close();
  await place.remove();
});
