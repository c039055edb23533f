import type { Field } from "./schema.ts";

/** The JSON Schema (2020-12) of the rows that are answered for this schema: each exactly as `rowWriter` writes it. */
export function rowDefinition(schema: readonly Field[]): object {
  return { $schema: "https://json-schema.org/draft/2020-12/schema", ...structOf(schema) };
}

function structOf(fields: readonly Field[]): object {
  return {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field.name, propertyOf(field)])),
    required: fields.map(({ name }) => name),
    additionalProperties: false,
  };
}

function propertyOf({ type, mode, description, fields }: Field): object {
  const about = description === undefined ? {} : { description };
  const one = type === "STRUCT" ? structOf(fields ?? []) : (scalars[type] ?? { type: "string" });
  if (mode === "REPEATED") return { ...about, type: "array", items: one };
  return { ...about, ...(mode === "REQUIRED" ? one : nullable(one)) };
}

/** `type: JSON` takes anything, null too. */
function nullable(schema: { readonly type?: unknown }): object {
  const { type } = schema;
  if (type === undefined) return schema;
  return { ...schema, type: Array.isArray(type) ? [...type, "null"] : [type, "null"] };
}

const digits = { type: "string", pattern: "^-?[0-9]+$" };
const decimal = { type: "string", pattern: "^-?[0-9]+(\\.[0-9]+)?$" };
const scalars: Readonly<Record<string, object | undefined>> = {
  BOOL: { type: "boolean" },
  INT64: { ...digits, description: "A whole number of 64 bits, as text." },
  FLOAT64: { type: ["number", "string"], description: 'A number, or "NaN", "Infinity" or "-Infinity".' },
  NUMERIC: { ...decimal, description: "A decimal number, as text." },
  BIGNUMERIC: { ...decimal, description: "A decimal number, as text." },
  BYTES: { type: "string", contentEncoding: "base64" },
  DATE: { type: "string", format: "date" },
  DATETIME: { type: "string", description: "A date and time without a zone." },
  TIME: { type: "string", description: "A time of day without a zone." },
  TIMESTAMP: { type: "string", format: "date-time", description: "With microseconds, in UTC." },
  JSON: { description: "Any JSON." },
};
