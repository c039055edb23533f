import { type Reading, unclear } from "./effect.ts";
import type { Schema, Walk } from "./schema-diff.ts";
import { keywordOf } from "./schema-keywords.ts";
import { comparable, followed, pointerIn, type Spot, shownReference } from "./schema-references.ts";

type Place = readonly [Spot, Schema];

/** Compares what two schemas refer to. `done` when that was all that there was to compare of them. */
export function compareReferences(walk: Walk, before: Place, after: Place, pointer: string, reading: Reading): "done" | "go on" {
  const [was, is] = [before[1].$ref, after[1].$ref];
  if (typeof was === "string" && typeof is === "string") {
    compareTwo(walk, { from: before[0], reference: was }, { from: after[0], reference: is }, pointer, reading);
    return "go on";
  }
  if (typeof was === "string") return compareWithBody(walk, { place: before, reference: was, side: "before" }, after, pointer, reading);
  if (typeof is === "string") return compareWithBody(walk, { place: after, reference: is, side: "after" }, before, pointer, reading);
  return "go on";
}

interface Referring {
  readonly from: Spot;
  readonly reference: string;
}

function compareTwo(walk: Walk, was: Referring, is: Referring, pointer: string, reading: Reading): void {
  const { before, after } = walk.sides;
  const isSame = comparable(before, was.reference) === comparable(after, is.reference);
  // What became of a definition that both have is told at that definition; what is within this document is told here.
  if (isSame && !is.reference.startsWith("#")) return;
  const [target, newTarget] = [followed(before, was.from, was.reference), followed(after, is.from, is.reference)];
  if (isSame && target && newTarget) return void walk.compare(target, newTarget, pointerIn(is.reference), reading);
  const whole = { old: { ...was.from, schema: was.from.document }, now: { ...is.from, schema: is.from.document } };
  if (isSame && walk.isEqual(whole.old, whole.now)) return;
  const values = { before: shownReference(before, was.reference), after: shownReference(after, is.reference) };
  const place = { pointer: `${pointer}/$ref`, values, reading };
  if (target && newTarget) walk.collapse(target, newTarget, place);
  else walk.report(place.pointer, values, unclear("what it refers to cannot be told"), reading);
}

/** Compares a schema that only refers to another one with one that was written in its place, or the other way round. */
function compareWithBody(
  walk: Walk,
  { place: [spot, schema], reference, side }: { place: Place; reference: string; side: "before" | "after" },
  [body, bodySchema]: Place,
  pointer: string,
  reading: Reading,
): "done" {
  const isBare = Object.keys(schema).every((name) => name === "$ref" || keywordOf(name).holds === "annotation");
  const target = isBare ? followed(walk.sides[side], spot, reference) : undefined;
  const [old, now] = side === "before" ? [schema, bodySchema] : [bodySchema, schema];
  const values = { before: old, after: now };
  if (!target)
    walk.report(pointer, values, unclear("whether a reference and what stands in its place say the same cannot be told"), reading);
  else if (side === "before") walk.collapse(target, body, { pointer, values, reading });
  else walk.collapse(body, target, { pointer, values, reading });
  return "done";
}
