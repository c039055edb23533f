import { Problem } from "../../kernel/errors.ts";
import type { Field } from "./schema.ts";

/**
 * Writes rows of BigQuery's REST API (`{ f: [{ v }] }`) as the text of a JSON object each, in one line. INT64, NUMERIC and BIGNUMERIC stay texts, because JSON
 * readers would round them; a value of type JSON keeps its digits. It throws `Problem` upstream_unreachable on a row that is not as its schema says.
 */
export function rowWriter(schema: readonly Field[]): (row: unknown) => string {
  return structWriter(schema);
}

type Writer = (value: unknown) => string;

function structWriter(fields: readonly Field[]): Writer {
  const columns = fields.map((field) => ({ key: `${JSON.stringify(field.name)}:`, write: columnWriter(field) }));
  return (row) => {
    const cells = (row as { f?: unknown } | null)?.f;
    if (!Array.isArray(cells) || cells.length !== columns.length) throw nonsense();
    let text = "{";
    for (const [at, { key, write }] of columns.entries()) text += (at === 0 ? "" : ",") + key + write(contentOf(cells[at]));
    return `${text}}`;
  };
}

function columnWriter(field: Field): Writer {
  const one = field.type === "STRUCT" ? structWriter(field.fields ?? []) : scalarWriter(field.type);
  if (field.mode !== "REPEATED") return (value) => (value === null || value === undefined ? "null" : one(value));
  return (value) => {
    // A list that is null is empty in BigQuery.
    if (value === null || value === undefined) return "[]";
    if (!Array.isArray(value)) throw nonsense();
    return `[${value.map((item) => one(contentOf(item))).join(",")}]`;
  };
}

const contentOf = (cell: unknown) => (cell as { v?: unknown } | null)?.v;

function scalarWriter(type: string): Writer {
  const write = writers[type] ?? JSON.stringify;
  return (value) => {
    if (typeof value !== "string") throw nonsense();
    return write(value);
  };
}

/** Of those that are not texts in JSON as they are in BigQuery's answer. */
const writers: Readonly<Record<string, ((text: string) => string) | undefined>> = {
  BOOL: (text) => (text === "true" ? "true" : "false"),
  FLOAT64: floatOf,
  TIMESTAMP: (text) => `"${timestampOf(text)}"`,
  JSON: jsonOf,
};

/** JSON has no NaN and no infinities, so they are texts. */
function floatOf(text: string): string {
  if (/^(?:NaN|[+-]?inf(?:inity)?)$/i.test(text))
    return text.startsWith("-") ? '"-Infinity"' : /^nan$/i.test(text) ? '"NaN"' : '"Infinity"';
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw nonsense();
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Microseconds since 1970 as RFC 3339 with all six digits. */
function timestampOf(text: string): string {
  if (!/^-?[0-9]{1,18}$/.test(text)) throw nonsense();
  const micros = BigInt(text);
  const rest = ((micros % million) + million) % million;
  if (micros < firstMicros || micros > lastMicros) throw nonsense();
  const date = new Date(Number((micros - rest) / 1000n));
  return `${date.toISOString().slice(0, -5)}.${String(rest).padStart(6, "0")}Z`;
}

const million = 1_000_000n;
/** From the year 1 to the year 9999, as BigQuery has it. */
const [firstMicros, lastMicros] = [-62_135_596_800_000_000n, 253_402_300_799_999_999n];

/** The value's own text, because a JavaScript number may hold less than it says. Line breaks between its parts would end a line of NDJSON. */
function jsonOf(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    throw nonsense();
  }
  return text.replaceAll(/[\r\n]/g, " ");
}

const nonsense = () => new Problem("upstream_unreachable", { message: "The answer has a row that is not as its schema says." });
