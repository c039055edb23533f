import { placeholderOf, resolve, type Template, type TemplatePart, type TemplateValues } from "../../domain/template.ts";
import { Problem } from "../../kernel/errors.ts";
import { encoders } from "./encoders.ts";

/** The path and query of a call, as they came over the wire or are to leave. */
export interface PathAndQuery {
  readonly path: string;
  readonly query: string;
}

/**
 * The path and query with `{{ env.name }}` filled in, from `overrides` and else from `variables`; the very same when there is no
 * placeholder. All else stays byte for byte, and values are not looked at again (I-1). A value is encoded for its place, so that
 * neither the number of segments nor that of parameters changes (I-2, I-3). Throws `Problem` template_unresolved on a malformed
 * placeholder, one without a value, such as each `{{ param.name }}`, and a value that does not fit (I-4).
 */
export function filledTarget<Target extends PathAndQuery>(
  target: Target,
  variables: ReadonlyMap<string, string>,
  overrides: ReadonlyMap<string, string> | undefined,
): PathAndQuery {
  const { path, query } = target;
  if (!mayHoldPlaceholder(path) && !mayHoldPlaceholder(query)) return target;
  const values = { env: overrides === undefined ? variables : new Map([...variables, ...overrides]) };
  return { path: filledPath(path, values), query: resolve(parseWireTemplate(query, "query"), values, encoders.query) };
}

/** Nearly every call ends here, so it is a search for one character and one pair. */
const mayHoldPlaceholder = (text: string) => text.includes("{") || text.includes("%7");

function filledPath(path: string, values: TemplateValues): string {
  const filled = resolve(parseWireTemplate(path, "path"), values, encoders.path);
  if (filled === path) return path;
  // What stands beside a placeholder may make with its value what neither is alone, as %2 and e do.
  const given = path.split("/");
  if (!filled.split("/").some((segment, at) => segment !== given[at] && dotSegment.test(segment))) return filled;
  throw new Problem("template_unresolved", { message: "A value in the path makes a . or .. segment. Nothing was sent." });
}

const dotSegment = /^(?:\.|%2e){1,2}$/i;

/**
 * Reads a part of a request target in which braces and what is between them may be percent-encoded, as most clients do with them. A
 * plus is a space in a query. Stops at the first fault.
 */
function parseWireTemplate(text: string, place: "path" | "query"): Template {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (let open = found(opening, text, 0); open; open = found(opening, text, at)) {
    const close = found(closing, text, open.end);
    const placeholder = close && placeholderOf(decoded(text.slice(open.end, close.start), place));
    if (!placeholder) return { parts, faults: [faultOf(text.slice(open.start, close?.end))] };
    if (open.start > at) parts.push(text.slice(at, open.start));
    parts.push(placeholder);
    at = close.end;
  }
  if (at < text.length) parts.push(text.slice(at));
  return { parts, faults: [] };
}

const opening = /(?:\{|%7b){2}/gi;
const closing = /(?:\}|%7d){2}/gi;

function found(pattern: RegExp, text: string, from: number): { start: number; end: number } | undefined {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match ? { start: match.index, end: pattern.lastIndex } : undefined;
}

/** What is wrongly encoded stays as it is, and then is no placeholder. */
function decoded(inside: string, place: "path" | "query"): string {
  try {
    return decodeURIComponent(place === "query" ? inside.replaceAll("+", " ") : inside);
  } catch {
    return inside;
  }
}

const faultOf = (text: string) => `${JSON.stringify(text.slice(0, 80))} is no placeholder; write {{ env.name }}.`;
