import { parseStoredReference } from "../domain/definition.ts";
import { formats, isCheckedFormat } from "./formats.ts";
import type { Schema } from "./schemas.ts";

/** Whether a value fits for sure. Adds to `seen` every key that it met, all of them when it is true. */
export type Check = (value: unknown, seen: Seen, depth: number) => boolean;

export interface Seen {
  keys: number;
}

/**
 * Readies a schema for the quick look, when all it says is of the kind that the look knows: types, properties, items, bounds, lists of
 * plain values, and references. Undefined when it says more, or is long. Of what it knows, the meaning is the same in both dialects.
 */
export function readyCheck({ root, definitions }: Schema): Check | undefined {
  const length = definitions.reduce((sum, { content }) => sum + content.length, root.length);
  if (length > lengthMax) return undefined;
  const texts = new Map(definitions.map(({ id, content }) => [id as string, content]));
  const documents = new Map<string, unknown>();
  const checks = new Map<string, Check>();
  let nodes = 0;
  try {
    return texts.has(root) ? checkAt(root, "") : checkOf(JSON.parse(root), "");
  } catch (error) {
    if (error instanceof Unsure) return undefined;
    throw error;
  }

  function checkAt(id: string, pointer: string): Check {
    const key = `${id}#${pointer}`;
    const known = checks.get(key);
    if (known) return known;
    // In the place of one that refers to itself, until it is known.
    let found: Check | undefined;
    checks.set(key, (value, seen, depth) => depth < depthMax && (found as Check)(value, seen, depth + 1));
    found = checkOf(schemaAt(documentOf(id), pointer), id);
    return found;
  }

  function documentOf(id: string): unknown {
    const text = texts.get(id);
    if (text === undefined) throw new Unsure();
    if (!documents.has(id)) documents.set(id, JSON.parse(text));
    return documents.get(id);
  }

  function checkOf(schema: unknown, id: string): Check {
    nodes += 1;
    if (nodes > nodesMax) throw new Unsure();
    if (schema === true) return count;
    if (!isObject(schema)) throw new Unsure();
    const said = Object.keys(schema).filter((keyword) => !annotations.has(keyword) && !keyword.startsWith("x-"));
    if (said.includes("$ref")) {
      // What stands beside a reference counts in one dialect and not in the other.
      if (said.length > 1) throw new Unsure();
      return referred(schema.$ref, id);
    }
    const tests = said.flatMap((keyword) => testsOf(keyword, schema));
    const inner = { object: objectCheck(schema, id), list: "items" in schema ? checkOf(schema.items, id) : count };
    return (value, seen, depth) => {
      for (const test of tests) if (!test(value)) return false;
      if (typeof value !== "object" || value === null) return true;
      if (depth >= depthMax) return false;
      if (!Array.isArray(value)) return inner.object(value, seen, depth + 1);
      for (const item of value) if (!inner.list(item, seen, depth + 1)) return false;
      return true;
    };
  }

  function referred(reference: unknown, id: string): Check {
    if (typeof reference !== "string") throw new Unsure();
    const stored = parseStoredReference(reference);
    const fragment = stored ? stored.fragment : reference;
    if (!stored && !fragment.startsWith("#")) throw new Unsure();
    return checkAt(stored?.id ?? id, fragment.slice(1));
  }

  function objectCheck({ properties = {}, additionalProperties = true, required = [] }: Members, id: string): Check {
    if (!isObject(properties) || !Array.isArray(required)) throw new Unsure();
    const known = new Map(Object.entries(properties).map(([name, schema]) => [name, checkOf(schema, id)]));
    const others = additionalProperties === false ? undefined : checkOf(additionalProperties, id);
    return (value, seen, depth) => {
      for (const name of required) if (!Object.hasOwn(value as object, name)) return false;
      // There is nothing to inherit in what a parser made; this costs less than a list of the names.
      for (const name in value as object) {
        const check = known.get(name) ?? others;
        if (name === "__proto__" || check === undefined) return false;
        seen.keys += 1;
        if (!check((value as Record<string, unknown>)[name], seen, depth)) return false;
      }
      return true;
    };
  }
}

/** It is not known here what the schema says. */
class Unsure extends Error {}

