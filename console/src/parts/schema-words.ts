import { isObject, referenceOf, type Schema, type SchemaReference } from "./schema-reference.ts";

/** What a schema is in words: texts, and the names of others that it refers to. As in `array of `, then a reference. */
export type SchemaLabel = readonly (string | SchemaReference)[];

/** What a schema accepts, as short as it can be said. `url` is the address of the document that it stands in. */
export function labelOf(schema: unknown, url: string | undefined): SchemaLabel {
  if (schema === false) return ["nothing"];
  if (!isObject(schema)) return ["anything"];
  if (typeof schema.$ref === "string") return [referenceOf(schema.$ref, url)];
  const alternatives = alternativesOf(schema);
  if (alternatives && isShort(alternatives)) return joined(alternatives.map((one) => labelOf(one, url)));
  if (alternatives) return [`one of ${alternatives.length}`];
  const types = typesOf(schema);
  if (types.length > 0) return joined(types.map((type) => (type === "array" ? arrayLabel(schema, url) : [type])));
  const [only, ...more] = Array.isArray(schema.allOf) ? schema.allOf : [];
  if (only !== undefined) return more.length === 0 ? labelOf(only, url) : [`all of ${more.length + 1}`];
  return ["anything"];
}

function arrayLabel(schema: Schema, url: string | undefined): SchemaLabel {
  return isObject(schema.items) ? ["array of ", ...labelOf(schema.items, url)] : ["array"];
}

/** `oneOf` or `anyOf`, which a reader can take for the same; undefined where there is neither. */
export function alternativesOf(schema: Schema): readonly unknown[] | undefined {
  const found = schema.oneOf ?? schema.anyOf;
  return Array.isArray(found) && found.length > 0 ? found : undefined;
}

// `User or null` says it all; five objects without a name do not.
const isShort = (alternatives: readonly unknown[]) => alternatives.length <= 3 && alternatives.every((one) => isNamed(one) || isPlain(one));
const isNamed = (schema: unknown) => isObject(schema) && typeof schema.$ref === "string";
const isPlain = (schema: unknown) => isObject(schema) && Object.keys(schema).every((key) => key === "type" || key === "format");

function typesOf(schema: Schema): string[] {
  if (typeof schema.type === "string") return [schema.type];
  if (Array.isArray(schema.type)) return schema.type.map(String);
  if (isObject(schema.properties)) return ["object"];
  if (schema.items !== undefined || schema.prefixItems !== undefined) return ["array"];
  const values = valuesOf(schema);
  return [...new Set(values.map((value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value)))];
}

function joined(labels: readonly SchemaLabel[]): SchemaLabel {
  return labels.flatMap((label, index) => (index === 0 ? label : [" or ", ...label]));
}

/** The values that are allowed; empty when it does not list them. */
export function valuesOf(schema: Schema): readonly unknown[] {
  if (Array.isArray(schema.enum)) return schema.enum;
  return "const" in schema ? [schema.const] : [];
}

/** What else a value has to be, each a few words: `at least 1`, `format date-time`. Empty when nothing. */
export function factsOf(schema: Schema): string[] {
  const facts = Object.entries(sayings).flatMap(([key, say]) => (schema[key] === undefined ? [] : [say(schema[key])]));
  if (schema.additionalProperties === false || schema.unevaluatedProperties === false) facts.push("no other properties");
  return facts.filter((fact) => fact !== "");
}

const one = (words: string) => (value: unknown) => `${words} ${String(value)}`;
const flag = (words: string) => (value: unknown) => (value === true ? words : "");
const many = (words: string, thing: string) => (value: unknown) => `${words} ${String(value)} ${thing}${value === 1 ? "" : "s"}`;

const sayings: Readonly<Record<string, (value: unknown) => string>> = {
  format: one("format"),
  minimum: one("at least"),
  exclusiveMinimum: one("more than"),
  maximum: one("at most"),
  exclusiveMaximum: one("less than"),
  multipleOf: one("a multiple of"),
  minLength: many("at least", "character"),
  maxLength: many("at most", "character"),
  pattern: one("matches"),
  minItems: many("at least", "item"),
  maxItems: many("at most", "item"),
  uniqueItems: flag("each item once"),
  minProperties: (value) => `at least ${String(value)} ${value === 1 ? "property" : "properties"}`,
  maxProperties: (value) => `at most ${String(value)} ${value === 1 ? "property" : "properties"}`,
  contentEncoding: one("encoded as"),
  contentMediaType: one("holds"),
  default: (value) => `default ${JSON.stringify(value)}`,
  readOnly: flag("read only"),
  writeOnly: flag("write only"),
  deprecated: flag("deprecated"),
};
