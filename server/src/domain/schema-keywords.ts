import { typesOf } from "./action-parameter.ts";
import { type Effect, narrows, neutral, type Reading, together, unclear, widens } from "./effect.ts";

/** What kind of value a keyword of JSON Schema has, and how a change of it counts. */
export type Keyword =
  /** Says something to people or tools, and refuses nothing. */
  | { readonly holds: "annotation" }
  /** A value of its own; the rule is asked where two differ, and given undefined where there is none. */
  | { readonly holds: "value"; readonly effect: (before: unknown, after: unknown) => Effect }
  /** A schema. Where there is none, anything goes. */
  | { readonly holds: "schema"; readonly as: Reading }
  /** Schemas by name, each of which is one more demand. */
  | { readonly holds: "schemas" }
  /** Alternatives or demands in a list. */
  | { readonly holds: "list" }
  | { readonly holds: "properties" }
  | { readonly holds: "tuple" }
  /** What it means depends on more than itself, or is not known. */
  | { readonly holds: "whole" };

/** The keyword of that name, in the two dialects that there are: 2020-12 and draft-07. One that is unknown is compared as a whole. */
export function keywordOf(name: string): Keyword {
  return keywords.get(name) ?? (name.startsWith("x-") ? { holds: "annotation" } : { holds: "whole" });
}

/** Whether a schema says nothing that a value could fail. */
export const isAnything = (schema: unknown): boolean =>
  schema === true ||
  (typeof schema === "object" && schema !== null && Object.keys(schema).every((name) => keywordOf(name).holds === "annotation"));

const value = (effect: (before: unknown, after: unknown) => Effect): Keyword => ({ holds: "value", effect });
const each = (names: readonly string[], keyword: Keyword): [string, Keyword][] => names.map((name) => [name, keyword]);

const annotations = [
  ...["title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly"],
  ...["$comment", "$id", "$defs", "definitions", "externalDocs", "xml"],
];

const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ...each(annotations, { holds: "annotation" }),
  ["$schema", value(dialect)],
  ["type", value(types)],
  ["required", value(required)],
  ["dependentRequired", value(onlyAddedOrRemoved)],
  ...each(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"], value(bound(-1))),
  ...each(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"], value(bound(1))),
  ["multipleOf", value(multiples)],
  ["uniqueItems", value(flag)],
  ...each(["pattern", "format"], value(onlyAddedOrRemoved)),
  ...each(["additionalProperties", "additionalItems", "propertyNames", "then", "else"], {
    holds: "schema",
    as: "same",
  }),
  ["not", { holds: "schema", as: "flipped" }],
  ...each(["patternProperties", "dependentSchemas"], { holds: "schemas" }),
  ...each(["allOf", "anyOf", "oneOf"], { holds: "list" }),
  ["properties", { holds: "properties" }],
  ...each(["items", "prefixItems"], { holds: "tuple" }),
]);

function dialect(before: unknown, after: unknown): Effect {
  const [old, now] = [before, after].map((uri) => String(uri ?? usual).replace(/#$/, ""));
  return old === now ? neutral : unclear("in another dialect of JSON Schema keywords may mean something else");
}

const usual = "https://json-schema.org/draft/2020-12/schema";

function types(before: unknown, after: unknown): Effect {
  const [old, now] = [before, after].map((type) => (type === undefined ? everyType : typesOf({ type }).map(String))) as [
    string[],
    string[],
  ];
  const [lost, gained] = [beyond(old, now), beyond(now, old)];
  return together([
    ...(lost.length > 0 ? [narrows(`\`type\` lost ${lost.join(", ")}`)] : []),
    ...(gained.length > 0 ? [widens(`\`type\` gained ${gained.join(", ")}`)] : []),
  ]);
}

const everyType = ["null", "boolean", "object", "array", "number", "string"];

/** The types that `others` do not include; each integer is a number. */
const beyond = (some: readonly string[], others: readonly string[]) =>
  some.filter((type) => !others.includes(type) && !(type === "integer" && others.includes("number")));

function required(before: unknown, after: unknown): Effect {
  const [old, now] = [listed(before), listed(after)];
  const [lost, gained] = [old.filter((name) => !now.includes(name)), now.filter((name) => !old.includes(name))];
  return together([
    ...(gained.length > 0 ? [narrows(`${quoted(gained)} must be there now`)] : []),
    ...(lost.length > 0 ? [widens(`${quoted(lost)} may be missing now`)] : []),
  ]);
}

const listed = (names: unknown): string[] => (Array.isArray(names) ? names.map(String) : []);

/** The first few names, as they stand in a sentence. */
export const quoted = (names: readonly string[]): string =>
  names
    .slice(0, shownMax)
    .map((name) => `\`${name.slice(0, 100)}\``)
    .join(", ") + (names.length > shownMax ? ` and ${names.length - shownMax} more` : "");

const shownMax = 5;

/** A bound that lets less through the further it goes `towards`. */
function bound(towards: 1 | -1) {
  return (before: unknown, after: unknown): Effect => {
    if (before === undefined) return narrows("a bound was added");
    if (after === undefined) return widens("a bound was taken away");
    if (typeof before !== "number" || typeof after !== "number") return unclear("the bounds cannot be compared");
    return (after - before) * towards > 0 ? narrows("the bound is tighter") : widens("the bound is looser");
  };
}

function multiples(before: unknown, after: unknown): Effect {
  if (before === undefined || after === undefined) return onlyAddedOrRemoved(before, after);
  if (typeof before !== "number" || typeof after !== "number") return unclear("the steps cannot be compared");
  if (after % before === 0) return narrows("the steps are wider");
  return before % after === 0 ? widens("the steps are finer") : unclear("the steps are others");
}

function flag(_before: unknown, after: unknown): Effect {
  return after === true ? narrows("items must differ now") : widens("items may be equal now");
}

/** Two that differ cannot be compared; one that is new refuses something, and one that is gone does so no more. */
function onlyAddedOrRemoved(before: unknown, after: unknown): Effect {
  if (before === undefined) return narrows("it is demanded now");
  return after === undefined ? widens("it is not demanded any more") : unclear("whether what fits is the same cannot be told");
}
