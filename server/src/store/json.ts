import type { Engine } from "./database.ts";

/**
 * SQL text for the rows of a subquery as one JSON array, in order: a noun with all that belongs to it is then one statement, so
 * one committed state and one round trip. `fields` maps member names to SQL expressions of the program's own, never values.
 */
export function jsonRows(engine: Engine, fields: Readonly<Record<string, string>>, from: string, order: string): string {
  const object = jsonObject(engine, fields);
  return engine === "postgres"
    ? `(select coalesce(json_agg(${object} order by ${order}), '[]'::json) from ${from})`
    : `json((select json_group_array(${object} order by ${order}) from ${from}))`;
}

/** SQL text for one JSON object. */
export function jsonObject(engine: Engine, fields: Readonly<Record<string, string>>): string {
  const members = Object.entries(fields).map(([name, expression]) => `'${name}', ${expression}`);
  return engine === "postgres" ? `json_build_object(${members.join(", ")})` : `json_object(${members.join(", ")})`;
}

/** Casts JSON to text, so that both engines give the driver the same thing. */
export function jsonText(engine: Engine, expression: string): string {
  return engine === "postgres" ? `${expression}::text` : expression;
}

/** SQL text for `object`, or JSON null where `key` is null. SQLite forgets through `case` that text is JSON, so it is told again. */
export function jsonOrNull(engine: Engine, key: string, object: string): string {
  const either = `case when ${key} is null then null else ${object} end`;
  return engine === "postgres" ? either : `json(${either})`;
}
