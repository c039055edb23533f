import { type ActionHTTPParameter, type ContentError, httpToken } from "@mooring/contract";
import { isNeverForwarded } from "./caller-headers.ts";
import { contentError, contentWarning } from "./content-error.ts";
import { defaultFaults } from "./parameter-default-faults.ts";
import { parameterSchemaFaults } from "./parameter-schema-faults.ts";
import { headerKey, placeKey } from "./places.ts";

/** What is wrong with the parameters of an HTTP request, each for itself and side by side; `pathFaults` says whether the path fits them. */
export function parameterFaults(parameters: readonly ActionHTTPParameter[]): ContentError[] {
  const names = new Set(parameters.map(({ name }) => name));
  return placedFaults(
    parameters,
    (parameter, here) => [
      ...defaultFaults(parameter, `${here}/default`, names),
      ...parameterSchemaFaults(parameter, `${here}/schema`),
      ...styleFaults(parameter, here),
    ],
    headerFaults,
  );
}

/** Where a parameter is, and what it is called there. */
type Placed = Pick<ActionHTTPParameter, "in" | "name">;

/**
 * What is wrong with the names of parameters, each for itself and side by side, and what `own` finds of each. `ofHeader` knows of headers
 * that cannot be parameters.
 */
export function placedFaults<Parameter extends Placed>(
  parameters: readonly Parameter[],
  own: (parameter: Parameter, here: string) => ContentError[],
  ofHeader: HeaderFaults,
): ContentError[] {
  const seen = new Set<string>();
  return parameters.flatMap((parameter, at) => {
    const { in: place, name } = parameter;
    const here = `/parameters/${at}`;
    const key = place === "path" ? `path ${name}` : placeKey({ in: place, name });
    const isRepeated = seen.has(key);
    seen.add(key);
    return [
      ...nameFaults(parameter, `${here}/name`, ofHeader),
      ...(isRepeated ? [contentError(`${here}/name`, `There are two parameters ${name} in the ${place}; remove one.`)] : []),
      ...own(parameter, here),
    ];
  });
}

/** What is wrong with a header of that `headerKey` as a parameter. */
type HeaderFaults = (key: string, here: string) => ContentError[];

/** The path has a rule of its own, which depends on what it holds. */
function nameFaults({ in: place, name }: Placed, here: string, ofHeader: HeaderFaults): ContentError[] {
  switch (place) {
    case "path":
      return [];
    case "query":
      return isSendable(name)
        ? []
        : [contentError(here, "The name of a parameter in the query has no control characters, and is not empty.")];
    case "header":
      return token.test(name) ? ofHeader(headerKey(name), here) : [contentError(here, `The name of a header ${tokenWords}`)];
    case "cookie":
      return token.test(name) ? [] : [contentError(here, `The name of a cookie ${tokenWords}`)];
  }
}

const token = new RegExp(httpToken);
const tokenWords = "is letters, digits and !#$%&'*+-.^_`|~ (RFC 9110 section 5.6.2), and is not empty.";

/** Whether a parameter in the query may have this name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const isSendable = (name: string): boolean => /^[^\x00-\x1f\x7f]+$/.test(name);

function headerFaults(key: string, here: string): ContentError[] {
  const known = effectless.get(key);
  if (known !== undefined) return [contentWarning(here, `A call cannot set this header: ${known}`)];
  if (!isNeverForwarded(key)) return [];
  return [contentError(here, "The gateway does not pass this header on, because it belongs to the way there; remove the parameter.")];
}

/** Headers that descriptions of APIs often list, and that come from somewhere else. */
const effectless = new Map([
  ["authorization", "it is written by the environment's credentials."],
  ["cookie", "it is made of parameters in the cookie and of the environment's credentials."],
  ["content-type", "it says what the body is, and is sent with that."],
]);

/** How a list may be written in each place (OpenAPI 3.1, section 4.8.12.3, as far as the gateway writes it). */
const stylesIn = {
  path: ["simple"],
  header: ["simple"],
  query: ["form", "spaceDelimited", "pipeDelimited"],
  cookie: ["form"],
} as const satisfies Record<ActionHTTPParameter["in"], readonly NonNullable<ActionHTTPParameter["style"]>[]>;

function styleFaults({ in: place, style, explode }: ActionHTTPParameter, here: string): ContentError[] {
  if (style === undefined) return [];
  const fitting: readonly string[] = stylesIn[place];
  if (!fitting.includes(style)) return [contentError(`${here}/style`, `In the ${place}, the style is ${fitting.join(" or ")}.`)];
  if (explode !== true || style === "form" || style === "simple") return [];
  return [contentError(`${here}/explode`, `With ${style} all items are in one parameter; set explode to false, or the style to form.`)];
}
