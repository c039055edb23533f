import { type RawBuilder, sql } from "kysely";
import type { Tx } from "./database.ts";

/** A row of one of better-auth's tables: text, whole numbers or null, on both engines. */
export type PeopleRow = Record<string, unknown>;

/** One condition of better-auth's: those joined by OR form one group beside the others. */
export interface Condition {
  readonly field: string;
  readonly operator: string;
  readonly value: unknown;
  readonly connector: "AND" | "OR";
}

/** The statements better-auth asks for. It names tables and columns of its own schema; values are parameters only. */
export async function insertRow(tx: Tx, table: string, row: PeopleRow): Promise<PeopleRow> {
  const names = Object.keys(row);
  const inserted = await tx.first(sql<PeopleRow>`
    insert into ${sql.table(table)} (${sql.join(names.map((name) => sql.ref(name)))})
    values (${sql.join(names.map((name) => row[name] ?? null))})
    returning *
  `);
  if (!inserted) throw new Error("An insert returned no row.");
  return inserted;
}

export async function selectRows(
  tx: Tx,
  table: string,
  query: { where: readonly Condition[]; limit: number; offset?: number; sort?: { field: string; direction: "asc" | "desc" } },
): Promise<PeopleRow[]> {
  const { where, limit, offset = 0, sort } = query;
  const order = sort ? sql`order by ${sql.ref(sort.field)} ${sort.direction === "asc" ? sql`asc` : sql`desc`}` : sql``;
  return tx.all(sql<PeopleRow>`select * from ${sql.table(table)} where ${matching(where)} ${order} limit ${limit} offset ${offset}`);
}

export async function countRows(tx: Tx, table: string, where: readonly Condition[]): Promise<number> {
  const row = await tx.first(sql<{ rows: number | string }>`select count(*) as rows from ${sql.table(table)} where ${matching(where)}`);
  return Number(row?.rows ?? 0);
}

/** Changes the rows that match and gives them as they now are. */
export async function updateRows(tx: Tx, table: string, where: readonly Condition[], values: PeopleRow): Promise<PeopleRow[]> {
  const sets = Object.entries(values).map(([name, value]) => sql`${sql.ref(name)} = ${value ?? null}`);
  return tx.all(sql<PeopleRow>`update ${sql.table(table)} set ${sql.join(sets)} where ${matching(where)} returning *`);
}

/** Deletes the rows that match and gives them as they were. */
export async function deleteRows(tx: Tx, table: string, where: readonly Condition[]): Promise<PeopleRow[]> {
  return tx.all(sql<PeopleRow>`delete from ${sql.table(table)} where ${matching(where)} returning *`);
}

function matching(where: readonly Condition[]): RawBuilder<unknown> {
  const all = where.filter(({ connector }) => connector === "AND").map(comparison);
  const any = where.filter(({ connector }) => connector === "OR").map(comparison);
  if (any.length > 0) all.push(sql`(${sql.join(any, sql` or `)})`);
  return all.length > 0 ? sql.join(all, sql` and `) : sql`1 = 1`;
}

function comparison({ field, operator, value }: Condition): RawBuilder<unknown> {
  const column = sql.ref(field);
  if (operator === "eq") return value === null ? sql`${column} is null` : sql`${column} = ${value}`;
  if (operator === "ne") return value === null ? sql`${column} is not null` : sql`${column} <> ${value}`;
  if (operator === "lt") return sql`${column} < ${value}`;
  if (operator === "lte") return sql`${column} <= ${value}`;
  if (operator === "gt") return sql`${column} > ${value}`;
  if (operator === "gte") return sql`${column} >= ${value}`;
  if (operator === "in" && Array.isArray(value)) return value.length === 0 ? sql`1 = 0` : sql`${column} in (${sql.join(value)})`;
  throw new Error(`better-auth asked for the comparison ${operator}, which nothing here uses.`);
}
