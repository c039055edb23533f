import type { DefinitionId } from "../kernel/ids.ts";
import type { DefinitionLink } from "./action.ts";
import type { StoredDefinition } from "./definition.ts";
import { mediaTypeKey, mediaTypesOf } from "./media-types.ts";
import { union } from "./schema-type.ts";

/** Names of types that those of bodies may need; none of the version's own may have one. */
export const bodyTypeNames = ["GivenFile", "WithFiles"] as const;

/** What they are, as a part of a declaration file. */
export const bodyTypeDeclarations = `/** Bytes, in base64 with padding. */
export interface GivenFile {
  base64: string;
  filename?: string;
  contentType?: string;
}

/** A form, in which a text may be a file in its place. */
export type WithFiles<Form> = {
  [Name in keyof Form]:
    | Form[Name]
    | (string extends Form[Name] ? GivenFile : never)
    | (string[] extends Form[Name] ? GivenFile[] : never);
};
`;

/**
 * The type of what a caller gives as a body, when the call names no media type. `described` is that of the values which the definition
 * describes: bytes are given as a file all the same, a form may hold files, and XML is given as a text.
 */
export function bodyType(link: DefinitionLink, definitions: ReadonlyMap<DefinitionId, StoredDefinition>, described: string): string {
  const definition = "id" in link ? definitions.get(link.id) : undefined;
  if (!definition) return described;
  const essences = mediaTypesOf(link, definition).map((type) => mediaTypeKey(type).split(";", 1)[0] ?? "");
  // JSON goes first wherever an action takes it, else whatever is named first.
  const essence = essences.find((one) => json.test(one)) ?? essences[0] ?? "";
  if (essence === "multipart/form-data") return `WithFiles<${described}>`;
  if (json.test(essence) || essence === "application/x-www-form-urlencoded" || essence.endsWith("*")) return described;
  return text.test(essence) ? "string" : '{ "base64": string }';
}

/** The type of the body of an event, which arrives as it was sent: what is no JSON as a text, or as bytes. */
export function eventBodyType(link: DefinitionLink, definitions: ReadonlyMap<DefinitionId, StoredDefinition>, described: string): string {
  const definition = "id" in link ? definitions.get(link.id) : undefined;
  if (!definition) return described;
  const essences = mediaTypesOf(link, definition).map((type) => mediaTypeKey(type).split(";", 1)[0] ?? "");
  if (essences.some((one) => one.endsWith("*"))) return "unknown";
  return union(essences.map((one) => (json.test(one) ? described : text.test(one) || form.test(one) ? "string" : "Uint8Array")));
}

const form = /^application\/x-www-form-urlencoded$/;
const json = /[/+]json$/;
const text = /^text\/|[/+]xml$/;
