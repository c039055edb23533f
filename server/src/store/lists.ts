import { type RawBuilder, sql } from "kysely";
import type { Tx } from "./database.ts";

/**
 * Whether `column`, which the program names, is one of `values`, however many there are; false for all when there are none. One parameter
 * holds them, so that the statement is the same for any number.
 */
export function isAmong(tx: Tx, column: string, values: readonly string[]): RawBuilder<unknown> {
  const list = JSON.stringify(values);
  return tx.engine === "postgres"
    ? sql`${sql.ref(column)} = any(array(select json_array_elements_text(${list}::json)))`
    : sql`${sql.ref(column)} in (select value from json_each(${list}))`;
}

/** Rows to insert from, of any number, in one parameter. */
export function rowsOf<Row extends Readonly<Record<string, string | number>>>(
  tx: Tx,
  rows: readonly Row[],
  columns: Readonly<Record<keyof Row & string, "text" | "number">>,
): RawBuilder<unknown> {
  const all = JSON.stringify(rows);
  const names = Object.entries(columns);
  if (tx.engine === "postgres") {
    const typed = names.map(([name, type]) => `"${name}" ${type === "text" ? `text collate "C"` : "bigint"}`);
    return sql`json_to_recordset(${all}::json) as given (${sql.raw(typed.join(", "))})`;
  }
  const picked = names.map(([name]) => `value ->> '${name}' as "${name}"`);
  return sql`(select ${sql.raw(picked.join(", "))} from json_each(${all})) as given`;
}
