import type { ActionHTTPParameter } from "@mooring/contract";
import type { Kind } from "./kinds.ts";
import { type DefaultText, fitDefault } from "./parameter-default.ts";
import { type ParameterSchema, type PatternFault, readParameterSchema } from "./parameter-schema.ts";
import { below } from "./place.ts";
import { descriptionMax, type Found, follow, type Reading, textIn } from "./reading.ts";
import { cleanText, type JsonObject, listOf, objectOf, ownOf, textOf } from "./values.ts";

export type ParameterReading = Reading & PatternFault & { readonly defaultText?: DefaultText };

/**
 * The parameters of an operation, those of its path first unless the operation has the same one. An object becomes a parameter for
 * each of its plain properties; what cannot be carried over is noted.
 */
export function readParameters(ofPath: Found, operation: Found, reading: ParameterReading): ActionHTTPParameter[] {
  const found = new Map<string, Found>();
  for (const { object, place } of [ofPath, operation]) {
    const list = object.parameters === undefined ? [] : listOf(object.parameters);
    if (list === undefined) reading.notes.note("brokenParameter", below(place, "parameters"));
    const own = new Set<string>();
    for (const [at, value] of (list ?? []).entries()) {
      const parameter = follow(reading, value, below(place, "parameters", at), "brokenParameter");
      if (!parameter) continue;
      const key = keyOf(textOf(parameter.object.in) ?? "", textOf(parameter.object.name) ?? "");
      if (own.has(key)) reading.notes.note("sameParameter", below(place, "parameters", at));
      else found.set(key, parameter);
      own.add(key);
    }
  }
  return unique([...found.values()], reading);
}

const keyOf = (place: string, name: string) => `${place}\n${place === "header" ? name.toLowerCase() : name}`;

function unique(parameters: readonly Found[], reading: ParameterReading): ActionHTTPParameter[] {
  const kept = new Map<string, ActionHTTPParameter>();
  for (const parameter of parameters) {
    for (const one of readParameter(parameter, reading)) {
      const key = keyOf(one.in, one.name);
      if (kept.has(key)) reading.notes.note("sameParameter", parameter.place);
      else if (kept.size >= parametersMax) reading.notes.note("tooMany", parameter.place);
      else kept.set(key, one);
    }
  }
  return [...kept.values()];
}

const parametersMax = 500;

function readParameter(parameter: Found, reading: ParameterReading): ActionHTTPParameter[] {
  const { object, place } = parameter;
  const { notes } = reading;
  const carrier = object.in;
  const name = textOf(object.name) ?? "";
  if ((carrier !== "path" && carrier !== "query" && carrier !== "header" && carrier !== "cookie") || !isName(name, carrier)) {
    notes.note("brokenParameter", place);
    return [];
  }
  if (carrier === "header" && ignoredHeaders.has(name.toLowerCase())) {
    notes.note("headersIgnored", place);
    return [];
  }
  notes.rest(object, place, carriedKeys, otherKeys);
  const inContent = object.content !== undefined;
  if (inContent) notes.note("writtenByCaller", below(place, "content"));
  const described = inContent ? text : readParameterSchema(object.schema, below(place, "schema"), reading);
  const given: Given = { parameter, name, in: carrier, isRequired: carrier === "path" || object.required === true, described };
  return described.is === "object" ? objectParameters(given, reading) : [plainParameter(given, reading)];
}

const text: ParameterSchema = { type: "string", is: "plain", schema: {} };

/** OpenAPI 3.1 section 4.8.12: `If in is "header" and the name field is ..., the parameter definition SHALL be ignored`. */
const ignoredHeaders = new Set(["accept", "content-type", "authorization"]);

const carriedKeys = new Set(["name", "in", "required", "schema", "content", "style", "explode", "description"]);
const otherKeys: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["example", "examples"],
  ["examples", "examples"],
  ["deprecated", "deprecated"],
  ["allowReserved", "allowReserved"],
  ["allowEmptyValue", "allowReserved"],
]);

function isName(name: string, carrier: ActionHTTPParameter["in"]): boolean {
  const isToken = carrier === "query" || carrier === "path" || /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
  return isToken && name !== "" && name.length <= 200 && !/[\p{Cc}\p{Cs}]/u.test(name);
}

interface Given {
  readonly parameter: Found;
  readonly name: string;
  readonly in: ActionHTTPParameter["in"];
  readonly isRequired: boolean;
  readonly described: ParameterSchema;
}

