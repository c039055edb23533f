import { absent, type Entry, entryOfValue, memberOf } from "./entry.ts";
import type { Documents, Place } from "./references.ts";
import { type KnownShape, shapeOf } from "./shape.ts";

/**
 * What a form begins with where a value of this place is wanted: objects with the members they must have, lists with as many items as
 * they need, and what can be nothing else. What people have to say is left open, and so is what is not read yet.
 */
export function begun(place: Place, documents: Documents, depth = 0): Entry {
  const shape = shapeOf(place, documents);
  if (shape.kind === "awaited" || depth > depthMax) return absent;
  switch (shape.kind) {
    case "group":
      return {
        kind: "group",
        members: shape.members
          .filter(({ isRequired }) => isRequired)
          .map((member, id) => ({ id, name: member.name, entry: begun(member.place, documents, depth + 1) })),
      };
    case "list": {
      const length = Math.min(shape.itemsMin, itemsBegun);
      return { kind: "list", items: Array.from({ length }, (_, id) => ({ id, entry: begun(shape.itemAt(id), documents, depth + 1) })) };
    }
    case "choice":
      return shape.values.length === 1 ? entryOfValue(shape.values[0]) : absent;
    case "alternatives":
      return shape.options[0] ? begun(shape.options[0].place, documents, depth + 1) : absent;
    case "any":
    case "text":
    case "number":
    case "boolean":
      return absent;
  }
}

const depthMax = 6;
const itemsBegun = 10;

/** Which of several alternatives an entry looks most like; the first when it looks like none of them. */
export function likeliest(entry: Entry, options: readonly { readonly place: Place }[], documents: Documents): number {
  const scores = options.map(({ place }) => likeness(entry, shapeOf(place, documents), documents));
  const best = Math.max(...scores);
  return best > 0 ? scores.indexOf(best) : 0;
}

function likeness(entry: Entry, shape: ReturnType<typeof shapeOf>, documents: Documents): number {
  if (shape.kind === "awaited" || !fits(entry, shape)) return 0;
  if (shape.kind !== "group" || entry.kind !== "group") return shape.kind === "any" ? 1 : 2;
  let score = 2;
  for (const { name, place, isRequired } of shape.members) {
    const member = memberOf(entry, name);
    const asked = shapeOf(place, documents);
    const isKept = entry.members.some((one) => one.name === name);
    if (!isKept) score -= isRequired ? 2 : 0;
    // What tells alternatives apart is mostly a member that has one value in each.
    else if (asked.kind === "choice") score += member.kind === "absent" ? 0 : fits(member, asked) ? 6 : -6;
    else score += 2;
  }
  const known = new Set(shape.members.map(({ name }) => name));
  const strangers = entry.members.filter(({ name }) => !known.has(name)).length;
  return Math.max(score - (shape.others ? 0 : 3 * strangers), 1);
}

/** Whether an entry can be shown in the field of a shape; what cannot is shown as JSON. What is absent can. */
export function fits(entry: Entry, shape: KnownShape): boolean {
  if (entry.kind === "absent") return true;
  if (entry.kind === "plain" && entry.value === null) return shape.isNullable;
  switch (shape.kind) {
    case "any":
      return entry.kind === "raw";
    case "alternatives":
      return true;
    case "text":
      return entry.kind === "plain" && typeof entry.value === "string";
    case "boolean":
      return entry.kind === "plain" && typeof entry.value === "boolean";
    case "number":
      return entry.kind === "number";
    case "choice":
      return choiceOf(entry, shape.values) !== undefined;
    case "list":
      return entry.kind === "list";
    case "group":
      return entry.kind === "group";
  }
}

/** Which of these values an entry is; undefined when it is none. */
export function choiceOf(entry: Entry, values: readonly unknown[]): number | undefined {
  const at = values.findIndex((value) => isSame(entry, entryOfValue(value)));
  return at === -1 ? undefined : at;
}

function isSame(one: Entry, other: Entry): boolean {
  if (one.kind === "number" && other.kind === "number") return Number(one.text) === Number(other.text);
  return one.kind === "plain" && other.kind === "plain" ? one.value === other.value : JSON.stringify(one) === JSON.stringify(other);
}
