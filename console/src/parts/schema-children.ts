import { isObject, type Schema } from "./schema-reference.ts";
import { alternativesOf } from "./schema-words.ts";

/** A part of a schema that has a schema of its own. */
export interface SchemaChild {
  readonly key: string;
  readonly name: string;
  /** Whether the name is one of the data, as a property's is, and no words about it. */
  readonly isProperty: boolean;
  readonly isRequired: boolean;
  readonly schema: unknown;
}

/** The parts of a schema in the order they are read: properties, items, alternatives, the rest. Empty when it has none. */
export function childrenOf(schema: unknown): SchemaChild[] {
  if (!isObject(schema)) return [];
  const alternatives = (alternativesOf(schema) ?? []).filter((one) => !isNull(one));
  return [
    ...properties(schema),
    ...members(schema.patternProperties, (name) => `matching ${name}`),
    ...single(schema.additionalProperties, "any other name"),
    ...(Array.isArray(schema.allOf) ? schema.allOf : []).flatMap(alsoOf),
    ...(Array.isArray(schema.prefixItems) ? schema.prefixItems : []).map((item, index) => part(`item ${index + 1}`, item)),
    ...single(schema.items, schema.prefixItems ? "each further item" : "each item"),
    ...(alternatives.length === 1
      ? alternatives.map((one) => part("as", one))
      : alternatives.map((one, index) => part(`either ${index + 1}`, one))),
    ...rest.flatMap(([keyword, words]) => single(schema[keyword], words)),
    ...members(schema.dependentSchemas, (name) => `when ${name} is there`),
  ];
}

const rest = [
  ["contains", "one item"],
  ["propertyNames", "each name"],
  ["not", "never"],
  ["if", "if it is"],
  ["then", "then"],
  ["else", "else"],
] as const;

function properties({ properties: given, required }: Schema): SchemaChild[] {
  const names = Array.isArray(required) ? required : [];
  const found = isObject(given) ? Object.entries(given) : [];
  return found.map(([name, schema]) => ({ key: `p:${name}`, name, isProperty: true, isRequired: names.includes(name), schema }));
}

// What has no name of its own and only adds properties reads best as if they stood here.
function alsoOf(schema: unknown, index: number): SchemaChild[] {
  const isInline = isObject(schema) && schema.$ref === undefined && !alternativesOf(schema);
  if (isInline) return childrenOf(schema).map((child) => ({ ...child, key: `${index}:${child.key}` }));
  return [{ ...part("all of", schema), key: `all:${index}` }];
}

function members(given: unknown, words: (name: string) => string): SchemaChild[] {
  return isObject(given) ? Object.entries(given).map(([name, schema]) => part(words(name), schema)) : [];
}

/** Only what says something: `true`, `{}` and a plain type are said by the label already. */
function single(schema: unknown, name: string): SchemaChild[] {
  return isObject(schema) && Object.keys(schema).some((key) => key !== "type") ? [part(name, schema)] : [];
}

const part = (name: string, schema: unknown): SchemaChild => ({ key: name, name, isProperty: false, isRequired: false, schema });
const isNull = (schema: unknown) => isObject(schema) && schema.type === "null";
