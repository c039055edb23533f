import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalType,
  DuckDBDecimalValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";

/** A column as the REST API describes it, under the names of legacy SQL. */
export interface RestField {
  readonly name: string;
  readonly type: string;
  readonly mode: "NULLABLE" | "REPEATED";
  readonly fields?: readonly RestField[];
}

/** `v` of a cell: a text, a record, a list of `{ v }`, or nothing. */
export type Value = null | string | { readonly f: readonly Cell[] } | readonly Cell[];
export interface Cell {
  readonly v: Value;
}

export function fieldOf(name: string, type: DuckDBType): RestField {
  if (type instanceof DuckDBListType) return { ...fieldOf(name, type.valueType), mode: "REPEATED" };
  if (type instanceof DuckDBStructType) {
    const fields = type.entryNames.map((entry, at) => fieldOf(entry, type.entryTypes[at] as DuckDBType));
    return { name, type: "RECORD", mode: "NULLABLE", fields };
  }
  if (type instanceof DuckDBDecimalType) return { name, type: type.scale === 10 ? "BIGNUMERIC" : "NUMERIC", mode: "NULLABLE" };
  return { name, type: type.alias === "JSON" ? "JSON" : (restTypes[type.typeId] ?? "STRING"), mode: "NULLABLE" };
}

const restTypes: Readonly<Record<number, string | undefined>> = {
  [DuckDBTypeId.BOOLEAN]: "BOOLEAN",
  [DuckDBTypeId.INTEGER]: "INTEGER",
  [DuckDBTypeId.BIGINT]: "INTEGER",
  [DuckDBTypeId.HUGEINT]: "INTEGER",
  [DuckDBTypeId.DOUBLE]: "FLOAT",
  [DuckDBTypeId.BLOB]: "BYTES",
  [DuckDBTypeId.DATE]: "DATE",
  [DuckDBTypeId.TIME]: "TIME",
  [DuckDBTypeId.TIMESTAMP]: "DATETIME",
  [DuckDBTypeId.TIMESTAMP_TZ]: "TIMESTAMP",
  [DuckDBTypeId.INTERVAL]: "INTERVAL",
};

/** A value the way the REST API writes it with useInt64Timestamp. */
export function cellOf(value: DuckDBValue, field: RestField): Value {
  if (value instanceof DuckDBListValue) return value.items.map((item) => ({ v: cellOf(item, { ...field, mode: "NULLABLE" }) }));
  // BigQuery has no list that is null.
  if (value === null) return field.mode === "REPEATED" ? [] : null;
  if (value instanceof DuckDBStructValue) {
    const { entries } = value;
    return { f: (field.fields ?? []).map((one) => ({ v: cellOf(entries[one.name] ?? null, one) })) };
  }
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  if (value instanceof DuckDBTimestampTZValue) return String(value.micros);
  if (value instanceof DuckDBTimestampValue) return isoOf(value.micros);
  if (value instanceof DuckDBDateValue) return isoOf(BigInt(value.days) * 86_400_000_000n).slice(0, 10);
  if (value instanceof DuckDBTimeValue) return isoOf(value.micros).slice(11);
  if (value instanceof DuckDBDecimalValue) return trimmed(value.toString());
  return String(value);
}

/** A date and time as BigQuery prints it: microseconds only where there are any. */
function isoOf(micros: bigint): string {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((micros - rest) / 1000n)).toISOString().slice(0, 19);
  return rest === 0n ? date : `${date}.${String(rest).padStart(6, "0")}`;
}

/** BigQuery prints no zeros at the end of a decimal number. */
const trimmed = (text: string) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
