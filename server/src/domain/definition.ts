import type { ContentError } from "@mooring/contract";
import type { DefinitionId } from "../kernel/ids.ts";

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

/** How a stored JSON Schema refers to a definition of its version; `fragment` is empty or begins with `#`. */
export const storedReference = (id: DefinitionId, fragment = "") => `${referenceScheme}${id}${fragment}`;

/** The definition that a stored reference points to, and where in it; undefined for a reference within the schema itself. */
export function parseStoredReference(reference: string): { readonly id: DefinitionId; readonly fragment: string } | undefined {
  if (!reference.startsWith(referenceScheme)) return undefined;
  const at = reference.indexOf("#");
  const id = reference.slice(referenceScheme.length, at === -1 ? undefined : at);
  return { id: id as DefinitionId, fragment: at === -1 ? "" : reference.slice(at) };
}

const referenceScheme = "mooring:";
