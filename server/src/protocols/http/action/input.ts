import { isAscii, isUtf8 } from "node:buffer";
import { type Fault, Problem } from "../../../kernel/errors.ts";
import { type BodyPlan, type WrittenBody, writtenBody } from "./body.ts";
import { exactValue, memberTexts, type ValueText } from "./json-text.ts";
import { isRange, kindOf, type MediaType, parseMediaType } from "./media-type.ts";
import type { Parameter } from "./parameters.ts";
import { type Media, mediaFor, type ReadyAction, type ReadyBody } from "./ready.ts";
import { textsOf, typeFault, type Written, written } from "./values.ts";

/** What a call gives an action, as far as that can be told without schemas. */
export interface ActionInput {
  /** Those that were given and have no fault. */
  readonly parameters: ReadonlyMap<Parameter, Written>;
  readonly body: WrittenBody | undefined;
  /** What describes the body; undefined where nothing does. */
  readonly media: Media | undefined;
  /** As JSON, the values of those parameters whose schema says more than their type, by address; undefined when there are none. */
  readonly constrained: string | undefined;
  /** Everything that is wrong, at most `faultsMax`. */
  readonly faults: readonly Fault[];
}

export interface InputReading extends Pick<BodyPlan, "boundary"> {
  /** Whether a body of JSON is still held against what describes it, which tells as well when it is no JSON. */
  readonly isChecked: (media: Media) => boolean;
}

/**
 * Reads the body of a call of an action, and lists every fault at once: unknown parameters, missing ones, values that do not fit their
 * type or place, a body or a media type that the action does not take. Throws `Problem` malformed_body when it is no JSON.
 */
export function readInput(action: ReadyAction, bytes: Buffer, reading: InputReading): ActionInput {
  const { members, faults } = membersOf(bytes, known);
  const { parameters, constrained } = readParameters(action, members.get("parameters")?.text, faults);
  const { body, media } = readBody(action.body, members, { ...reading, faults, whole: { bytes, isAscii: isAscii(bytes) } });
  return { parameters, body, media, constrained, faults: faults.slice(0, faultsMax) };
}

export const faultsMax = 200;

/**
 * The members of a call's body, each as the text that was sent, and what is wrong with them: one that is there twice, or is not among
 * `known`. Throws `Problem` malformed_body when it is no JSON.
 */
export function membersOf(bytes: Buffer, known: ReadonlySet<string>): { members: ReadonlyMap<string, ValueText>; faults: Fault[] } {
  if (bytes.length === 0) return { members: new Map(), faults: [] };
  if (!isUtf8(bytes)) throw new Problem("malformed_body", { message: "The body is not valid UTF-8." });
  const text = bytes.toString("utf8");
  const found = memberTexts(text);
  if (!found) {
    parsed(text);
    return { members: new Map(), faults: [{ field: "", message: "This must be an object." }] };
  }
  const { texts, repeated } = found;
  const faults = repeated.map((name) => ({ field: shownName(name), message: "This is there twice." }));
  for (const name of texts.keys()) {
    if (!known.has(name)) faults.push({ field: shownName(name), message: "This property is not known here." });
  }
  return { members: texts, faults };
}

const known = new Set(["parameters", "body", "contentType"]);

/** The value of a text. Throws `Problem` malformed_body when it is no JSON. */
function parsed(text: string, read: (text: string) => unknown = JSON.parse): unknown {
  try {
    return read(text);
  } catch (error) {
    throw new Problem("malformed_body", { cause: error });
  }
}

