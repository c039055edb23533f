import { type DuckDBConnection, DuckDBInstance, LIST, VARCHAR } from "@duckdb/node-api";
import { type Cell, cellOf, fieldOf, type RestField } from "./bigquery-types.ts";

/** What a query gave, as the REST API writes it. */
export interface Answered {
  readonly fields: readonly RestField[];
  readonly rows: readonly { readonly f: readonly Cell[] }[];
}

export interface NamedParameter {
  readonly name: string;
  readonly parameterType: { readonly type: string; readonly arrayType?: { readonly type: string } };
  readonly parameterValue: { readonly value?: string | null; readonly arrayValues?: readonly { readonly value: string }[] };
}

/** SQL that DuckDB does not take, in its words. */
export class SqlError extends Error {}

/** Runs GoogleSQL for real, as far as DuckDB speaks the same: each parameter is bound as a value, and its type is put around it. */
export async function openSql(): Promise<Sql> {
  const instance = await DuckDBInstance.create(":memory:", { autoinstall_known_extensions: "false", autoload_known_extensions: "false" });
  const connection = await instance.connect();
  return {
    run: (sql, parameters) => run(connection, sql, parameters),
    // Its columns have types only once its parameters are bound, so it is run for no rows.
    describe: async (sql, parameters) => (await run(connection, `SELECT * FROM (${sql}) LIMIT 0`, parameters)).fields,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

export interface Sql {
  run(sql: string, parameters: readonly NamedParameter[]): Promise<Answered>;
  /** The columns, without running it. */
  describe(sql: string, parameters: readonly NamedParameter[]): Promise<readonly RestField[]>;
  close(): void;
}

async function run(connection: DuckDBConnection, sql: string, parameters: readonly NamedParameter[]): Promise<Answered> {
  const prepared = await prepare(connection, sql, parameters);
  const bound = new Map(Array.from({ length: prepared.parameterCount }, (_, at) => [prepared.parameterName(at + 1), at + 1]));
  for (const { name, parameterValue } of parameters) {
    const at = bound.get(placeOf(name));
    if (at === undefined) continue;
    if (parameterValue.arrayValues)
      prepared.bindList(
        at,
        parameterValue.arrayValues.map(({ value }) => value),
        LIST(VARCHAR),
      );
    else if (parameterValue.value === null || parameterValue.value === undefined) prepared.bindNull(at);
    else prepared.bindVarchar(at, parameterValue.value);
  }
  const reader = await told(prepared.runAndReadAll());
  const types = reader.columnTypes();
  const fields = reader.columnNames().map((name, at) => fieldOf(name, types[at] as (typeof types)[number]));
  const rows = reader.getRows().map((row) => ({ f: row.map((value, at) => ({ v: cellOf(value, fields[at] as RestField) })) }));
  return { fields, rows };
}

const prepare = (connection: DuckDBConnection, sql: string, parameters: readonly NamedParameter[]) =>
  told(connection.prepare(translated(sql, parameters)));

async function told<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw new SqlError((error as Error).message.split("\n")[0]);
  }
}

const placeOf = (name: string) => `p_${name.toLowerCase()}`;

/** Strings stay as they are; what stands between them is put into DuckDB's words. */
function translated(sql: string, parameters: readonly NamedParameter[]): string {
  const types = new Map(parameters.map((parameter) => [parameter.name.toLowerCase(), parameter]));
  const parts = sql.split(/('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`)/);
  return parts.map((part, at) => (at % 2 === 0 ? words(part, types) : quoted(part))).join("");
}

const quoted = (text: string) => {
  if (text.startsWith("`")) return `"${text.slice(1, -1)}"`;
  return `'${text.slice(1, -1).replaceAll(/\\(.)/g, "$1").replaceAll("'", "''")}'`;
};

function words(text: string, types: ReadonlyMap<string, NamedParameter>): string {
  return text
    .replaceAll(/\bSTRUCT\(/g, "row(")
    .replaceAll(/\bGENERATE_ARRAY\(/g, "generate_series(")
    .replaceAll(/\b(UNNEST\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))\s+AS\s+(\w+)/gi, "$1 AS t_$2($2)")
    .replaceAll(/\b(?:ARRAY|STRUCT)<(?:[^<>]|<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>)*>|\b[A-Z]+[0-9]*\b(?!\()/g, typeOf)
    .replaceAll(/@([A-Za-z_]\w*)/g, (whole, name: string) => typed(name, types.get(name.toLowerCase())) ?? whole);
}

/** A parameter is bound as text, and read as its type. */
function typed(name: string, parameter: NamedParameter | undefined): string | undefined {
  if (!parameter) return undefined;
  const { type, arrayType } = parameter.parameterType;
  const place = `$${placeOf(name)}`;
  if (type === "BYTES") return `from_base64(CAST(${place} AS VARCHAR))`;
  if (arrayType?.type === "BYTES") return `list_transform(CAST(${place} AS VARCHAR[]), one -> from_base64(one))`;
  return `CAST(${place} AS ${arrayType ? `${typeOf(arrayType.type)}[]` : typeOf(type)})`;
}

const names: Readonly<Record<string, string | undefined>> = {
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  STRING: "VARCHAR",
  BYTES: "BLOB",
  BOOL: "BOOLEAN",
  NUMERIC: "DECIMAL(38,9)",
  // DuckDB has 38 digits at most, so these are those with one more behind the point.
  BIGNUMERIC: "DECIMAL(38,10)",
  TIMESTAMP: "TIMESTAMPTZ",
  DATETIME: "TIMESTAMP",
};

/** `ARRAY<INT64>` as `BIGINT[]`, `STRUCT<a INT64>` as `STRUCT(a BIGINT)`, at every depth. What is no type stays. */
function typeOf(type: string): string {
  const [, kind, inside = ""] = /^(ARRAY|STRUCT)<(.*)>$/s.exec(type) ?? [];
  if (kind === "ARRAY") return `${typeOf(inside.trim())}[]`;
  if (kind !== "STRUCT") return names[type] ?? type;
  const fields = fieldsIn(inside).map((field) => field.trim().split(/\s+(.*)/s));
  return `STRUCT(${fields.map(([name = "", of = ""]) => `${name} ${typeOf(of)}`).join(", ")})`;
}

/** What stands between the commas that are in no brackets. */
function fieldsIn(text: string): string[] {
  const fields = [""];
  let depth = 0;
  for (const letter of text) {
    depth += letter === "<" ? 1 : letter === ">" ? -1 : 0;
    if (letter === "," && depth === 0) fields.push("");
    else fields.push(fields.pop() + letter);
  }
  return fields;
}
