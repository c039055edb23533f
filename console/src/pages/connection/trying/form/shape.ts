import { childOf, type Documents, nameOfReference, type Place, partsOf } from "./references.ts";

/** What a schema asks for at one place, as far as a form can show it; `awaited` while the document at `url` is not read yet. */
export type Shape = { readonly kind: "awaited"; readonly url: string } | KnownShape;

/** A shape that is known. */
export type KnownShape = About & Asked;

interface About {
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly otherwise: unknown;
  readonly example: unknown;
  readonly isNullable: boolean;
  readonly isReadOnly: boolean;
}

type Asked =
  | {
      readonly kind: "text";
      readonly format: string | undefined;
      readonly lengthMax: number | undefined;
      readonly pattern: string | undefined;
      readonly isFile: boolean;
    }
  | { readonly kind: "number"; readonly isWhole: boolean; readonly minimum: number | undefined; readonly maximum: number | undefined }
  | { readonly kind: "boolean" }
  | { readonly kind: "choice"; readonly values: readonly unknown[] }
  | { readonly kind: "list"; readonly itemAt: (at: number) => Place; readonly itemsMin: number; readonly itemsMax: number | undefined }
  | { readonly kind: "group"; readonly members: readonly ShapeMember[]; readonly others: Place | undefined }
  | { readonly kind: "alternatives"; readonly options: readonly Option[] }
  | { readonly kind: "any" };

export interface ShapeMember {
  readonly name: string;
  readonly place: Place;
  readonly isRequired: boolean;
}

/** One of several shapes that a value may have. */
export interface Option {
  readonly label: string;
  readonly place: Place;
}