function readParameters(action: ReadyAction, text: string | undefined, faults: Fault[]): Pick<ActionInput, "parameters" | "constrained"> {
  const given: unknown = text === undefined ? {} : parsed(text, exactValue);
  const parameters = new Map<Parameter, Written>();
  if (!isObject(given)) {
    faults.push({ field: "parameters", message: "This must be an object." });
    return { parameters, constrained: undefined };
  }
  const constrained: [string, unknown][] = [];
  for (const [name, value] of Object.entries(given)) {
    // Nobody is told more than these, and there may be a hundred thousand.
    if (faults.length >= faultsMax) break;
    const parameter = action.byAddress.get(name);
    const message = parameter === undefined ? unknownMessage(action, name) : take(parameter, value);
    if (message !== undefined) faults.push({ field: `parameters.${shownName(name)}`, message });
  }
  for (const parameter of action.parameters) {
    if (!parameter.isRequired || parameter.otherwise !== undefined || Object.hasOwn(given, parameter.address)) continue;
    faults.push({ field: `parameters.${parameter.address}`, message: "This is required." });
  }
  return { parameters, constrained: constrained.length === 0 ? undefined : JSON.stringify(Object.fromEntries(constrained)) };

  /** Gives what is wrong with the value. */
  function take(parameter: Parameter, value: unknown): string | undefined {
    const message = parameter.obstacle ?? typeFault(parameter, value);
    if (message !== undefined) return message;
    // Told of one that does not fit its place too, so that all that is wrong is told at once.
    if (parameter.schema !== undefined) constrained.push([parameter.address, value]);
    try {
      parameters.set(parameter, written(parameter, textsOf(value)));
      return undefined;
    } catch (error) {
      if (error instanceof Problem) return error.message;
      throw error;
    }
  }
}

function unknownMessage({ parameters }: ReadyAction, name: string): string {
  const places = parameters.filter((parameter) => parameter.name === name).map(({ address }) => address);
  return places.length > 0 ? `Several places have this name: write ${places.join(" or ")}.` : "The action has no such parameter.";
}

interface BodyReading extends InputReading, Pick<BodyPlan, "whole"> {
  readonly faults: Fault[];
}

function readBody(
  ready: ReadyBody | undefined,
  members: ReadonlyMap<string, ValueText>,
  { faults, boundary, isChecked, whole }: BodyReading,
): Pick<ActionInput, "body" | "media"> {
  const none = { body: undefined, media: undefined };
  const json = members.get("body");
  const asked = members.get("contentType")?.text;
  if (ready === undefined) {
    if (json !== undefined) faults.push({ field: "body", message: "The action takes no body." });
    if (asked !== undefined) faults.push({ field: "contentType", message: "The action takes no body." });
    return none;
  }
  if (json === undefined && ready.isRequired) faults.push({ field: "body", message: "This is required." });
  const chosen = chosenMedia(ready, asked === undefined ? undefined : parsed(asked));
  if ("message" in chosen) {
    faults.push({ field: "contentType", message: chosen.message });
    return none;
  }
  if (json === undefined) return none;
  const { contentType, type, media } = chosen;
  const kind = kindOf(type.essence);
  // Long ones are parsed where they are checked, and not here too.
  if (kind !== "json" || media === undefined || !isChecked(media)) parsed(json.text);
  const answer = writtenBody(json, { kind, contentType, type, boundary, whole });
  if ("faults" in answer) {
    faults.push(...answer.faults);
    return none;
  }
  return { body: answer.body, media };
}

type Chosen = { readonly contentType: string; readonly type: MediaType; readonly media: Media | undefined } | { readonly message: string };

function chosenMedia({ media }: ReadyBody, asked: unknown): Chosen {
  const contentType = asked ?? defaultType(media);
  if (contentType === undefined) return { message: `This is required: one of ${listed(media)}.` };
  const type = typeof contentType === "string" ? parseMediaType(contentType) : undefined;
  if (type === undefined || isRange(contentType as string)) return { message: "This must be a media type, such as application/json." };
  const found = mediaFor(media, type.essence);
  if (media.length > 0 && found === undefined) return { message: `The action does not take this; it takes ${listed(media)}.` };
  return { contentType: (contentType as string).trim(), type, media: found };
}

/** The first of JSON, or else the first of all. */
function defaultType(media: readonly Media[]): string | undefined {
  if (media.length === 0) return "application/json";
  const types = media.map(({ accept }) => accept).filter((accept) => parseMediaType(accept) !== undefined && !isRange(accept));
  return types.find((accept) => kindOf(parseMediaType(accept)?.essence ?? "") === "json") ?? types[0];
}

const listed = (media: readonly Media[]) =>
  media
    .slice(0, 20)
    .map(({ accept }) => accept)
    .join(", ");

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// A name goes into the answer: a long one would make that longer than the request.
const shownName = (name: string) => (name.length > 100 ? `${name.slice(0, 100)}…` : name);