const lengthMax = 128 * 1024;
const nodesMax = 5_000;
const depthMax = 64;

interface Members {
  readonly properties?: unknown;
  readonly additionalProperties?: unknown;
  readonly required?: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Anything fits, but its keys count. */
function count(value: unknown, seen: Seen, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth >= depthMax) return false;
  if (Array.isArray(value)) return value.every((item) => count(item, seen, depth + 1));
  return Object.entries(value).every(([name, inner]) => {
    seen.keys += 1;
    return name !== "__proto__" && count(inner, seen, depth + 1);
  });
}

function schemaAt(document: unknown, pointer: string): unknown {
  if (pointer === "") return document;
  if (!/^\/[A-Za-z0-9_$/-]*$/.test(pointer)) throw new Unsure();
  return pointer
    .slice(1)
    .split("/")
    .reduce<unknown>((inner, part) => (isObject(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined), document);
}

const annotations = new Set([
  "$schema",
  "$defs",
  "definitions",
  "$comment",
  "title",
  "description",
  "default",
  "example",
  "examples",
  "deprecated",
]);

type Test = (value: unknown) => boolean;

function testsOf(keyword: string, schema: Readonly<Record<string, unknown>>): Test[] {
  if (structural.has(keyword)) return [];
  const ready = tests[keyword];
  const test = ready?.(schema[keyword]);
  if (test === undefined) throw new Unsure();
  return [test];
}

const structural = new Set(["properties", "additionalProperties", "required", "items"]);

/** Each gives undefined for what it does not know. */
const tests: Readonly<Record<string, (said: unknown) => Test | undefined>> = Object.assign(Object.create(null), {
  type: (said: unknown) => {
    const wanted = [said].flat().map((name) => types[name as keyof typeof types]);
    if (wanted.some((one) => one === undefined)) return undefined;
    return wanted.length === 1 ? wanted[0] : (value: unknown) => wanted.some((one) => one?.(value));
  },
  enum: (said: unknown) => {
    if (!Array.isArray(said) || !said.every(isPlain)) return undefined;
    // The list may be as long as the text, and each of its values asked about all of it.
    const values = new Set<unknown>(said);
    return (value: unknown) => values.has(value);
  },
  const: (said: unknown) => (isPlain(said) ? (value: unknown) => value === said : undefined),
  minimum: bound((value, limit) => value >= limit),
  maximum: bound((value, limit) => value <= limit),
  exclusiveMinimum: bound((value, limit) => value > limit),
  exclusiveMaximum: bound((value, limit) => value < limit),
  // Characters are counted, and not halves of one: there are no more of them than halves, and no fewer than half as many.
  minLength: (limit: unknown) =>
    typeof limit === "number"
      ? (value: unknown) =>
          typeof value !== "string" || value.length >= 2 * limit - 1 || (value.length >= limit && !/[\ud800-\udfff]/.test(value))
      : undefined,
  maxLength: (limit: unknown) =>
    typeof limit === "number" ? (value: unknown) => typeof value !== "string" || value.length <= limit : undefined,
  minItems: listBound((length, limit) => length >= limit),
  maxItems: listBound((length, limit) => length <= limit),
  format: (said: unknown) => {
    if (typeof said !== "string") return undefined;
    const fits = isCheckedFormat(said) ? formats[said] : undefined;
    return fits ? (value: unknown) => typeof value !== "string" || fits(value) : () => true;
  },
});

const isPlain = (value: unknown) => value === null || (typeof value !== "object" && value !== undefined);

const types = {
  object: isObject,
  array: Array.isArray,
  string: (value: unknown) => typeof value === "string",
  number: Number.isFinite as (value: unknown) => boolean,
  integer: Number.isInteger,
  boolean: (value: unknown) => typeof value === "boolean",
  null: (value: unknown) => value === null,
} as const;

type Compare = (value: number, limit: number) => boolean;

function bound(fits: Compare) {
  return (limit: unknown): Test | undefined =>
    typeof limit === "number" ? (value) => typeof value !== "number" || fits(value, limit) : undefined;
}

function listBound(fits: Compare) {
  return (limit: unknown): Test | undefined =>
    typeof limit === "number" ? (value) => !Array.isArray(value) || fits(value.length, limit) : undefined;
}
