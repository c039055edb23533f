import { keywords, type Shape, typeNames } from "./keywords.ts";
import type { Kind } from "./kinds.ts";
import type { Notes } from "./notes.ts";
import { below, type Place } from "./place.ts";
import type { SpecificationVersion } from "./reading.ts";
import { emptyObject, type JsonObject, listOf, objectOf, ownOf, textOf } from "./values.ts";

/** What turning a schema of OpenAPI into one of JSON Schema 2020-12 needs to know. */
export interface SchemaReading {
  readonly version: SpecificationVersion;
  readonly notes: Notes;
  /** Why Mooring's engine for regular expressions cannot run a pattern; undefined when it can. */
  readonly patternFault: (pattern: string) => string | undefined;
  /** What stands for a `$ref`: keywords to take, none when it is left out. */
  readonly reference: (schema: JsonObject, place: Place) => JsonObject;
  /** Whether a property is read-only or write-only, also behind a reference. */
  readonly isOneWay: (property: unknown) => boolean;
}

/** A schema of JSON Schema 2020-12. */
export type Schema = boolean | Record<string, unknown>;

/**
 * The schema as JSON Schema 2020-12. A keyword that is malformed, unknown or OpenAPI's own is left out with a note, so that what comes
 * out is always a schema; what is no schema at all takes anything.
 */
export function convertSchema(schema: unknown, place: Place, reading: SchemaReading): Schema {
  if (typeof schema === "boolean") return schema;
  const given = objectOf(schema);
  const converted = emptyObject();
  if (given === undefined) {
    reading.notes.note("brokenSchema", place);
    return converted;
  }
  if (Object.hasOwn(given, "$ref")) {
    Object.assign(converted, reading.reference(given, place));
    if (reading.version === "3.0") {
      if (Object.keys(given).some((key) => key !== "$ref" && !annotations.has(key))) reading.notes.note("referenceSiblings", place);
      return converted;
    }
  }
  for (const key of Object.keys(given)) keyword(converted, given, key, place, reading);
  applyLimits(converted, given);
  applyOneWay(converted, given, place, reading);
  return given.nullable === true ? nullable(converted) : converted;
}

const annotations = new Set(["description", "summary", "title", "example"]);

function keyword(converted: Record<string, unknown>, given: JsonObject, key: string, place: Place, reading: SchemaReading): void {
  const value = given[key];
  const shape = keywords.get(key);
  if (key === "items" && Array.isArray(value)) {
    tuple(converted, given, value, place, reading);
  } else if (shape !== undefined) {
    const read = shapes[shape](value, below(place, key), reading);
    if (read !== undefined) converted[key] = read;
  } else if (key === "example") {
    // One example beside several is one of them.
    if (!Array.isArray(given.examples)) converted.examples = [value];
  } else if (key === "$schema") {
    if (!dialects.has(value)) reading.notes.note("schemaDialect", below(place, key));
  } else if (!handledElsewhere.has(key)) {
    reading.notes.note(openApiKeywords.get(key) ?? (key.startsWith("x-") ? "extensions" : "brokenSchema"), below(place, key));
  }
}

const handledElsewhere = new Set(["$ref", "$id", "nullable", "additionalItems"]);

const openApiKeywords: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["discriminator", "discriminator"],
  ["xml", "xml"],
  ["externalDocs", "documentation"],
]);

const dialects = new Set<unknown>([
  "https://json-schema.org/draft/2020-12/schema",
  "https://json-schema.org/draft/2020-12/schema#",
  "https://spec.openapis.org/oas/3.1/dialect/base",
]);

type Read = (value: unknown, place: Place, reading: SchemaReading) => unknown;

const shapes: Readonly<Record<Shape, Read>> = {
  schema: (value, place, reading) => convertSchema(value, place, reading),
  schemas: (value, place, reading) =>
    Array.isArray(value) && value.length > 0
      ? value.map((one, at) => convertSchema(one, below(place, at), reading))
      : broken(place, reading),
  "named schemas": named,
  "schemas by pattern": named,
  text: (value, place, reading) => textOf(value)?.toWellFormed() ?? broken(place, reading),
  pattern: (value, place, reading) => {
    if (typeof value !== "string") return broken(place, reading);
    return isPattern(value, place, reading) ? value : undefined;
  },
  flag: (value, place, reading) => (typeof value === "boolean" ? value : broken(place, reading)),
  number: (value, place, reading) => (isNumber(value) ? value : broken(place, reading)),
  limit: (value, place, reading) => (isNumber(value) ? value : typeof value === "boolean" ? undefined : broken(place, reading)),
  factor: (value, place, reading) => (isNumber(value) && value > 0 ? value : broken(place, reading)),
  count: (value, place, reading) => (Number.isSafeInteger(value) && (value as number) >= 0 ? value : broken(place, reading)),
  texts: (value, place, reading) => (isTexts(value) ? [...new Set(value)] : broken(place, reading)),
  "named texts": (value, place, reading) => (Object.values(objectOf(value) ?? { broken }).every(isTexts) ? value : broken(place, reading)),
  value: (value) => value,
  values: (value, place, reading) => listOf(value) ?? broken(place, reading),
  choices: (value, place, reading) => (Array.isArray(value) && value.length > 0 ? unique(value) : broken(place, reading)),
  type: typeOf,
};

