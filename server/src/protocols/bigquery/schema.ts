import { Problem } from "../../kernel/errors.ts";

/** A column of an answer, or a field of a STRUCT, with its type under the name that GoogleSQL has for it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode: "NULLABLE" | "REQUIRED" | "REPEATED";
  readonly description?: string;
  /** Of a STRUCT. */
  readonly fields?: readonly Field[];
}

/** Reads the schema of an answer. Throws `Problem` upstream_unreachable on one that makes no sense. */
export function fieldsOf(schema: unknown, depth = 0): readonly Field[] {
  const { fields = [] } = (schema ?? {}) as { fields?: unknown };
  // BigQuery nests 15 levels deep.
  if (!Array.isArray(fields) || depth > levelsMax) throw nonsense();
  return fields.map((field: unknown) => fieldOf(field, depth));
}

function fieldOf(given: unknown, depth: number): Field {
  const { name, type, mode, description } = (given ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || typeof type !== "string") throw nonsense();
  const known = renamed[type] ?? type;
  return {
    name,
    type: known,
    mode: mode === "REPEATED" || mode === "REQUIRED" ? mode : "NULLABLE",
    ...(typeof description === "string" && description !== "" && { description }),
    ...(known === "STRUCT" && { fields: fieldsOf(given, depth + 1) }),
  };
}

/** The REST API has kept names of legacy SQL. */
const renamed: Readonly<Record<string, string | undefined>> = { INTEGER: "INT64", FLOAT: "FLOAT64", BOOLEAN: "BOOL", RECORD: "STRUCT" };

const levelsMax = 20;
const nonsense = () => new Problem("upstream_unreachable", { message: "The answer has a schema that is not one of BigQuery's." });
