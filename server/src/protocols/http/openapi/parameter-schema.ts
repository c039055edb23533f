import type { ActionHTTPParameter } from "@mooring/contract";
import { below, type Place } from "./place.ts";
import { localSteps, type Reading } from "./reading.ts";
import { convertSchema, type Schema, type SchemaReading } from "./schemas.ts";
import { emptyObject, type JsonObject, objectOf, valueAt } from "./values.ts";

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
  const type = typeOf(written);
  if (type === "object") return { type: "string", is: "object", schema: written };
  if (type !== "array") return { type, is: "plain", schema: written };
  const items = typeOf(objectOf(written.items) ?? {});
  return {
    type: items === "object" || items === "array" ? "string" : items,
    is: items === "object" || items === "array" ? "object" : "list",
    schema: written,
  };
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
export function typeOf(schema: JsonObject, depth = 0): SchemaType {
  const { type } = schema;
  if (typeof type === "string") return isSchemaType(type) ? type : "string";
  if (Array.isArray(type)) return oneTypeOf(type.filter(isSchemaType));
  if (Array.isArray(schema.enum)) return oneTypeOf(schema.enum.map(typeOfValue));
  if (objectOf(schema.properties)) return "object";
  if (schema.items !== undefined) return "array";
  if (depth > 10) return "string";
  for (const key of ["allOf", "oneOf", "anyOf"]) {
    const members = schema[key];
    if (!Array.isArray(members)) continue;
    const said = members.map(objectOf).filter((member) => member !== undefined && member.type !== "null") as JsonObject[];
    if (said.length > 0) return oneTypeOf(said.map((member) => typeOf(member, depth + 1)));
  }
  return "string";
}

const isSchemaType = (type: unknown): type is SchemaType =>
  type === "string" || type === "number" || type === "integer" || type === "boolean" || type === "array" || type === "object";

function oneTypeOf(types: readonly SchemaType[]): SchemaType {
  const different = new Set(types);
  const [first = "string"] = different;
  if (different.size === 1) return first;
  return [...different].every((type) => type === "number" || type === "integer") && different.size > 0 ? "number" : "string";
}

function typeOfValue(value: unknown): SchemaType {
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "boolean" ? "boolean" : "string";
}
