import { type RawBuilder, sql } from "kysely";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import type { Database, Tx } from "../../src/store/database.ts";
import { migrations } from "../../src/store/migrate.ts";

/** Every table whose rows belong to an organisation. */
export const organisationTables = migrations.flatMap(({ rowSecurity }) => Object.keys(rowSecurity));

/**
 * Everything that is stored of an organisation, to be compared with later: what a refused request must leave as it was. Each row is a
 * text that the database itself makes: the tests of refusals read a million of them, which was a third of their work when they were objects.
 */
export async function storedOf(db: Database, org: string): Promise<string[]> {
  return db.read(org as OrganisationId, async (tx) => {
    const rows: string[] = [];
    for (const table of organisationTables) {
      const key = sql.ref(table === "organisations" ? "id" : "org_id");
      const found = await tx.all(
        sql<{ row: string }>`select ${await rowOf(tx, table)} as row from ${sql.table(table)} where ${key} = ${org}`,
      );
      for (const { row } of found) rows.push(`${table} ${row}`);
    }
    return rows;
  });
}

/** What came and went between two readings: a short list to read when a test fails, [] when nothing did. */
export function differenceOf(before: readonly string[], after: readonly string[]): string[] {
  if (before.length === after.length && before.every((row, at) => row === after[at])) return [];
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.filter((row) => !now.has(row)).map((row) => `gone: ${row}`),
    ...after.filter((row) => !old.has(row)).map((row) => `new: ${row}`),
  ];
}

/** A row as a text that says all that is in it, but for when a key was last used, which moves by the asking. */
async function rowOf(tx: Tx, table: string): Promise<RawBuilder<string>> {
  const place = `${tx.engine} ${table}`;
  const known = texts.get(place) ?? (await columnsOf(tx, table)).map((name) => textOf(tx, name)).join(" || ', ' || ");
  texts.set(place, known);
  return sql.raw(known);
}

/** As plain text, because these are put together again for each of a hundred thousand readings. */
const texts = new Map<string, string>();

async function columnsOf({ engine, all }: Tx, table: string): Promise<string[]> {
  const columns =
    engine === "sqlite"
      ? sql<{ name: string }>`select name from pragma_table_info(${table})`
      : sql<{ name: string }>`
          select attname as name
          from pg_attribute
          where attrelid = ${table}::regclass and attnum > 0 and not attisdropped
          order by attnum`;
  return (await all(columns)).map(({ name }) => name).filter((name) => name !== "last_used_at");
}

const textOf = ({ engine }: Tx, name: string) =>
  engine === "sqlite" ? `'${name} ' || quote("${name}")` : `'${name} ' || coalesce(quote_literal("${name}"), 'null')`;
