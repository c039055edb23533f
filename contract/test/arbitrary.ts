import fc from "fast-check";
import type { Schema } from "./validators.ts";

/** Values that a schema of ours allows, few and small. Throws for a schema it does not know how to fill. */
export function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.readOnly) return fc.constant("whatever it was");
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map(arbitraryOf));
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  if (schema.if && schema.then && schema.else) return fc.oneof(arbitraryOf(schema.then), arbitraryOf(schema.else));
  switch (schema.type) {
    case "object":
      return objectOf(schema);
    case "array":
      return fc
        .array(arbitraryOf(schema.items), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.min(schema.maxItems ?? 2, Math.max(2, schema.minItems ?? 0)),
        })
        .map((items) => (schema.uniqueItems ? [...new Set(items)] : items));
    case "string":
      return textOf(schema);
    case "integer":
      return fc.integer({ min: schema.minimum ?? -9, max: schema.maximum ?? 9999 });
    case "number":
      return fc.double({ min: schema.minimum ?? -9, max: schema.maximum ?? 9999, noNaN: true, noDefaultInfinity: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case undefined:
      return fc.constantFrom("a text", 7, true, null);
    default:
      throw new Error(`Do not know how to fill ${JSON.stringify(schema)}.`);
  }
}

function objectOf(schema: Schema): fc.Arbitrary<object> {
  if (typeof schema.additionalProperties === "object") return fc.constantFrom({}, { audience: "api", prompt: "" });
  const properties = Object.fromEntries(Object.entries<Schema>(schema.properties).map(([name, part]) => [name, arbitraryOf(part)]));
  const filled = fc.record(properties, { requiredKeys: schema.required ?? [], noNullPrototype: true });
  const token = schema.else?.properties.name.pattern ? new RegExp(schema.else.properties.name.pattern, "u") : undefined;
  return filled.filter(
    (value: Schema) =>
      Object.keys(value).length >= (schema.minProperties ?? 0) &&
      (schema.else?.required ?? []).every((name: string) => name in value || schema.if.required.every((one: string) => one in value)) &&
      (!token || value.in === "query" || token.test(value.name)),
  );
}

function textOf({ format, pattern, minLength = 0, maxLength = Infinity }: Schema): fc.Arbitrary<string> {
  if (format === "ulid") return fc.constantFrom("01ARZ3NDEKTSV4RRFFQ69G5FAV", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  if (format === "date-time") return fc.constant("2026-01-02T03:04:05.678Z");
  if (format === "uri") return fc.constantFrom("https://example.com/a?b=c", "http://localhost:9001/");
  const allowed = pattern ? new RegExp(pattern, "u") : /^/;
  const fitting = samples.filter((text) => text.length >= minLength && text.length <= maxLength && allowed.test(text));
  return fc.constantFrom(...(fitting as [string, ...string[]]));
}

const samples = [
  "",
  "orders",
  "X-Api-Key",
  "YWJj",
  "********",
  "two words",
  "名前 🚢",
  "person@example.com",
  "https://{{ env.tenant }}.example.com/api",
  "line\nbreak",
  "1000",
];
