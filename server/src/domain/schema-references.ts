import type { DefinitionId } from "../kernel/ids.ts";
import { canonicalText } from "./canonical.ts";
import { parseStoredReference } from "./definition.ts";

/** A place in a schema, and the document in which it stands: what `#/...` there is about. */
export interface Spot {
  readonly schema: unknown;
  readonly document: unknown;
}

/** The definitions of one version, as schemas of it see them. */
export interface Side {
  /** The schema of a definition; undefined where there is none, or one that is no JSON Schema. */
  schemaOf(id: DefinitionId): unknown;
  /** The same for what is the same definition in the other version. */
  keyOf(id: DefinitionId): string;
  nameOf(id: DefinitionId): string;
}

/** What `reference` points to, seen from `from`. Undefined for what is nowhere, and for anchors. */
export function followed(side: Side, from: Spot, reference: string): Spot | undefined {
  const parsed = parseStoredReference(reference);
  if (!parsed && !reference.startsWith("#")) return undefined;
  const document = parsed ? side.schemaOf(parsed.id) : from.document;
  const schema = at(document, (parsed ? parsed.fragment : reference).slice(1));
  return schema === undefined ? undefined : { schema, document };
}

function at(document: unknown, fragment: string): unknown {
  if (fragment === "") return document;
  if (!fragment.startsWith("/")) return undefined;
  let value = document;
  for (const step of stepsOf(fragment)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function stepsOf(fragment: string): string[] {
  const steps = fragment.slice(1).split("/");
  return steps.map((step) => decoded(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** Where a reference within a document points to, as a JSON Pointer. */
export const pointerIn = (reference: string): string => reference.slice(1).split("/").map(decoded).join("/");

/** A reference as one that says the same in both versions where it means the same definition. */
export function comparable(side: Side, reference: string): string {
  const parsed = parseStoredReference(reference);
  return parsed ? `mooring:${side.keyOf(parsed.id)}${parsed.fragment}` : reference;
}

/** A schema, or any part of one, as a text to compare with the other version's. */
export const comparableText = (side: Side, schema: unknown): string => canonicalText(schema, (reference) => comparable(side, reference));

/** A value out of a schema as people may see it: with references by name. */
export function shownValue(side: Side, value: unknown): unknown {
  const text = JSON.stringify(value, (key, member) =>
    key === "$ref" && typeof member === "string" ? shownReference(side, member) : member,
  );
  if (text === undefined) return undefined;
  return text.length > shownMax ? "(long)" : JSON.parse(text);
}

const shownMax = 200;

/** A reference as people write it. */
export function shownReference(side: Side, reference: string): string {
  const parsed = parseStoredReference(reference);
  return parsed ? `#/$defs/${side.nameOf(parsed.id)}${parsed.fragment.slice(1)}` : reference;
}
