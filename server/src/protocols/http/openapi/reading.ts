import type { Definitions } from "./definitions.ts";
import type { Notes } from "./notes.ts";
import { below, type Place, pointerTo, root, stepsIn } from "./place.ts";
import { cleanText, type JsonObject, objectOf, textOf, valueAt } from "./values.ts";

/** One file being read: what all parts of it need. */
export interface Reading {
  readonly document: JsonObject;
  readonly version: SpecificationVersion;
  readonly notes: Notes;
  readonly definitions: Definitions;
}

export type SpecificationVersion = "3.0" | "3.1";

/** An object of the file, and where it really is. */
export interface Found {
  readonly object: JsonObject;
  readonly place: Place;
}

/**
 * The object itself, or what its `$ref` points to in the end. Undefined when there is none, with a note that says why: it is no object
 * (`broken`), or its reference leads outside, to nothing, or in a circle. Nothing outside the document is ever looked at (J-3).
 */
export function follow({ document, notes }: Pick<Reading, "document" | "notes">, value: unknown, place: Place, broken: BrokenKind) {
  const passed = new Set<string>();
  let found: Found | undefined = objectWith(value, place);
  while (found !== undefined) {
    if (!Object.hasOwn(found.object, "$ref")) return found;
    const at: Place = below(found.place, "$ref");
    const steps = localSteps(found.object.$ref);
    if (steps === undefined) return refused(textOf(found.object.$ref) === undefined ? broken : "outside", at);
    const pointer = pointerTo(steps);
    if (passed.has(pointer)) return refused("cyclic", at);
    passed.add(pointer);
    const target = valueAt(document, steps);
    if (target === undefined) return refused("missing", at);
    found = objectWith(target, below(root, ...steps));
  }
  return refused(broken, place);

  function refused(kind: "outside" | "missing" | "cyclic" | BrokenKind, at: Place): undefined {
    notes.note(kind, at);
    return undefined;
  }
}

type BrokenKind = "brokenOperation" | "brokenParameter" | "brokenBody" | "securityScheme";

const objectWith = (value: unknown, place: Place): Found | undefined => {
  const object = objectOf(value);
  return object && { object, place };
};

/** The steps of a reference within the document; undefined for any other. */
export function localSteps(reference: unknown): string[] | undefined {
  return typeof reference === "string" && reference.startsWith("#") ? stepsIn(reference.slice(1)) : undefined;
}

/** The text of a property as the contract takes it. One that is too long is cut, with a note; undefined when there is none. */
export function textIn(
  { notes }: Pick<Reading, "notes">,
  { object, place }: Found,
  key: string,
  charactersMax: number,
): string | undefined {
  const text = Object.hasOwn(object, key) ? object[key] : undefined;
  if (text !== undefined && typeof text !== "string") notes.note("unknown", below(place, key));
  if (typeof text === "string" && text.length > charactersMax) notes.note("textCut", below(place, key));
  return cleanText(text, charactersMax);
}

/** Lengths the contract allows, in characters. */
export const summaryMax = 1_000;
export const descriptionMax = 20_000;
export const definitionDescriptionMax = 10_000;
