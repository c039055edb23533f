import type { ContentError, Definition, DefinitionReference } from "@mooring/contract";
import type { DefinitionId, OrganisationId } from "../kernel/ids.ts";

/** A definition as it is kept. */
export interface StoredDefinition {
  readonly id: DefinitionId;
  readonly name: string;
  /** The media types it describes. */
  readonly accept: readonly string[];
  readonly description?: string;
  readonly contentType: string;
  /** The schema. In JSON Schema, a reference to another definition is `mooring:{id}` with or without a fragment. */
  readonly content: string;
  /** What keeps it from being used: a deleted definition that it refers to. */
  readonly errors: readonly ContentError[];
}

/** A definition without its schema, which may be long: what lists and answers show. */
export type DefinitionHead = Omit<StoredDefinition, "contentType" | "content">;

/** A definition as far as values are held against it. */
export type CalledDefinition = Pick<StoredDefinition, "id" | "name" | "accept" | "contentType" | "content">;

/** How many definitions a version may hold. */
export const definitionsMax = 20_000;

/** A definition as it is answered. `schemas` is where those of its version are, see `schemasUrl`. */
export function shownDefinition(
  { id, name, accept, description, errors }: DefinitionHead,
  schemas: string,
  referencedBy?: readonly DefinitionReference[],
): Definition {
  return {
    id,
    name,
    accept: [...accept],
    ...(description === undefined ? {} : { description }),
    url: schemas + name,
    ...(referencedBy ? { referencedBy: [...referencedBy] } : {}),
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
  };
}

/** Where the schemas of a version are: with a definition's name behind it, the address of its schema. */
export const schemasUrl = (publicUrl: URL, org: OrganisationId, schemaKey: string): string =>
  `${publicUrl.origin}/o/${org}/schemas/${schemaKey}/`;

/** How a stored JSON Schema refers to a definition of its version; `fragment` is empty or begins with `#`. */
export const storedReference = (id: DefinitionId, fragment = "") => `${referenceScheme}${id}${fragment}`;

/** The definition that a stored reference points to, and where in it; undefined for a reference within the schema itself. */
export function parseStoredReference(reference: string): { readonly id: DefinitionId; readonly fragment: string } | undefined {
  if (!reference.startsWith(referenceScheme)) return undefined;
  const at = reference.indexOf("#");
  const id = reference.slice(referenceScheme.length, at === -1 ? undefined : at);
  return { id: id as DefinitionId, fragment: at === -1 ? "" : reference.slice(at) };
}

/** The definitions that a stored JSON Schema refers to, each with the JSON Pointer (RFC 6901) of the first place that does. */
export function referencesIn(schema: unknown): Map<DefinitionId, string> {
  const found = new Map<DefinitionId, string>();
  mapReferences(schema, (reference, pointer) => {
    const parsed = parseStoredReference(reference);
    if (parsed && !found.has(parsed.id)) found.set(parsed.id, pointer);
    return reference;
  });
  return found;
}

/** A copy of a stored JSON Schema with every reference as `map` gives it. What was stored is not nested deeply, so this recursion ends. */
export function mapReferences(schema: unknown, map: (reference: string, pointer: string) => string, pointer = ""): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map((item, index) => mapReferences(item, map, `${pointer}/${index}`));
  const members = Object.entries(schema).map(([name, member]) => {
    const inside = `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    // A property that is called so has a schema, and no text.
    const isReference = (name === "$ref" || name === "$dynamicRef") && typeof member === "string";
    return [name, isReference ? map(member, inside) : mapReferences(member, map, inside)];
  });
  return Object.fromEntries(members);
}

const referenceScheme = "mooring:";
