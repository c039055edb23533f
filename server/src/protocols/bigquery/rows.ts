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
  const columns = fields.map((field, at) => ({
    key: `${at === 0 ? "" : ","}${JSON.stringify(field.name)}:`,
    write: columnWriter(field),
  }));
  return (row) => {
    const cells = (row as { f?: unknown } | null)?.f;
    if (!Array.isArray(cells) || cells.length !== columns.length) throw nonsense();
    let text = "{";
    // By index, because every cell of every row comes through here.
    for (let at = 0; at < columns.length; at += 1) {
      const { key, write } = columns[at] as (typeof columns)[number];
      text += key + write(contentOf(cells[at]));
    }
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
  const value = Number(text);
  if (Number.isFinite(value) && text.trim() !== "") return Object.is(value, -0) ? "-0" : String(value);
  if (/^nan$/i.test(text)) return '"NaN"';
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith("-") ? '"-Infinity"' : '"Infinity"';
  throw nonsense();
}

/** Microseconds since 1970 as RFC 3339 with all six digits. They may be more than a number holds, so they are taken apart as text. */
function timestampOf(text: string): string {
  const [, sign = "", whole = "", part = ""] = /^(-?)([0-9]{0,12}?)([0-9]{1,6})$/.exec(text) ?? [];
  if (part === "") throw nonsense();
  const [seconds, micros] = [Number(whole), Number(part)];
  const isBefore = sign === "-" && micros > 0;
  const atSeconds = sign === "-" ? -seconds - (isBefore ? 1 : 0) : seconds;
  if (atSeconds < firstSecond || atSeconds > lastSecond) throw nonsense();
  const date = new Date(atSeconds * 1000).toISOString().slice(0, -5);
  return `${date}.${String(isBefore ? 1_000_000 - micros : micros).padStart(6, "0")}Z`;
}

/** From the year 1 to the year 9999, as BigQuery has it. */
const [firstSecond, lastSecond] = [-62_135_596_800, 253_402_300_799];

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
