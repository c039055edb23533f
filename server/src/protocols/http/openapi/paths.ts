import type { ActionHTTPParameter } from "@mooring/contract";
import type { Notes } from "./notes.ts";
import type { Place } from "./place.ts";

/** The path of an action, and the parameters that belong to it. */
export interface ActionPath {
  readonly path: string;
  readonly parameters: readonly ActionHTTPParameter[];
}

/**
 * The path as a template: `{id}` is `{{ param.id }}`, and each such name has its parameter, which is required. A fragment is left out,
 * a query becomes parameters with a default. Parameters keep the order in which they were declared.
 */
export function readPath(
  text: string,
  declared: readonly ActionHTTPParameter[],
  { notes, place }: { notes: Notes; place: Place },
): ActionPath {
  const [beforeFragment = ""] = text.split("#", 1);
  const [path = "", ...query] = beforeFragment.split("?");
  if (path !== text) notes.note("pathFragment", place);
  const names = new Map<string, string>();
  const template = path
    .split(variablePattern)
    .map((part, at) => (at % 2 === 0 ? encoded(part) : `{{ param.${nameOf(part, names)} }}`))
    .join("");

  const inPath = new Map(declared.filter((one) => one.in === "path").map((one) => [one.name, one]));
  const renamed = declared.flatMap((one) => {
    if (one.in !== "path") return [one];
    const name = names.get(one.name);
    return name === undefined ? [] : [{ ...one, name }];
  });
  const undeclared = [...names].filter(([wanted]) => !inPath.has(wanted)).map(([, name]) => plain(name, "path"));
  if (undeclared.length > 0 || [...inPath.keys()].some((name) => !names.has(name))) notes.note("pathParameters", place);
  if ([...names].some(([wanted, name]) => wanted !== name)) notes.note("nameChanged", place);
  const fixed = fixedOf(query.join("?"), declared);
  return { path: template.startsWith("/") ? template : `/${template}`, parameters: [...undeclared, ...renamed, ...fixed] };
}

/** A name between braces, of which some files write two. */
const variablePattern = /\{+([^{}]+)\}+/;

const plain = (name: string, place: ActionHTTPParameter["in"]): ActionHTTPParameter => ({
  name,
  in: place,
  required: true,
  type: "string",
});

/** A name that templates take. It never leaves Mooring: the outside system sees the value alone. */
function nameOf(wanted: string, names: Map<string, string>): string {
  const known = names.get(wanted);
  if (known !== undefined) return known;
  const clean = wanted.replace(/[^A-Za-z0-9_.-]+/g, "_").slice(0, 90);
  const base = /^[A-Za-z_]/.test(clean) ? clean : `_${clean}`;
  const taken = new Set(names.values());
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
  names.set(wanted, name);
  return name;
}

/** Literal text of a path, with what no path holds percent-encoded (RFC 3986 section 3.3). */
const encoded = (text: string) =>
  text
    .toWellFormed()
    .replace(/\{+|\}+/g, encodeURIComponent)
    .replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu, encodeURIComponent);

function fixedOf(query: string, declared: readonly ActionHTTPParameter[]): ActionHTTPParameter[] {
  const taken = new Set(declared.filter((one) => one.in === "query").map((one) => one.name));
  return [...new URLSearchParams(query)].flatMap(([name, value]) => {
    if (taken.has(name) || name === "" || name.length > 200 || /\p{Cc}/u.test(name)) return [];
    taken.add(name);
    const isFixed = !value.includes("{");
    return [{ ...plain(name, "query"), ...(isFixed && value !== "" && { default: value, schema: { enum: [value] } }) }];
  });
}
