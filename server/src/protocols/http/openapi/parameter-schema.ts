import type { ActionHTTPParameter } from "@mooring/contract";
import { below, type Place } from "./place.ts";
import { localSteps, type Reading } from "./reading.ts";
import { convertSchema, type Schema, type SchemaReading } from "./schemas.ts";
import { emptyObject, type JsonObject, listOf, objectOf, valueAt } from "./values.ts";

/** What the schema of a parameter says. */
export interface ParameterSchema {
  /** What the parameter is; of a list what its items are. An object is no type a parameter can have. */
  readonly type: ActionHTTPParameter["type"];
  readonly is: "plain" | "list" | "object";
  /** The schema, with what it refers to written out; `{}` where that is not possible. */
  readonly schema: JsonObject;
}

/** Reads the schema of a parameter. Its references are written out, because a parameter can have none; where they have no end, with a note. */
export function readParameterSchema(schema: unknown, place: Place, reading: Reading & PatternFault): ParameterSchema {
  const written = schema === undefined ? emptyObject() : writeOut(schema, place, reading);
  if (typeof written === "boolean") return { type: "string", is: "plain", schema: emptyObject() };
  const types = typesOf(written);
  const items = typesOf(itemsOf(written));
  const [type] = types;
  if (types.size > 1 || (type === "array" && items.size > 1 && !isDeep(items))) {
    reading.notes.note("severalTypes", place);
    return ofSeveralTypes(written, types);
  }
  if (type === "object") return { type: "string", is: "object", schema: written };
  if (type !== "array") return { type: type ?? "string", is: "plain", schema: written };
  return isDeep(items) ? { type: "string", is: "object", schema: written } : { type: plainTypeOf(items), is: "list", schema: written };
}

/**
 * What stands for a parameter of several types: a list where one of them is a list of plain values, since a list of one is written like a
 * single value; else a text, because all of them can be written so. What the schema says besides is of the values it had.
 */
function ofSeveralTypes(written: JsonObject, types: ReadonlySet<SchemaType>): ParameterSchema {
  const about = Object.fromEntries(Object.entries(written).filter(([key]) => key === "description" || key === "default"));
  const lists = [written, ...alternativesOf(written)].filter((one) => typesOf(one).has("array"));
  const items = new Set(lists.flatMap((list) => [...typesOf(itemsOf(list))]));
  if (lists.length === 0 || types.has("object") || isDeep(items)) return { type: "string", is: "plain", schema: about };
  const type = plainTypeOf(new Set([...types, ...items].filter((one) => one !== "array")));
  return { type, is: "list", schema: { ...about, type: "array", items: { type } } };
}

const itemsOf = (schema: JsonObject): JsonObject => objectOf(schema.items) ?? {};
const isDeep = (types: ReadonlySet<SchemaType>) => types.has("object") || types.has("array");

function alternativesOf(schema: JsonObject): JsonObject[] {
  return ["oneOf", "anyOf"]
    .flatMap((key) => listOf(schema[key]) ?? [])
    .map(objectOf)
    .filter((one) => one !== undefined);
}

export interface PatternFault {
  readonly patternFault: (pattern: string) => string | undefined;
}

function writeOut(schema: unknown, place: Place, { document, version, notes, patternFault }: Reading & PatternFault): Schema {
  const open = new Set<string>();
  let budget = referencesMax;
  const reading: SchemaReading = { version, notes, patternFault, reference, isOneWay: () => false };
  const written = convertSchema(schema, place, reading);
  return budget > 0 && JSON.stringify(written).length <= charactersMax ? written : tooLarge(place);

  function reference({ $ref }: JsonObject, at: Place): JsonObject {
    const steps = localSteps($ref);
    if (steps === undefined) return refused("outside", at);
    const target = valueAt(document, steps);
    if (target === undefined) return refused("missing", at);
    const pointer = steps.join("/");
    budget -= 1;
    if (open.has(pointer) || budget <= 0) return refused("parameterSchema", at);
    open.add(pointer);
    const converted = convertSchema(target, place, reading);
    open.delete(pointer);
    return typeof converted === "boolean" ? (converted ? {} : { not: {} }) : converted;
  }

  function refused(kind: "outside" | "missing" | "parameterSchema", at: Place): JsonObject {
    notes.note(kind, below(at, "$ref"));
    return emptyObject();
  }

  function tooLarge(at: Place): Schema {
    notes.note("parameterSchema", at);
    return emptyObject();
  }
}

const referencesMax = 200;
const charactersMax = 100_000;

type SchemaType = ActionHTTPParameter["type"] | "array" | "object";

/** The type of a schema; of several the one that all their texts fit, which is `string`. */
export function typeOf(schema: JsonObject): SchemaType {
  const types = typesOf(schema);
  const [type] = types;
  return types.size === 1 && type !== undefined ? type : plainTypeOf(types);
}

function plainTypeOf(types: ReadonlySet<SchemaType>): ActionHTTPParameter["type"] {
  const [type = "string"] = types;
  return types.size > 1 || type === "array" || type === "object" ? "string" : type;
}

/** The types that a value of the schema may have, without `null`; none where it says nothing. A whole number is a number. */
function typesOf(schema: JsonObject, depth = 0): ReadonlySet<SchemaType> {
  const types = new Set(saidTypes(schema, depth));
  if (types.has("number")) types.delete("integer");
  return types;
}

function saidTypes(schema: JsonObject, depth: number): SchemaType[] {
  const { type } = schema;
  if (type === "null") return [];
  if (typeof type === "string") return [isSchemaType(type) ? type : "string"];
  if (Array.isArray(type)) return type.filter(isSchemaType);
  if (Array.isArray(schema.enum)) return schema.enum.filter((value) => value !== null).map(typeOfValue);
  if (objectOf(schema.properties)) return ["object"];
  if (schema.items !== undefined) return ["array"];
  if (depth > 10) return [];
  for (const key of ["allOf", "oneOf", "anyOf"]) {
    const members = (listOf(schema[key]) ?? []).map(objectOf).filter((member) => member !== undefined);
    const said = members.flatMap((member) => [...typesOf(member, depth + 1)]);
    if (said.length > 0) return said;
  }
  return [];
}

const isSchemaType = (type: unknown): type is SchemaType =>
  type === "string" || type === "number" || type === "integer" || type === "boolean" || type === "array" || type === "object";

function typeOfValue(value: unknown): SchemaType {
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "boolean" ? "boolean" : "string";
}
