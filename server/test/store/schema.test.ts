import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { createLog } from "../../src/kernel/log.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { DatabaseTooNew } from "../../src/store/migrate.ts";
import { openPostgres } from "../../src/store/postgres.ts";
import { engines, type Place } from "../harness/engines.ts";

const snapshots = join(import.meta.dirname, "../../src/store/migrations");

describe.each(engines)("the schema on $name", ({ name, prepare }) => {
  test("is the one that is checked in", async () => {
    const place = await prepare({ schema: "none" });
    await (await place.open()).close();
    await expect(`${(await schemaOf(place)).join("\n")}\n`).toMatchFileSnapshot(join(snapshots, `schema-${name}.txt`));
    await place.remove();
  });

  test("is refused when a newer Mooring made it", async () => {
    const place = await prepare({ schema: "none" });
    await (await place.open()).close();
    await execute(place, "insert into migrations (number, name) values (9999, 'from the future')");
    await expect(place.open()).rejects.toThrow(DatabaseTooNew);
    await place.remove();
  });
});

test("nodes that start together on one empty PostgreSQL bring it up once", async () => {
  const place = await (engines[1] as (typeof engines)[number]).prepare({ schema: "none" });
  const open = () => openPostgres({ url: new Secret(place.url ?? ""), log: createLog("silent"), connectionsMax: 2 });
  const nodes = await Promise.all([open(), open(), open(), open()]);
  await Promise.all(nodes.map((node) => node.ping()));
  await Promise.all(nodes.map((node) => node.close()));
  await place.remove();
});

async function schemaOf(place: Place): Promise<string[]> {
  if (place.url === undefined) {
    return rows(place, "select sql as line from sqlite_schema where sql is not null and name not like 'sqlite_%' order by type desc, name");
  }
  const columns = `select table_name || '.' || column_name || ' ' || data_type || case is_nullable when 'NO' then ' not null' else '' end as line
    from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position`;
  const constraints = `select conrelid::regclass || ': ' || pg_get_constraintdef(oid) as line
    from pg_constraint where connamespace = 'public'::regnamespace order by 1`;
  const indexes = "select indexdef as line from pg_indexes where schemaname = 'public' order by indexname";
  const policies = `select tablename || ' using ' || qual || ' with check ' || with_check as line from pg_policies order by tablename`;
  const walls = `select relname || case when relrowsecurity and relforcerowsecurity then ': row security forced' else ': open' end as line
    from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname`;
  const rights = `select table_name || ': ' || string_agg(privilege_type, ', ' order by privilege_type) as line
    from information_schema.role_table_grants where grantee = 'mooring_app' group by table_name order by table_name`;
  return (await Promise.all([columns, constraints, indexes, policies, walls, rights].map((query) => rows(place, query)))).flat();
}

async function rows(place: Place, query: string): Promise<string[]> {
  return (await execute(place, query)).map(({ line }) => String(line));
}

async function execute(place: Place, query: string): Promise<Record<string, unknown>[]> {
  if (place.url === undefined) {
    const file = new DatabaseSync(join(place.dataDir, "mooring.db"));
    const found = file.prepare(query).all();
    file.close();
    return found;
  }
  const client = new pg.Client({ connectionString: place.url });
  await client.connect();
  const { rows: found } = await client.query(query);
  await client.end();
  return found;
}
