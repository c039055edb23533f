import type { ContentError } from "@mooring/contract";
import type { HttpActionDocument } from "./action.ts";
import { contentError, contentWarning } from "./content-error.ts";
import { type Placeholder, parseTemplate, placeholderOf, spelled } from "./template.ts";

/** What is wrong with the path of an action, and with the parameters that it holds or should hold. */
export function pathFaults({ path, parameters }: Pick<HttpActionDocument, "path" | "parameters">): ContentError[] {
  const { parts, faults } = parseTemplate(path);
  const error = (message: string) => contentError("/path", message);
  const asked = new Set(parts.filter((part): part is Placeholder => typeof part !== "string").flatMap(nameOfParameter));
  return [
    ...faults.map(error),
    ...(path === "" || path.startsWith("/") ? [] : [error("The path begins with /, or is empty.")]),
    ...literalFaults(parts.map((part) => (typeof part === "string" ? part : "x")).join("")),
    ...[...asked].filter((name) => !parameters.some((one) => one.in === "path" && one.name === name)).map(undeclared),
    ...parameters.flatMap((one, at) => (one.in === "path" ? declaredFaults(one, at, asked) : [])),
  ];

  function undeclared(name: string): ContentError {
    const other = parameters.find((one) => one.name === name);
    const written = spelled({ namespace: "param", name });
    if (other) return error(`The path holds ${written}, which is a parameter of the ${other.in}; declare one in the path.`);
    return error(`The path holds ${written}, but no parameter of that name is in the path; declare it.`);
  }
}

const nameOfParameter = ({ namespace, name }: Placeholder) => (namespace === "param" ? [name] : []);

function declaredFaults(
  { name, required }: HttpActionDocument["parameters"][number],
  at: number,
  asked: ReadonlySet<string>,
): ContentError[] {
  const isSpelled = placeholderOf(`param.${name}`)?.name === name;
  return [
    ...(isSpelled
      ? []
      : [
          contentError(
            `/parameters/${at}/name`,
            "The name of a parameter in the path is letters, digits, _, . and -, a letter or _ first.",
          ),
        ]),
    ...(isSpelled && !asked.has(name)
      ? [
          contentError(
            `/parameters/${at}/name`,
            `The path does not hold ${spelled({ namespace: "param", name })}; put it where the value goes.`,
          ),
        ]
      : []),
    ...(required ? [] : [contentError(`/parameters/${at}/required`, "A parameter in the path is always required.")]),
  ];
}

/** What is wrong with the path as it stands, with `x` for each placeholder. */
function literalFaults(path: string): ContentError[] {
  const inBraces = [...path.matchAll(/\{([^{}]*)\}/g)].map(([whole, name]) => ({ whole, name }));
  return [
    ...(/[?#]/.test(path) ? [contentError("/path", "The path holds a query or a fragment; declare parameters in the query instead.")] : []),
    ...(unsendable.test(path)
      ? [contentError("/path", "The path holds a space, a backslash or a character beyond ASCII; percent-encode it.")]
      : []),
    ...(hasDotSegment(path) ? [contentError("/path", "The path holds a . or .. segment; write it without.")] : []),
    ...inBraces.map(({ whole, name }) =>
      contentWarning("/path", `${whole} is sent as it stands; a parameter is written {{ param.${name} }}.`),
    ),
  ];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unsendable = /[\x00-\x20\x7f-\uffff\\]/;

/** In each of the ways that servers are known to read a path: with `%2f` and `%5c` as separators, and the parameters of a segment cut off. */
function hasDotSegment(path: string): boolean {
  return path
    .replaceAll(/%2e/gi, ".")
    .split(/[/\\]|%2f|%5c/i)
    .some((segment) => /^\.{1,2}(?:;|$)/.test(segment));
}
