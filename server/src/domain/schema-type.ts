import { isPlainObject, typesOf } from "./action-parameter.ts";
import { commented, indented, literal } from "./type-text.ts";

/** What is around a schema whose type is written. */
export interface TypeScope {
  /** The type that stands for what `reference` points to. `place` tells whether naming it there could make a type that means itself. */
  referred(reference: string, place: Place): string;
}

/** `direct`: the type is this type, or one of its alternatives. `inside`: it is that of a property or an item. */
export type Place = "direct" | "inside";

/**
 * The TypeScript type of what fits a JSON Schema. It lets more through where TypeScript cannot say it: what cannot be expressed at all is
 * `unknown`.
 */
export function typeOf(schema: unknown, scope: TypeScope, place: Place = "inside", depth = 0): string {
  if (schema === false) return "never";
  if (!isPlainObject(schema) || depth > depthMax) return "unknown";
  const part = (inner: unknown, where: Place) => typeOf(inner, scope, where, depth + 1);
  const listed = valuesType(schema);
  return intersection([
    ...(typeof schema.$ref === "string" ? [scope.referred(schema.$ref, place)] : []),
    listed ?? ownType(schema, part),
    ...listOf(schema.allOf).map((member) => part(member, place)),
    ...["anyOf", "oneOf"].flatMap((name) => {
      const members = listOf(schema[name]);
      return members.length > 0 ? [union(members.map((member) => part(member, place)))] : [];
    }),
  ]);
}

const depthMax = 60;

type Schema = Readonly<Record<string, unknown>>;
type Part = (schema: unknown, place: Place) => string;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Types, any of which a value may have; the same one is written once. */
export function union(types: readonly string[]): string {
  const all = new Set(types);
  if (all.has("unknown") || all.size === 0) return "unknown";
  if (all.size > 1) all.delete("never");
  return all.size === 1 ? [...all].join() : [...all].map(wrapped).join(" | ");
}

function intersection(types: readonly string[]): string {
  const all = new Set(types);
  all.delete("unknown");
  if (all.size === 0) return "unknown";
  return all.size === 1 ? [...all].join() : [...all].map(wrapped).join(" & ");
}

/** A type as part of another one. Objects and names need no parentheses; all else has them. */
const wrapped = (type: string) => (/^[\w$]+$/.test(type) ? type : `(${type})`);

function valuesType(schema: Schema): string | undefined {
  if ("const" in schema) return literalType(schema.const);
  const values = listOf(schema.enum);
  // A list that is longer is no help to anybody, and slow for compilers.
  if (values.length === 0 || values.length > valuesMax) return undefined;
  return union(values.map(literalType));
}

const valuesMax = 1_000;

function literalType(value: unknown): string {
  if (typeof value === "string") return literal(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "number";
  return typeof value === "boolean" || value === null ? String(value) : "unknown";
}

/** What the type and the keywords for its values say. */
function ownType(schema: Schema, part: Part): string {
  const named = typesOf(schema).map(String);
  if (named.length > 0) return union(named.map((type) => typeNamed(type, schema, part)));
  if (["properties", "required", "additionalProperties"].some((name) => name in schema)) return objectType(schema, part);
  return ["items", "prefixItems"].some((name) => name in schema) ? arrayType(schema, part) : "unknown";
}

function typeNamed(type: string, schema: Schema, part: Part): string {
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return arrayType(schema, part);
    case "object":
      return objectType(schema, part);
    default:
      return "unknown";
  }
}

function arrayType(schema: Schema, part: Part): string {
  const { prefixItems, items, additionalItems, minItems } = schema;
  const [first, rest] = Array.isArray(items) ? [items, additionalItems] : [listOf(prefixItems), items];
  if (first.length === 0) return `${wrapped(part(rest ?? true, "inside"))}[]`;
  const certain = typeof minItems === "number" ? minItems : 0;
  const members = first.slice(0, tupleMax).map((item, at) => wrapped(part(item, "inside")) + (at < certain ? "" : "?"));
  if (rest === false && first.length <= tupleMax) return `[${members.join(", ")}]`;
  const more = first.length > tupleMax ? "unknown" : wrapped(part(rest ?? true, "inside"));
  return `[${[...members, `...${more}[]`].join(", ")}]`;
}

const tupleMax = 100;

function objectType(schema: Schema, part: Part): string {
  const members = objectMembers(schema, part);
  if (members.length > 0) return `{\n${indented(members.join("\n"))}\n}`;
  const { additionalProperties } = schema;
  if (additionalProperties === false && !("patternProperties" in schema)) return "{ [key: string]: never }";
  const isMap = isPlainObject(additionalProperties) && !("patternProperties" in schema);
  return `{ [key: string]: ${isMap ? part(additionalProperties, "inside") : "unknown"} }`;
}

/** The properties of an object, a line or more for each; [] when none is named. */
export function objectMembers(schema: Schema, part: Part): string[] {
  const properties = isPlainObject(schema.properties) ? Object.entries(schema.properties) : [];
  const required = new Set(listOf(schema.required).filter((name) => typeof name === "string"));
  const members = properties.map(([name, property]) => {
    const about = isPlainObject(property) ? commentOf(property) : "";
    return `${about}${literal(name)}${required.has(name) ? "" : "?"}: ${part(property, "inside")};`;
  });
  const known = new Set(properties.map(([name]) => name));
  for (const name of required) if (!known.has(name)) members.push(`${literal(name)}: unknown;`);
  const { additionalProperties } = schema;
  const isOpen = additionalProperties === true || isPlainObject(additionalProperties) || "patternProperties" in schema;
  if (members.length > 0 && isOpen) members.push("[key: string]: unknown;");
  return members;
}

/** A comment with what a schema says about itself. */
export function commentOf({ title, description, deprecated }: Schema): string {
  const texts = [title, description].filter((text) => typeof text === "string" && text !== "") as string[];
  return commented([...new Set(texts), ...(deprecated === true ? ["@deprecated"] : [])]);
}