function plainParameter({ parameter, name, in: carrier, isRequired, described }: Given, reading: ParameterReading): ActionHTTPParameter {
  const { type, schema } = described;
  const isList = described.is === "list";
  const description = textIn(reading, parameter, "description", descriptionMax) ?? cleanText(schema.description, descriptionMax);
  const given = schema.default;
  const fit = given === undefined ? undefined : fitDefault(given, described, reading.defaultText ?? "template");
  if (given !== undefined && fit === undefined) reading.notes.note("parameterDefault", below(parameter.place, "schema", "default"));
  const rest = saysMore(schema, type);
  return {
    name,
    in: carrier,
    required: isRequired,
    type,
    ...(fit !== undefined && { default: fit }),
    ...(description !== undefined && { description }),
    ...(rest && { schema: rest }),
    ...(isList ? listStyle(parameter, carrier, reading) : plainStyle(parameter, carrier, reading)),
  };
}

/** The schema without what the parameter says itself; undefined when nothing is left. */
function saysMore(schema: JsonObject, type: ActionHTTPParameter["type"]): JsonObject | undefined {
  const rest = Object.fromEntries(Object.entries(schema).filter(([key]) => !saidBeside.has(key)));
  // A parameter that is null is one that is left out.
  if (Array.isArray(rest.type)) {
    const types = rest.type.filter((one) => one !== "null");
    rest.type = types.length === 1 ? types[0] : types;
  }
  if (Array.isArray(rest.enum)) rest.enum = rest.enum.filter((value) => value !== null);
  const keys = Object.keys(rest);
  return keys.length === 0 || (keys.length === 1 && rest.type === type) ? undefined : rest;
}

const saidBeside = new Set(["description", "title", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"]);

function listStyle(
  { object, place }: Found,
  carrier: ActionHTTPParameter["in"],
  { notes }: Reading,
): Pick<ActionHTTPParameter, "style" | "explode"> {
  const usual = carrier === "query" || carrier === "cookie" ? "form" : "simple";
  const given = object.style ?? usual;
  const isKnown = given === usual || (carrier === "query" && (given === "spaceDelimited" || given === "pipeDelimited"));
  if (!isKnown) notes.note("parameterStyle", below(place, "style"));
  const style = isKnown ? (given as "form" | "simple" | "spaceDelimited" | "pipeDelimited") : usual;
  const explode = typeof object.explode === "boolean" ? object.explode : style === "form";
  // Delimiters are for a list in one parameter; one parameter for each item is what `form` calls it.
  return explode && carrier === "query" ? { style: "form", explode } : { style, explode };
}

function plainStyle({ object, place }: Found, carrier: ActionHTTPParameter["in"], { notes }: Reading): Record<string, never> {
  const { style } = object;
  if (carrier === "path" && (style === "label" || style === "matrix")) notes.note("parameterStyle", below(place, "style"));
  return {};
}

/** An object as one parameter for each plain property, where its style writes it so; else as the text that the caller gives. */
function objectParameters(given: Given, reading: ParameterReading): ActionHTTPParameter[] {
  const { parameter, name, in: carrier, isRequired, described } = given;
  const { object, place } = parameter;
  const isDeep = carrier === "query" && object.style === "deepObject";
  const isExploded = carrier === "query" && (object.style ?? "form") === "form" && object.explode !== false;
  const properties = objectOf(described.schema.properties);
  if ((!isDeep && !isExploded) || properties === undefined) {
    reading.notes.note(isDeep || isExploded ? "objectParameter" : "writtenByCaller", below(place, "schema"));
    return isDeep ? [] : [plainParameter({ ...given, described: text }, reading)];
  }
  const required = listOf(described.schema.required) ?? [];
  const isOpen = described.schema.additionalProperties !== undefined && described.schema.additionalProperties !== false;
  if (isOpen) reading.notes.note("objectParameter", below(place, "schema", "additionalProperties"));
  return Object.keys(properties).flatMap((key) => {
    const at = below(place, "schema", "properties", key);
    const property = readParameterSchema(ownOf(properties, key), at, { ...reading, version: "3.1" });
    const inner = isDeep ? `${name}[${key}]` : key;
    if (property.is !== "plain" || !isName(inner, carrier)) {
      reading.notes.note("objectParameter", at);
      return [];
    }
    const isNeeded = isRequired && required.includes(key);
    return [
      plainParameter({ parameter: { object: {}, place }, name: inner, in: carrier, isRequired: isNeeded, described: property }, reading),
    ];
  });
}
