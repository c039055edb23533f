import { isPlainObject } from "./action-parameter.ts";
import { pointerTo } from "./content-error.ts";
import { type Effect, narrows, neutral, type Reading, together, unclear, widens, within } from "./effect.ts";
import type { Schema, Walk } from "./schema-diff.ts";
import { isAnything, keywordOf, quoted } from "./schema-keywords.ts";
import { compareList } from "./schema-list-diff.ts";
import { comparableText, type Spot } from "./schema-references.ts";

/** What a keyword holds in two schemas, and those schemas themselves. A part whose `schema` is undefined is not there. */
interface Parts {
  readonly before: Spot;
  readonly after: Spot;
  readonly owner: Schema;
  readonly newOwner: Schema;
}

/** Compares what a keyword holds, in the way of that keyword. */
export function compareKeyword(walk: Walk, name: string, parts: Parts, pointer: string, reading: Reading): void {
  const keyword = keywordOf(name);
  const { before, after } = parts;
  const whenDifferent = (effect: () => Effect) => {
    if (!walk.isEqual(before, after)) walk.report(pointer, valuesOf(parts), effect(), reading);
  };
  switch (keyword.holds) {
    case "annotation":
      whenDifferent(() => neutral);
      break;
    case "value":
      whenDifferent(() => keyword.effect(before.schema, after.schema));
      break;
    case "schema":
      compareOptional(walk, parts, pointer, { outer: reading, inner: keyword.as });
      break;
    case "schemas":
      compareNamed(walk, parts, pointer, reading);
      break;
    case "list":
      compareList(walk, name, parts, pointer, reading);
      break;
    case "properties":
      compareProperties(walk, parts, pointer, reading);
      break;
    case "tuple":
      compareTuple(walk, parts, pointer, reading);
      break;
    case "whole":
      whenDifferent(() => unclear(`what a change of \`${name}\` does cannot be told`));
      break;
  }
}

const valuesOf = ({ before, after }: Pick<Parts, "before" | "after">) => ({ before: before.schema, after: after.schema });

/** Compares the values that `enum` and `const` list. */
export function compareValues(walk: Walk, old: Schema, now: Schema, pointer: string, reading: Reading): void {
  const [before, after] = [allowed(walk, "before", old), allowed(walk, "after", now)];
  if (before?.join() === after?.join()) return;
  const name = ["enum", "const"].find((keyword) => keyword in now) ?? ("enum" in old ? "enum" : "const");
  const values = { before: old.enum ?? old.const, after: now.enum ?? now.const };
  walk.report(pointerTo(pointer, name), values, valuesEffect(before, after), reading);
}

function valuesEffect(before: readonly string[] | undefined, after: readonly string[] | undefined): Effect {
  if (!before) return narrows("only some values are allowed now");
  if (!after) return widens("other values are allowed now");
  const [lost, gained] = [before.filter((one) => !after.includes(one)), after.filter((one) => !before.includes(one))];
  return together([
    ...(lost.length > 0 ? [narrows(`${quoted(lost)} is not allowed any more`)] : []),
    ...(gained.length > 0 ? [widens(`${quoted(gained)} is allowed now`)] : []),
  ]);
}

/** The values that fit, as texts; undefined where they are not listed. */
function allowed({ sides }: Walk, side: "before" | "after", schema: Schema): string[] | undefined {
  const listed = Array.isArray(schema.enum) ? schema.enum.map((one) => comparableText(sides[side], one)) : undefined;
  if (!("const" in schema)) return listed;
  const only = comparableText(sides[side], schema.const);
  return !listed || listed.includes(only) ? [only] : [];
}

/** Compares two schemas, either of which may not be there: then anything goes. */
function compareOptional(
  walk: Walk,
  { before, after }: Pick<Parts, "before" | "after">,
  pointer: string,
  { outer, inner }: { outer: Reading; inner: Reading },
): void {
  if (before.schema !== undefined && after.schema !== undefined) {
    walk.compare(before, after, pointer, within(outer, inner));
    return;
  }
  const isIdle = inner === "same" && isAnything(before.schema ?? after.schema);
  const effect = before.schema === undefined ? narrows("it is demanded now") : widens("it is not demanded any more");
  walk.report(pointer, valuesOf({ before, after }), isIdle ? neutral : effect, outer);
}

function compareNamed(walk: Walk, { before, after, owner, newOwner }: Parts, pointer: string, reading: Reading): void {
  const [old, now] = [namedOf(before), namedOf(after)];
  // Where other properties are refused or described, a pattern also takes its properties out of that.
  const isOpen = [owner, newOwner].every((schema) => isAnything(schema.additionalProperties ?? true));
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const parts = { before: { ...before, schema: own(old, name) }, after: { ...after, schema: own(now, name) } };
    const isInBoth = parts.before.schema !== undefined && parts.after.schema !== undefined;
    const place = pointerTo(pointer, name);
    if (isOpen || isInBoth) compareOptional(walk, parts, place, { outer: reading, inner: "same" });
    else walk.report(place, valuesOf(parts), unclear("which properties are allowed is another question now"), reading);
  }
}

const namedOf = ({ schema }: Spot): Schema => (isPlainObject(schema) ? schema : {});
const own = (schemas: Schema, name: string) => (Object.hasOwn(schemas, name) ? schemas[name] : undefined);

/** Compares properties by name. One that is new and optional is taken as safe beside those that were described, as everybody does. */
function compareProperties(walk: Walk, { before, after, owner }: Parts, pointer: string, reading: Reading): void {
  const [old, now] = [namedOf(before), namedOf(after)];
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const place = pointerTo(pointer, name);
    const [was, is] = [own(old, name), own(now, name)];
    if (is === undefined) walk.report(place, { before: was }, unclear(`${quoted([name])} is not described any more`), reading);
    else if (was === undefined) walk.report(place, { after: is }, addedProperty(owner, name, is), reading);
    else walk.compare({ ...before, schema: was }, { ...after, schema: is }, place, reading);
  }
}

function addedProperty(owner: Schema, name: string, schema: unknown): Effect {
  if (schema === false) return narrows(`${quoted([name])} is not allowed any more`);
  if (owner.additionalProperties === false || owner.unevaluatedProperties === false)
    return widens(`${quoted([name])} was not allowed before`);
  // A map, whose values were described otherwise.
  if (!isAnything(owner.additionalProperties ?? true)) return unclear(`${quoted([name])} was described as any other property before`);
  // Where no property was described, it is the first demand on what was free.
  return Object.keys(namedOf({ schema: owner.properties, document: undefined })).length > 0
    ? neutral
    : narrows(`${quoted([name])} is described now`);
}

/** Compares `items`, or the schemas of the first items one by one. */
function compareTuple(walk: Walk, { before, after }: Parts, pointer: string, reading: Reading): void {
  const [old, now] = [before.schema, after.schema];
  if (Array.isArray(old) && Array.isArray(now) && old.length === now.length) {
    for (const [index, item] of now.entries())
      walk.compare({ ...before, schema: old[index] }, { ...after, schema: item }, `${pointer}/${index}`, reading);
  } else if (Array.isArray(old) || Array.isArray(now)) {
    walk.report(pointer, { before: old, after: now }, unclear("which item is described by what is another question now"), reading);
  } else compareOptional(walk, { before, after }, pointer, { outer: reading, inner: "same" });
}
