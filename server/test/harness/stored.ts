import { sql } from "kysely";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/store/database.ts";
import { migrations } from "../../src/store/migrate.ts";

/** Every table whose rows belong to an organisation. */
export const organisationTables = migrations.flatMap(({ rowSecurity }) => Object.keys(rowSecurity));

/** Everything that is stored of an organisation, to be compared with later: what a refused request must leave as it was. */
export async function storedOf(db: Database, org: string): Promise<string[]> {
  return db.read(org as OrganisationId, async (tx) => {
    const rows: string[] = [];
    for (const table of organisationTables) {
      const key = sql.ref(table === "organisations" ? "id" : "org_id");
      const found = await tx.all(sql<Record<string, unknown>>`select * from ${sql.table(table)} where ${key} = ${org}`);
      // When a key was last used moves by the asking.
      rows.push(...found.map(({ last_used_at: _, ...row }) => `${table} ${JSON.stringify(row)}`));
    }
    return rows.sort();
  });
}

/** What came and went between two readings: a short list to read when a test fails, [] when nothing did. */
export function differenceOf(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.filter((row) => !now.has(row)).map((row) => `gone: ${row}`),
    ...after.filter((row) => !old.has(row)).map((row) => `new: ${row}`),
  ];
}
