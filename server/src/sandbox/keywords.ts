import { type Dialect, isObject, isSchema, type Schema } from "./dialects.ts";
import { isCheckedFormat } from "./formats.ts";

/** How the schemas inside of one, and the ones it refers to, are to be written. */
export interface Translation {
  translate(schema: Schema): Schema;
  refer(reference: string): Schema;
}

/**
 * The same schema with the keywords alone that say what fits, in 2020-12. All others are annotations (JSON Schema 2020-12, section 7.7),
 * `$id` and anchors are of no use where references are resolved, and a keyword that does nothing without another is left out with it.
 */
export function cleaned(schema: Exclude<Schema, boolean>, dialect: Dialect, { translate, refer }: Translation): Schema {
  // In draft-07, what stands beside a reference is ignored (section 8.3).
  if (dialect === "draft-07" && typeof schema.$ref === "string") return refer(schema.$ref);
  const clean = new Map<string, unknown>();
  for (const [keyword, value] of Object.entries(schema)) {
    const kind = kinds.get(keyword);
    if (kind === undefined || (dialect === "draft-07" && newer.has(keyword))) continue;
    if (kind === "value") clean.set(keyword, value);
    else if (kind === "schema" && isSchema(value)) clean.set(keyword, translate(value));
    else if (kind === "list" && Array.isArray(value)) clean.set(keyword, value.map(translate));
    else if (kind === "map" && isObject(value)) clean.set(keyword, mapped(value, translate));
  }
  if (dialect === "draft-07") useNewItems(schema, clean, translate);
  splitDependencies(schema, clean, translate);
  useRequired(clean);
  leaveOutIdle(clean);
  const references = [schema.$ref, dialect === "2020-12" ? schema.$dynamicRef : undefined].filter((one) => typeof one === "string");
  // Together with others under allOf, since a reference may turn out to be to `false`.
  if (references.length > 0) clean.set("allOf", [...((clean.get("allOf") as Schema[] | undefined) ?? []), ...references.map(refer)]);
  return Object.fromEntries(clean);
}

/** draft-07 has a list of schemas in `items`, and `additionalItems` for the rest. */
function useNewItems(schema: Exclude<Schema, boolean>, clean: Map<string, unknown>, translate: Translation["translate"]): void {
  if (!Array.isArray(schema.items)) return;
  if (schema.items.length > 0) clean.set("prefixItems", schema.items.map(translate));
  clean.delete("items");
  if (isSchema(schema.additionalItems)) clean.set("items", translate(schema.additionalItems));
}

/** `dependencies` is of draft-07, and 2020-12 still describes it. */
function splitDependencies(schema: Exclude<Schema, boolean>, clean: Map<string, unknown>, translate: Translation["translate"]): void {
  if (!isObject(schema.dependencies)) return;
  const entries = Object.entries(schema.dependencies);
  const required = entries.filter(([, value]) => Array.isArray(value));
  const schemas = entries.filter((entry): entry is [string, Schema] => isSchema(entry[1]));
  const add = (keyword: string, more: readonly (readonly [string, unknown])[]) => {
    const known = (clean.get(keyword) as object | undefined) ?? {};
    const fresh = more.filter(([name]) => !Object.hasOwn(known, name));
    if (fresh.length > 0) clean.set(keyword, Object.fromEntries([...Object.entries(known), ...fresh]));
  };
  add("dependentRequired", required);
  add(
    "dependentSchemas",
    schemas.map(([name, inner]) => [name, translate(inner)]),
  );
}

/** Ajv does not see that one property needs another whose name is the empty text, but does where it is simply required. */
function useRequired(clean: Map<string, unknown>): void {
  const needs = Object.entries((clean.get("dependentRequired") as Record<string, readonly string[]> | undefined) ?? {});
  const unseen = needs.filter(([, names]) => names.includes(""));
  if (unseen.length === 0) return;
  const schemas = unseen.map(([name, required]) => ({ dependentSchemas: Object.fromEntries([[name, { required }]]) }));
  clean.set("allOf", [...((clean.get("allOf") as Schema[] | undefined) ?? []), ...schemas]);
  clean.set("dependentRequired", Object.fromEntries(needs.filter(([, names]) => !names.includes(""))));
}

function leaveOutIdle(clean: Map<string, unknown>): void {
  if (!clean.has("if")) for (const keyword of ["then", "else"]) clean.delete(keyword);
  if (!clean.has("then") && !clean.has("else")) clean.delete("if");
  if (!clean.has("contains")) for (const keyword of ["minContains", "maxContains"]) clean.delete(keyword);
  if (!isCheckedFormat(clean.get("format"))) clean.delete("format");
  for (const keyword of ["allOf", "anyOf", "oneOf", "prefixItems"]) if (isEmpty(clean.get(keyword))) clean.delete(keyword);
  // Nothing is one of no values.
  if (isEmpty(clean.get("enum"))) {
    clean.delete("enum");
    clean.set("not", {});
  }
}

const mapped = (map: { readonly [name: string]: unknown }, translate: Translation["translate"]) =>
  Object.fromEntries(Object.entries(map).flatMap(([name, inner]) => (isSchema(inner) ? [[name, translate(inner)]] : [])));

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;

const kinds: ReadonlyMap<string, "value" | "schema" | "list" | "map"> = new Map([
  ...["type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"].map(value),
  ...["maxLength", "minLength", "pattern", "format", "maxItems", "minItems", "uniqueItems", "minContains", "maxContains"].map(value),
  ...["maxProperties", "minProperties", "required", "dependentRequired"].map(value),
  ...["not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames"].map((name) => [name, "schema"] as const),
  ...["unevaluatedItems", "unevaluatedProperties"].map((name) => [name, "schema"] as const),
  ...["allOf", "anyOf", "oneOf", "prefixItems"].map((name) => [name, "list"] as const),
  ...["properties", "patternProperties", "dependentSchemas"].map((name) => [name, "map"] as const),
]);

function value(name: string) {
  return [name, "value"] as const;
}

/** What draft-07 does not know. */
const newer = new Set([
  ...["minContains", "maxContains", "dependentRequired", "dependentSchemas", "prefixItems", "unevaluatedItems", "unevaluatedProperties"],
]);
