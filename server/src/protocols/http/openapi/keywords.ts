/** What the value of a keyword of JSON Schema is, so far as reading it has to know. */
export type Shape =
  | "schema"
  | "schemas"
  | "named schemas"
  | "schemas by pattern"
  | "text"
  | "pattern"
  | "flag"
  | "number"
  | "limit"
  | "factor"
  | "count"
  | "texts"
  | "named texts"
  | "value"
  | "values"
  | "choices"
  | "type";

/**
 * The keywords of JSON Schema 2020-12 that are carried over as they are. Not among them are `$id`, which would move the references
 * below it, `$schema`, and what only OpenAPI has; those are looked at by name.
 */
export const keywords: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ["type", "type"],
  ["enum", "choices"],
  ["const", "value"],
  ["properties", "named schemas"],
  ["patternProperties", "schemas by pattern"],
  ["additionalProperties", "schema"],
  ["propertyNames", "schema"],
  ["unevaluatedProperties", "schema"],
  ["unevaluatedItems", "schema"],
  ["items", "schema"],
  ["prefixItems", "schemas"],
  ["contains", "schema"],
  ["allOf", "schemas"],
  ["anyOf", "schemas"],
  ["oneOf", "schemas"],
  ["not", "schema"],
  ["if", "schema"],
  ["then", "schema"],
  ["else", "schema"],
  ["dependentSchemas", "named schemas"],
  ["dependentRequired", "named texts"],
  ["$defs", "named schemas"],
  ["definitions", "named schemas"],
  ["required", "texts"],
  ["multipleOf", "factor"],
  ["maximum", "number"],
  ["minimum", "number"],
  ["exclusiveMaximum", "limit"],
  ["exclusiveMinimum", "limit"],
  ["maxLength", "count"],
  ["minLength", "count"],
  ["pattern", "pattern"],
  ["maxItems", "count"],
  ["minItems", "count"],
  ["uniqueItems", "flag"],
  ["maxContains", "count"],
  ["minContains", "count"],
  ["maxProperties", "count"],
  ["minProperties", "count"],
  ["format", "text"],
  ["contentMediaType", "text"],
  ["contentEncoding", "text"],
  ["contentSchema", "schema"],
  ["title", "text"],
  ["description", "text"],
  ["default", "value"],
  ["examples", "values"],
  ["deprecated", "flag"],
  ["readOnly", "flag"],
  ["writeOnly", "flag"],
  ["$comment", "text"],
  ["$anchor", "text"],
]);

/** The schemas directly in a schema that hold for the very same value, not for a part of it. */
export const inPlace: readonly string[] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"];

/** What `type` may be. */
export const typeNames: ReadonlySet<unknown> = new Set(["null", "boolean", "object", "array", "number", "integer", "string"]);