/** What is asked for at a place. Looks only as far as this place, so a schema that holds itself is no matter. */
export function shapeOf(place: Place, documents: Documents, depth = 0): Shape {
  const parts = partsOf(place, documents);
  if ("awaited" in parts) return { kind: "awaited", url: parts.awaited };
  const found = parts.found.filter((part): part is Place & { schema: Keywords } => isObject(part.schema));
  const first = <Value>(read: (keywords: Keywords) => Value | undefined) => {
    for (const { schema } of found) {
      const value = read(schema);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const types = typesOf(first((keywords) => keywords.type));
  const listed = first(({ enum: values, const: only }) => (Array.isArray(values) ? values : only === undefined ? undefined : [only]));
  const options = optionsOf(found, types);
  const about: About = {
    title: first(({ title }) => asText(title)),
    description: first(({ description }) => asText(description)),
    otherwise: first((keywords) => keywords.default),
    example: first(({ example, examples }) => example ?? (Array.isArray(examples) ? (examples[0] as unknown) : undefined)),
    isNullable: types.includes("null") || first(({ nullable }) => nullable) === true || options.hasNull || listed?.includes(null) === true,
    isReadOnly: first(({ readOnly }) => readOnly) === true,
  };
  if (listed) return { ...about, kind: "choice", values: listed.filter((value) => value !== null) };
  if (options.kept.length > 1) return { ...about, kind: "alternatives", options: options.kept };
  const only = options.kept[0];
  // One that is its own only alternative says nothing.
  if (only && depth < onlyMax) {
    const inner = shapeOf(only.place, documents, depth + 1);
    return inner.kind === "awaited" ? inner : { ...inner, ...described(about, inner), isNullable: true };
  }
  return { ...about, ...askedOf(found, first, types.find((type) => type !== "null") ?? impliedType(first)) };
}

const onlyMax = 20;

/** A JSON Schema's keywords; nothing is known of their values. */
type Keywords = Readonly<Record<string, unknown>>;
type First = <Value>(read: (keywords: Keywords) => Value | undefined) => Value | undefined;
type Found = readonly (Place & { readonly schema: Keywords })[];

function askedOf(found: Found, first: First, type: unknown): Asked {
  switch (type) {
    case "string":
      return {
        kind: "text",
        format: first(({ format }) => asText(format)),
        lengthMax: first(({ maxLength }) => asNumber(maxLength)),
        pattern: first(({ pattern }) => asText(pattern)),
        isFile:
          first(
            ({ format, contentEncoding, contentMediaType }) =>
              format === "binary" || contentEncoding === "base64" || contentMediaType !== undefined || undefined,
          ) === true,
      };
    case "integer":
    case "number":
      return {
        kind: "number",
        isWhole: type === "integer",
        minimum: first(({ minimum, exclusiveMinimum }) => asNumber(minimum) ?? asNumber(exclusiveMinimum)),
        maximum: first(({ maximum, exclusiveMaximum }) => asNumber(maximum) ?? asNumber(exclusiveMaximum)),
      };
    case "boolean":
      return { kind: "boolean" };
    case "array":
      return {
        kind: "list",
        itemAt: itemsOf(found),
        itemsMin: first(({ minItems }) => asNumber(minItems)) ?? 0,
        itemsMax: first(({ maxItems }) => asNumber(maxItems)),
      };
    case "object":
      return groupOf(found);
    default:
      return { kind: "any" };
  }
}

function groupOf(found: Found): Extract<Asked, { kind: "group" }> {
  const required = new Set(found.flatMap(({ schema }) => (Array.isArray(schema.required) ? (schema.required as unknown[]) : [])));
  const members = new Map<string, Place>();
  for (const part of found) {
    if (!isObject(part.schema.properties)) continue;
    for (const name of Object.keys(part.schema.properties))
      if (!members.has(name)) members.set(name, childOf(part, part.schema.properties[name]));
  }
  const others = found.find(({ schema }) => schema.additionalProperties !== undefined);
  const isOpen = others ? others.schema.additionalProperties !== false : members.size === 0;
  return {
    kind: "group",
    members: [...members].map(([name, place]) => ({ name, place, isRequired: required.has(name) })),
    others: isOpen ? childOf(others ?? { schema: true, base: "" }, others?.schema.additionalProperties ?? true) : undefined,
  };
}

function itemsOf(found: Found): (at: number) => Place {
  const part = found.find(({ schema }) => schema.items !== undefined || schema.prefixItems !== undefined);
  const { items, prefixItems } = part?.schema ?? {};
  // Before 2020-12, `items` was a list where `prefixItems` is now.
  const firstOnes = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : [];
  const rest = Array.isArray(items) ? true : (items ?? true);
  return (at) => childOf(part ?? { schema: true, base: "" }, (firstOnes as unknown[])[at] ?? rest);
}

interface Options {
  readonly kept: readonly Option[];
  readonly hasNull: boolean;
}

function optionsOf(found: Found, types: readonly unknown[]): Options {
  const real = types.filter((type) => type !== "null");
  const part = found.find(({ schema }) => Array.isArray(schema.oneOf) || Array.isArray(schema.anyOf));
  if (!part) {
    const [first] = found;
    if (real.length < 2 || !first) return { kept: [], hasNull: false };
    return { kept: real.map((type) => ({ label: String(type), place: childOf(first, { ...first.schema, type }) })), hasNull: false };
  }
  const { oneOf, anyOf, ...rest } = part.schema;
  const all = ((oneOf ?? anyOf) as unknown[]).slice(0, optionsMax);
  const kept = all.filter((option) => !isNull(option));
  // Alternatives that only say which members are required are no other shapes.
  if (kept.every((option) => isObject(option) && Object.keys(option).every((keyword) => keyword === "required" || keyword === "not")))
    return { kept: [], hasNull: false };
  const saysMore = Object.keys(rest).some((keyword) => !annotations.has(keyword));
  return {
    hasNull: kept.length < all.length,
    kept: kept.map((option, at) => ({
      label: labelOf(option) ?? `Alternative ${at + 1}`,
      place: childOf(part, saysMore ? { allOf: [option, rest] } : option),
    })),
  };
}

const optionsMax = 100;
const annotations = new Set([
  "title",
  "description",
  "default",
  "examples",
  "example",
  "discriminator",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$schema",
  "$id",
  "$defs",
  "nullable",
  "$comment",
]);

const isNull = (option: unknown) =>
  isObject(option) &&
  (option.type === "null" || option.const === null || (Array.isArray(option.enum) && option.enum.length === 1 && option.enum[0] === null));

function labelOf(option: unknown): string | undefined {
  if (!isObject(option)) return undefined;
  const { title, $ref: reference, const: only, type, format } = option;
  if (typeof title === "string") return title;
  if (typeof reference === "string") return nameOfReference(reference);
  if (only !== undefined) return JSON.stringify(only);
  if (typeof type !== "string") return undefined;
  const members = isObject(option.properties) ? Object.keys(option.properties).slice(0, 3).join(", ") : "";
  return [type, format, members && `with ${members}`].filter((word) => typeof word === "string" && word !== "").join(" ");
}

/** What stands around an only alternative says more of it than it does itself. */
const described = (outer: About, inner: About) => ({
  title: outer.title ?? inner.title,
  description: outer.description ?? inner.description,
  otherwise: outer.otherwise ?? inner.otherwise,
});

const typesOf = (type: unknown): readonly unknown[] => (type === undefined ? [] : Array.isArray(type) ? type : [type]);

/** A schema that does not say its type often says it by what it asks for. */
function impliedType(first: First): string | undefined {
  if (first(({ properties, additionalProperties, required }) => properties ?? additionalProperties ?? required) !== undefined)
    return "object";
  if (first(({ items, prefixItems }) => items ?? prefixItems) !== undefined) return "array";
  if (first(({ pattern, minLength, maxLength, format }) => pattern ?? minLength ?? maxLength ?? format) !== undefined) return "string";
  return first(({ minimum, maximum, multipleOf }) => minimum ?? maximum ?? multipleOf) === undefined ? undefined : "number";
}

const asText = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
const asNumber = (value: unknown) => (typeof value === "number" ? value : undefined);
const isObject = (value: unknown): value is Keywords => typeof value === "object" && value !== null && !Array.isArray(value);