function named(value: unknown, place: Place, reading: SchemaReading): unknown {
  const given = objectOf(value);
  if (given === undefined) return broken(place, reading);
  const converted = emptyObject();
  for (const key of Object.keys(given)) {
    if (place.key === "patternProperties" && !isPattern(key, below(place, key), reading)) continue;
    converted[key] = convertSchema(given[key], below(place, key), reading);
  }
  return converted;
}

function typeOf(value: unknown, place: Place, reading: SchemaReading): unknown {
  const types = (Array.isArray(value) ? value : [value]).filter((type) => typeNames.has(type));
  if (types.length === 0 || (Array.isArray(value) && types.length < value.length)) broken(place, reading);
  if (types.length === 0) return undefined;
  return types.length === 1 ? types[0] : [...new Set(types)];
}

function isPattern(pattern: string, place: Place, { notes, patternFault }: SchemaReading): boolean {
  if (patternFault(pattern) === undefined) return true;
  notes.note("pattern", place);
  return false;
}

function broken(place: Place, { notes }: SchemaReading): undefined {
  notes.note("brokenSchema", place);
  return undefined;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === "string");

function unique(values: readonly unknown[]): unknown[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const written = JSON.stringify(value);
    const isNew = !seen.has(written);
    seen.add(written);
    return isNew;
  });
}

/** A list of schemas in `items` is how earlier drafts write what is `prefixItems` now. */
function tuple(
  converted: Record<string, unknown>,
  given: JsonObject,
  items: readonly unknown[],
  place: Place,
  reading: SchemaReading,
): void {
  if (items.length > 0) converted.prefixItems = items.map((one, at) => convertSchema(one, below(place, "items", at), reading));
  if (Object.hasOwn(given, "additionalItems")) {
    converted.items = convertSchema(given.additionalItems, below(place, "additionalItems"), reading);
  }
}

/** In OpenAPI 3.0 `exclusiveMinimum` is whether `minimum` itself is out. */
function applyLimits(converted: Record<string, unknown>, given: JsonObject): void {
  for (const [limit, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    if (given[exclusive] !== true || converted[limit] === undefined) continue;
    converted[exclusive] = converted[limit];
    delete converted[limit];
  }
}

/** OpenAPI requires a read-only property in answers only, and a write-only one in requests only; a definition serves both. */
function applyOneWay(converted: Record<string, unknown>, given: JsonObject, place: Place, { notes, isOneWay }: SchemaReading): void {
  const required = converted.required as string[] | undefined;
  if (required === undefined) return;
  const bothWays = required.filter((name) => !isOneWay(ownOf(given.properties, name)));
  if (bothWays.length === required.length) return;
  notes.note("requiredOneWay", below(place, "required"));
  if (bothWays.length > 0) converted.required = bothWays;
  else delete converted.required;
}

/** The schema, and null. Where no keyword says what it is that may be null, all of it becomes one of two choices. */
function nullable(converted: Record<string, unknown>): Schema {
  const { type, enum: choices } = converted;
  if (type !== undefined) {
    converted.type = [...new Set([...(Array.isArray(type) ? type : [type]), "null"])];
    if (Array.isArray(choices) && !choices.includes(null)) converted.enum = [...choices, null];
    return converted;
  }
  const list = ["anyOf", "oneOf"].find((key) => Array.isArray(converted[key]));
  if (list !== undefined && converted.allOf === undefined && choices === undefined) {
    converted[list] = [...(converted[list] as unknown[]), { type: "null" }];
    return converted;
  }
  return isWrapped(converted) ? Object.assign(emptyObject(), { anyOf: [converted, { type: "null" }] }) : converted;
}

/** Whether `nullable` puts the schema into a list, so that what is in it has another place. Takes a schema before and after it is read. */
export const isWrapped = (schema: JsonObject): boolean =>
  schema.type === undefined &&
  (Array.isArray(schema.allOf) || schema.enum !== undefined || schema.$ref !== undefined || schema.not !== undefined);
