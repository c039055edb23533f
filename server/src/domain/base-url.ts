import { Problem } from "../kernel/errors.ts";
import { type Placeholder, parseTemplate, resolve, spelled, type Template, type TemplatePart } from "./template.ts";

/**
 * Reads a connection's base URL: absolute, http or https, no user info, query or fragment, no `.` or `..` segment. Placeholders of
 * environment variables may stand
 * - for the whole of it, or all of it before a path (`{{ env.base }}/v2`): the value is then such a URL itself;
 * - in the authority: the value holds only characters of a host name, or is a whole `host:port` where it is the whole authority;
 * - in the path: the value may be several segments, is percent-encoded, and never makes a `.` or `..` segment.
 * So a value can choose the origin only where the base URL gives it that place, and a value in the path never can (S-5).
 */
export function parseBaseUrl(text: string): BaseUrl {
  const template = parseTemplate(text);
  const faults = [...template.faults, ...template.parts.flatMap(placeholderFaults)];
  const split =
    template.parts.length > 0 && typeof template.parts[0] !== "string" ? splitAfterValue(template) : splitAfterAuthority(template);
  if (split === undefined) faults.push("It begins with http:// or https:// and a host, or with one placeholder for all of that.");
  const baseUrl: BaseUrl = { ...(split ?? { isValueWhole: false, start: nothing, path: nothing }), faults };
  return { ...baseUrl, faults: faults.length > 0 ? faults : literalFaults(baseUrl) };
}

export interface BaseUrl {
  /** Whether `start` is one placeholder whose value is a whole base URL. */
  readonly isValueWhole: boolean;
  /** Scheme and authority. */
  readonly start: Template;
  /** Empty, or from the first slash after the authority on. */
  readonly path: Template;
  /** Why it is refused, for people. One with faults must not be resolved. */
  readonly faults: readonly string[];
}

/** Where calls go: an origin as RFC 6454 writes it, and the path before the caller's own, without a slash at its end. */
export interface Base {
  readonly origin: string;
  readonly path: string;
}

/** What is wrong with a base URL, in one sentence or more; undefined when nothing is. */
export function baseUrlFault(text: string): string | undefined {
  const { faults } = parseBaseUrl(text);
  return faults.length > 0 ? faults.join(" ") : undefined;
}

/**
 * The origin that `text` leads to with these variables, in the one spelling of RFC 6454; undefined when it is faulty, lacks a value, or
 * a value does not fit its place. Only the variables in front of the path matter.
 */
