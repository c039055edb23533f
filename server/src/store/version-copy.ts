import { setImmediate } from "node:timers/promises";
import { type RawBuilder, sql } from "kysely";
import type { OrganisationId, VersionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";

/**
 * Copies all that a version holds into another one, which is empty. Each thing keeps its id, which is what references and the comparison
 * of versions go by, and its times, which are what lists go by. The event loop runs between portions.
 */
export async function copyContent(tx: Tx, org: OrganisationId, from: VersionId, to: VersionId): Promise<void> {
  await copyRows(tx, org, { from, to, key: "id", ...definitions });
  // A use needs its definition to be there.
  await copyRows(tx, org, { from, to, key: "definition_id", ...uses });
  await copyRows(tx, org, { from, to, key: "id", ...actions });
  await copyRows(tx, org, { from, to, key: "id", ...triggers });
}

const definitions = {
  table: "definitions",
  columns: sql`id, name, accept, description, content_type, content, errors, created_at, updated_at`,
};
const uses = { table: "definition_uses", columns: sql`definition_id, user_type, user_id` };
const wayColumns = sql`id, name, type, summary, description, document, errors, created_at, updated_at`;
const actions = { table: "actions", columns: wayColumns };
const triggers = { table: "triggers", columns: wayColumns };

// The embedded engine works in this process, and what is elsewhere is quicker in few statements; each has a deadline.
const portionRows = { sqlite: 250, postgres: 5_000 };

interface Rows {
  readonly from: VersionId;
  readonly to: VersionId;
  readonly table: string;
  /** The column by whose values rows are portioned. */
  readonly key: string;
  /** All others than organisation and version. */
  readonly columns: RawBuilder<unknown>;
}

async function copyRows(tx: Tx, org: OrganisationId, rows: Rows): Promise<void> {
  let after = "";
  for (;;) {
    const last = await endOfPortion(tx, org, rows, after);
    if (last === undefined) return;
    const { from, to, table, columns } = rows;
    const key = sql.ref(rows.key);
    await tx.run(sql`
      insert into ${sql.table(table)} (org_id, version_id, ${columns})
      select org_id, ${to}, ${columns}
      from ${sql.table(table)}
      where org_id = ${org} and version_id = ${from} and ${key} > ${after} and ${key} <= ${last}
    `);
    after = last;
    await setImmediate();
  }
}

/** The last key of the next rows behind `after`. Undefined when there are no more. */
async function endOfPortion(tx: Tx, org: OrganisationId, { from, table, key }: Rows, after: string): Promise<string | undefined> {
  const row = await tx.first(sql<{ last: string | null }>`
    select max(key) as last
    from (
      select ${sql.ref(key)} as key
      from ${sql.table(table)}
      where org_id = ${org} and version_id = ${from} and ${sql.ref(key)} > ${after}
      order by ${sql.ref(key)}
      limit ${portionRows[tx.engine]}
    ) as portion
  `);
  return row?.last ?? undefined;
}
