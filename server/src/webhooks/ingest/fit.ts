import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders } from "node:http";
import type { TriggerHTTPParameter } from "@mooring/contract";
import { parameterAddresses } from "../../domain/parameter-address.ts";
import { type Fault, Problem } from "../../kernel/errors.ts";
import { kindOf, parseMediaType } from "../../protocols/http/action/media-type.ts";
import { mediaFor } from "../../protocols/http/action/ready.ts";
import { type Checks, jsonFaults, xmlFaults } from "../../sandbox/held-against.ts";
import { fitsForSure } from "../../sandbox/sure-fit.ts";
import type { ReadyTarget } from "./targets.ts";

/** Whether an event is what its trigger says. */
export interface Fit {
  /** Undefined when that could not be looked at, or there is nothing to hold it against. */
  readonly fits: boolean | undefined;
  readonly faults: readonly Fault[];
}

export interface FitGiven {
  readonly headers: IncomingHttpHeaders;
  /** Path and query as they came. */
  readonly target: string;
  readonly body: Buffer;
}

/**
 * Holds parameters and body against the trigger: at once where that is beyond doubt, else in a worker. What cannot be looked at, such as a
 * body with a content coding or a schema that costs too much, is no fault. Rejects with `Problem` overloaded when too many wait for workers.
 */
export function fitOf(checks: Checks, ready: ReadyTarget, given: FitGiven): Fit | Promise<Fit> {
  const { parameters } = ready.target.trigger.document;
  const faults = parameters.length === 0 ? [] : parameterFaults(parameters, given);
  const found = bodyFaults(checks, ready, given);
  const joined = (more: BodyFit): Fit => {
    const all = typeof more === "string" ? faults : [...faults, ...more];
    if (all.length > 0) return { fits: false, faults: all.slice(0, faultsMax) };
    const isKnown = more === undescribed ? parameters.length > 0 : more !== notLookedAt;
    return { fits: isKnown ? true : undefined, faults: [] };
  };
  return found instanceof Promise ? found.then(joined) : joined(found);
}

const faultsMax = 200;

function parameterFaults(parameters: readonly TriggerHTTPParameter[], given: FitGiven): Fault[] {
  const addresses = parameterAddresses(parameters);
  const question = given.target.indexOf("?");
  const query = new URLSearchParams(question === -1 ? "" : given.target.slice(question + 1));
  return parameters.flatMap(({ name, in: place, required, type, default: otherwise }, at) => {
    const values = place === "query" ? query.getAll(name) : place === "header" ? headerValues(given, name) : cookieValues(given, name);
    const field = `parameters.${addresses[at]}`;
    if (values.length === 0) return required && otherwise === undefined ? [{ field, message: "This is required." }] : [];
    return values.every((value) => patterns[type].test(value)) ? [] : [{ field, message: `This must be ${articles[type]}.` }];
  });
}

const headerValues = ({ headers }: FitGiven, name: string): string[] => {
  const value = headers[name.toLowerCase()];
  return value === undefined ? [] : [value].flat();
};

const cookieValues = ({ headers }: FitGiven, name: string): string[] =>
  (headers.cookie ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));

const patterns: Readonly<Record<TriggerHTTPParameter["type"], RegExp>> = {
  string: /^/,
  number: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
  integer: /^[+-]?\d+$/,
  boolean: /^(true|false)$/,
};
const articles: Readonly<Record<TriggerHTTPParameter["type"], string>> = {
  string: "a text",
  number: "a number",
  integer: "an integer",
  boolean: "true or false",
};

/** What of the body does not fit, or that the trigger says nothing of it, or that it cannot be looked at. */
type BodyFit = readonly Fault[] | typeof undescribed | typeof notLookedAt;

const undescribed = "undescribed";
const notLookedAt = "not looked at";

function bodyFaults(checks: Checks, ready: ReadyTarget, { headers, body }: FitGiven): BodyFit | Promise<BodyFit> {
  const { requestBody } = ready.target.trigger.document;
  if (requestBody === undefined) return undescribed;
  if (body.length === 0) return requestBody.required ? [{ field: "body", message: "This is required." }] : [];
  if (ready.media.length === 0) return undescribed;
  if (!isPlain(headers)) return notLookedAt;
  const type = parseMediaType(headers["content-type"] ?? "");
  const media = type && mediaFor(ready.media, type.essence);
  if (type === undefined || media === undefined) return notLookedAt;
  const { schemas, target } = ready;
  const kind = kindOf(type.essence);
  if (kind === "xml") return xmlFaults(checks, { org: target.org, schemas }, media, body)?.catch(unlessUnusable) ?? notLookedAt;
  const schema = schemas.of(media.definitionId);
  if (schema === undefined || (kind !== "json" && kind !== "text") || !isUnicode(type.charset)) return notLookedAt;
  if (!isUtf8(body)) return [{ field: "body", message: "This is not valid UTF-8." }];
  const text = body.toString("utf8");
  const json = kind === "text" ? JSON.stringify(text) : text;
  if (fitsForSure(schema, json)) return [];
  return jsonFaults(checks, { org: target.org }, schema, { root: "body", json }).catch(unlessUnusable);
}

const isPlain = ({ "content-encoding": coding = "" }: IncomingHttpHeaders) => coding === "" || coding.toLowerCase() === "identity";
const isUnicode = (charset = "utf-8") => charset === "utf-8" || charset === "us-ascii";

/** A definition that cannot be used is no fault of the event. */
function unlessUnusable(error: unknown): typeof notLookedAt {
  if (error instanceof Problem && (error.code === "too_costly" || error.code === "definition_unusable")) return notLookedAt;
  throw error;
}