export function originOf(text: string, variables: ReadonlyMap<string, string>): string | undefined {
  try {
    return resolveStart(parseBaseUrl(text), variables).origin;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** Puts the variables in. Throws `Problem` template_unresolved on a missing value, or one that does not fit its place. */
export function resolveBaseUrl(baseUrl: BaseUrl, variables: ReadonlyMap<string, string>): Base {
  const start = resolveStart(baseUrl, variables);
  const values = { env: variables };
  const path = trimmed(resolve(baseUrl.path, values, encodedSegments));
  if (hasDotSegment(path)) throw unfit("A value in the path of the base URL makes a . or .. segment.");
  // The URL parser only escapes here what a base URL may hold unescaped: the origin is set and there is nothing to climb.
  return { origin: start.origin, path: start.path + (path === "" ? "" : new URL(start.origin + path).pathname) };
}

const nothing: Template = { parts: [], faults: [] };

function placeholderFaults(part: TemplatePart): string[] {
  if (typeof part === "string" || part.namespace === "env") return [];
  return [`${spelled(part)} has no value in a base URL; only env does.`];
}

type Split = Omit<BaseUrl, "faults">;

function splitAfterValue({ parts }: Template): Split | undefined {
  const [value, ...path] = parts as [Placeholder, ...TemplatePart[]];
  const [next] = path;
  if (next !== undefined && !(typeof next === "string" && next.startsWith("/"))) return undefined;
  return { isValueWhole: true, start: { parts: [value], faults: [] }, path: { parts: path, faults: [] } };
}

function splitAfterAuthority({ parts }: Template): Split | undefined {
  const [first] = parts;
  const scheme = typeof first === "string" ? /^https?:\/\//i.exec(first)?.[0] : undefined;
  if (scheme === undefined) return undefined;
  const slashes = parts.map((part, index) => (typeof part === "string" ? part.indexOf("/", index === 0 ? scheme.length : 0) : -1));
  const at = slashes.findIndex((slash) => slash !== -1);
  if (at === -1) return { isValueWhole: false, start: { parts, faults: [] }, path: nothing };
  const text = parts[at] as string;
  const slash = slashes[at] ?? 0;
  const before = text.slice(0, slash);
  return {
    isValueWhole: false,
    start: { parts: [...parts.slice(0, at), ...(before === "" ? [] : [before])], faults: [] },
    path: { parts: [text.slice(slash), ...parts.slice(at + 1)], faults: [] },
  };
}

/** What the literal text is refused for: found by putting harmless values in and reading the result as a URL. */
function literalFaults({ isValueWhole, start, path }: BaseUrl): string[] {
  const literals = [...start.parts, ...path.parts].filter((part) => typeof part === "string");
  const faults: string[] = [];
  if (literals.some((text) => /[?#]/.test(text))) faults.push("It holds no query and no fragment.");
  if (literals.some((text) => /[\\\s\p{Cc}]/u.test(text))) faults.push("It holds no space, control character or backslash.");
  if (start.parts.some((part) => typeof part === "string" && part.includes("@"))) faults.push("It holds no user name or password.");
  const samplePath = path.parts.map((part) => (typeof part === "string" ? part : "x")).join("");
  if (hasDotSegment(samplePath)) faults.push("Its path holds no . or .. segment.");
  if (faults.length > 0 || isValueWhole) return faults;
  const sampleStart = start.parts.map((part, index) => (typeof part === "string" ? part : sampleAfter(start.parts[index - 1]))).join("");
  return URL.canParse(sampleStart) ? [] : ["Its host is not valid."];
}

const sampleAfter = (before: TemplatePart | undefined) => (typeof before === "string" && before.endsWith(":") ? "1" : "x");

function resolveStart({ isValueWhole, start, faults }: BaseUrl, variables: ReadonlyMap<string, string>): Base {
  if (faults.length > 0) throw unfit(`The base URL is faulty: ${faults.join(" ")}`);
  const [before] = start.parts;
  const isWholeAuthority = start.parts.length === 2 && typeof before === "string" && before.endsWith("//");
  const text = resolve(start, { env: variables }, (value, placeholder) => {
    const fits = isValueWhole ? isBaseUrl(value) : (isWholeAuthority ? authorityPattern : hostPattern).test(value);
    if (fits) return value;
    throw unfit(`The value of ${spelled(placeholder)} does not fit its place in the base URL.`);
  });
  if (!URL.canParse(text)) throw unfit("The base URL has no valid host with these values.");
  const url = new URL(text);
  return { origin: url.origin, path: trimmed(url.pathname) };
}

const hostPattern = /^[A-Za-z0-9._-]{1,253}$/;
const authorityPattern = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/;

/** Whether a value may stand for a whole base URL. It is taken literally: a placeholder in it is not looked at again (I-1). */
const isBaseUrl = (value: string) => !value.includes("{{") && parseBaseUrl(value).faults.length === 0;

const encodedSegments = (value: string) => value.toWellFormed().split("/").map(encodeURIComponent).join("/");

/** Also in the spellings that the URL standard reads the same way: `%2e` is a dot there. */
const hasDotSegment = (path: string) => path.split("/").some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));

const trimmed = (path: string) => (path.endsWith("/") ? path.replace(/\/+$/, "") : path);

const unfit = (message: string) => new Problem("template_unresolved", { message });
