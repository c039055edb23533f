import type { ActionHTTPParameter, ContentError } from "@mooring/contract";
import { isList } from "./action-parameter.ts";
import { contentError } from "./content-error.ts";
import { parseTemplate, spelled } from "./template.ts";

/** What is wrong with a parameter's default. `names` are those of all parameters, which a template in it may use. */
export function defaultFaults(parameter: ActionHTTPParameter, here: string, names: ReadonlySet<string>): ContentError[] {
  const { default: given } = parameter;
  if (given === undefined) return [];
  if (!isList(parameter)) return valueFaults(parameter, given, here, names);
  if (!Array.isArray(given)) return [contentError(here, "The default of a list is a list.")];
  if (given.length > itemsMax) return [contentError(here, `A default is a list of at most ${itemsMax} items.`)];
  return given.flatMap((item, at) => valueFaults(parameter, item, `${here}/${at}`, names));
}

const itemsMax = 1_000;
/** How long a default may be: as long as all that the parameters of a call come to. */
export const charactersMax = 64 * 1024;

function valueFaults({ name, type }: ActionHTTPParameter, value: unknown, here: string, names: ReadonlySet<string>): ContentError[] {
  if (typeof value !== "string") return isOfType[type](value) ? [] : [contentError(here, `This must be ${article[type]} ${type}.`)];
  if (value.length > charactersMax) return [contentError(here, `A default is a text of at most ${charactersMax} characters.`)];
  const { parts, faults } = parseTemplate(value);
  if (faults.length > 0) return faults.map((fault) => contentError(here, fault));
  const placeholders = parts.flatMap((part) => (typeof part === "string" ? [] : [part]));
  // What a template comes to is known when it is filled in.
  if (placeholders.length === 0 && type !== "string") return [contentError(here, `This must be ${article[type]} ${type}.`)];
  return placeholders.flatMap((one) => {
    if (one.namespace !== "param") return [];
    if (one.name === name)
      return [contentError(here, `${spelled(one)} is the parameter itself, which has no value where its default counts.`)];
    return names.has(one.name) ? [] : [contentError(here, `There is no parameter for ${spelled(one)}; declare it.`)];
  });
}

/** Whether a value other than a text is of a parameter's type. */
export const isOfType = {
  string: () => false,
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
} as const satisfies Record<ActionHTTPParameter["type"], (value: unknown) => boolean>;

/** The article of a type's name. */
export const article = { string: "a", number: "a", integer: "an", boolean: "a" } as const satisfies Record<
  ActionHTTPParameter["type"],
  string
>;
