/** How a schema is written: 2020-12, or draft-07 when its `$schema` says so. */
export type Dialect = "2020-12" | "draft-07";

/** A schema, or anything that stands where one should. */
export type Schema = boolean | { readonly [keyword: string]: unknown };

/** The dialect that a schema's `$schema` names; undefined when it names another. */
export function dialectOf(schema: unknown): Dialect | undefined {
  const named = isObject(schema) ? schema.$schema : undefined;
  if (named === undefined) return "2020-12";
  return typeof named === "string" ? dialects.get(named.replace(/#$/, "")) : undefined;
}

const dialects: ReadonlyMap<string, Dialect> = new Map([
  ["https://json-schema.org/draft/2020-12/schema", "2020-12"],
  ["http://json-schema.org/draft-07/schema", "draft-07"],
  ["https://json-schema.org/draft-07/schema", "draft-07"],
]);

/** A schema in another one: below which names, and which. */
export interface Subschema {
  readonly path: readonly string[];
  readonly schema: Schema;
  /** Whether it is held against the same value as the one it is in, and not against something inside of that value. */
  readonly isInPlace: boolean;
}

/** The schemas directly in a schema. Keywords that the dialect does not know hold none. */
export function subschemasOf(schema: Schema, dialect: Dialect): Subschema[] {
  if (typeof schema === "boolean") return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const shape = shapeOf(keyword, value, dialect);
    if (shape === undefined) return [];
    const isInPlace = inPlace.has(keyword);
    const found: readonly (readonly [readonly string[], unknown])[] =
      shape === "one"
        ? [[[keyword], value]]
        : Object.entries(isObject(value) || Array.isArray(value) ? value : {}).map(([name, inner]) => [[keyword, name], inner] as const);
    return found.filter((one): one is [string[], Schema] => isSchema(one[1])).map(([path, inner]) => ({ path, schema: inner, isInPlace }));
  });
}

function shapeOf(keyword: string, value: unknown, dialect: Dialect): "one" | "many" | undefined {
  if (keyword === "items" && dialect === "draft-07") return Array.isArray(value) ? "many" : "one";
  return (dialect === "draft-07" ? draft07 : draft2020).get(keyword);
}

const both = new Map<string, "one" | "many">([
  ...["not", "if", "then", "else", "additionalProperties", "propertyNames", "contains"].map((keyword) => [keyword, "one"] as const),
  ...["allOf", "anyOf", "oneOf", "properties", "patternProperties", "dependencies", "definitions", "$defs"].map(
    (keyword) => [keyword, "many"] as const,
  ),
]);
const draft07 = new Map([...both, ["additionalItems", "one"] as const]);
const draft2020 = new Map([
  ...both,
  ...["items", "unevaluatedItems", "unevaluatedProperties", "contentSchema"].map((keyword) => [keyword, "one"] as const),
  ...["prefixItems", "dependentSchemas"].map((keyword) => [keyword, "many"] as const),
]);
const inPlace = new Set(["not", "if", "then", "else", "allOf", "anyOf", "oneOf", "dependencies", "dependentSchemas"]);

export const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isSchema = (value: unknown): value is Schema => typeof value === "boolean" || isObject(value);
