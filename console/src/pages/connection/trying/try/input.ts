import type { Action, ActionHTTP, Definition } from "@mooring/contract";
import { absent, type Entry, type EntryFault, written } from "../form/entry.ts";
import type { Place } from "../form/references.ts";

/** A parameter of an action, as a form asks for it. */
export interface ParameterField {
  /** How a call names it. */
  readonly address: string;
  readonly place: Place;
  readonly isRequired: boolean;
  /** Where it goes; undefined of a query's. */
  readonly where: string | undefined;
}

/** The parameters of an action, those that are required first. */
export function parameterFields(action: Action): ParameterField[] {
  const all = action.type === "http" ? httpParameters(action) : queryParameters(action);
  return [...all.filter(({ isRequired }) => isRequired), ...all.filter(({ isRequired }) => !isRequired)];
}

function httpParameters({ parameters }: ActionHTTP): ParameterField[] {
  const times = new Map<string, number>();
  for (const { name, in: where } of parameters)
    for (const text of new Set([name, `${where}.${name}`])) times.set(text, (times.get(text) ?? 0) + 1);
  return parameters.map(({ name, in: where, required, type, default: otherwise, description, schema }) => {
    const says = typeof schema === "object" && schema !== null ? (schema as Record<string, unknown>) : {};
    const isList = [says.type].flat().includes("array");
    const own = isList ? { ...says, type: "array", items: says.items ?? { type } } : { ...says, type };
    return {
      // Where several places have the same name, the place goes before it.
      address: (times.get(name) ?? 0) > 1 ? `${where}.${name}` : name,
      place: { schema: { ...own, ...(description && { description }), ...(otherwise !== undefined && { default: otherwise }) }, base: "" },
      isRequired: (required || where === "path") && otherwise === undefined,
      where,
    };
  });
}

function queryParameters({ parameters }: Extract<Action, { type: "bigquery" }>): ParameterField[] {
  return parameters.map(({ name, required, type, array, default: otherwise, description }) => {
    const one = queryTypes[type];
    const own = array ? { type: "array", items: one } : one;
    return {
      address: name,
      place: { schema: { ...own, ...(description && { description }), ...(otherwise !== undefined && { default: otherwise }) }, base: "" },
      isRequired: required && otherwise === undefined,
      where: undefined,
    };
  });
}

const queryTypes = {
  BOOL: { type: "boolean" },
  INT64: { type: "integer" },
  FLOAT64: { type: "number" },
  NUMERIC: { type: "string", examples: ["12.50"] },
  BIGNUMERIC: { type: "string", examples: ["12.50"] },
  STRING: { type: "string" },
  BYTES: { type: "string", examples: ["aGVsbG8="] },
  DATE: { type: "string", format: "date" },
  DATETIME: { type: "string", examples: ["2026-11-25T14:30:00"] },
  TIME: { type: "string", examples: ["14:30:00"] },
  TIMESTAMP: { type: "string", format: "date-time" },
  JSON: {},
} as const;

/** A media type that an action takes, and what describes it. */
export interface BodyMedia {
  readonly type: string;
  readonly definition: Definition | undefined;
}

/** The media types that an action takes, JSON first. Empty when it takes no body. */
export function bodyMedia(action: Action): BodyMedia[] {
  if (action.type !== "http" || !action.requestBody) return [];
  const all = action.requestBody.definitions.flatMap(({ definition, accept = definition.accept }) =>
    accept.map((type) => ({ type, definition })),
  );
  if (all.length === 0) return [{ type: "application/json", definition: undefined }];
  return [...all.filter(({ type }) => kindOf(type) === "json"), ...all.filter(({ type }) => kindOf(type) !== "json")];
}

/** How a value of a media type is given in a call. */
export function kindOf(type: string): "json" | "form" | "multipart" | "text" | "binary" {
  const essence = (type.split(";")[0] ?? "").trim().toLowerCase();
  if (essence === "application/json" || essence.endsWith("+json")) return "json";
  if (essence === "application/x-www-form-urlencoded") return "form";
  if (essence === "multipart/form-data") return "multipart";
  if (essence.startsWith("text/") || essence === "application/xml" || essence.endsWith("+xml")) return "text";
  return "binary";
}

/** What was typed for a call of an action. */
export interface Input {
  readonly parameters: Entry;
  readonly media: BodyMedia | undefined;
  /** The media type where the action takes a range of them. */
  readonly typedMedia: string;
  readonly sendsBody: boolean;
  readonly mode: "form" | "json";
  readonly body: Entry;
  /** The body as it was typed as JSON. */
  readonly text: string;
  /** What was typed for other media types. */
  readonly left: Readonly<Record<string, Pick<Input, "body" | "text" | "mode">>>;
}

/** What a form begins with. */
export function emptyInput(action: Action): Input {
  const [media] = bodyMedia(action);
  const sendsBody = action.type === "http" && action.requestBody?.required === true;
  return { parameters: { kind: "group", members: [] }, media, typedMedia: "", sendsBody, mode: "form", body: absent, text: "", left: {} };
}

/** The input of a call as JSON, and what of it cannot be written. */
export function inputJson({ parameters, media, typedMedia, sendsBody, mode, body, text }: Input): {
  json: string;
  faults: readonly EntryFault[];
} {
  const given = written(parameters, "parameters");
  const isThere = media !== undefined && sendsBody;
  const typed: Entry = mode === "form" ? body : text.trim() === "" ? absent : { kind: "raw", text };
  const sent = isThere ? written(typed, "body") : { json: undefined, faults: [] };
  const contentType = isThere && sent.json !== undefined ? (isRange(media.type) ? typedMedia : media.type) : undefined;
  const parts = [
    ...(given.json === undefined || given.json === "{}" ? [] : [`"parameters": ${given.json.replaceAll("\n", "\n  ")}`]),
    ...(contentType === undefined ? [] : [`"contentType": ${JSON.stringify(contentType)}`]),
    ...(sent.json === undefined ? [] : [`"body": ${sent.json}`]),
  ];
  return { json: parts.length === 0 ? "{}" : `{\n  ${parts.join(",\n  ")}\n}`, faults: [...given.faults, ...sent.faults] };
}

/** Whether it is a range of media types, such as `text/*`. */
export const isRange = (type: string) => type.includes("*");
