import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { Secret } from "../../src/kernel/secret.ts";
import type { Database } from "../../src/store/database.ts";
import { openPostgres } from "../../src/store/postgres.ts";
import { engines, type Place } from "../harness/engines.ts";
import { startSilentProxy } from "../harness/silent-proxy.ts";

const org = "01K9ZZZZZZZZZZZZZZZZZZZZZA" as OrganisationId;
let place: Place;
let proxy: Awaited<ReturnType<typeof startSilentProxy>>;
let db: Database;

beforeAll(async () => {
  place = await (engines[1] as (typeof engines)[number]).prepare();
  const url = new URL(place.url ?? "");
  proxy = await startSilentProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  db = await openPostgres({ url: new Secret(url.href), log: createLog("silent"), connectionsMax: 3 });
});
afterAll(async () => {
  await db.close();
  await proxy.stop();
  await place.remove();
});

const read = () => db.read(org, (tx) => tx.all(sql`select id from organisations`));

test("a PostgreSQL that went silent ends every request with database_unavailable, and serves again once it is back (B-7)", async () => {
  expect(await read()).toEqual([]);
  proxy.silence();
  // More than the pool holds, so that waiting for a connection is bounded too.
  const answers = await Promise.allSettled(Array.from({ length: 8 }, read));
  for (const answer of answers) expect(answer).toMatchObject({ status: "rejected", reason: { code: "database_unavailable", status: 503 } });
  expect(db.changes.isLive()).toBe(false);

  proxy.heal();
  await expect.poll(() => read().catch(() => "not yet"), { timeout: 10_000 }).toEqual([]);
  await expect.poll(() => db.changes.isLive(), { timeout: 10_000 }).toBe(true);
});
