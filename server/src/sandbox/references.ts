import type { DefinitionId } from "../kernel/ids.ts";
import { type Dialect, isObject, isSchema, type Schema, subschemasOf } from "./dialects.ts";

/** One schema as a whole: what `#` means in it. */
export interface SchemaDocument {
  readonly root: Schema;
  readonly dialect: Dialect;
}

/** Where a stored reference points: to a place in another definition, or in the same document when there is no id. */
export interface Target {
  readonly id: DefinitionId | DialectId | undefined;
  readonly fragment: string;
}

/** Stands for the schema of all schemas of a dialect, which needs no definition. */
export type DialectId = `dialect/${string}`;

/** Reads a reference as it is stored; undefined when it is of no kind that is stored. */
export function targetOf(reference: string): Target | undefined {
  const at = reference.indexOf("#");
  const base = at < 0 ? reference : reference.slice(0, at);
  const fragment = at < 0 ? "" : reference.slice(at + 1);
  if (base === "") return { id: undefined, fragment };
  if (base.startsWith(scheme)) return { id: base.slice(scheme.length) as DefinitionId, fragment };
  const id = dialectSchemas.get(base);
  return id && { id, fragment };
}

/** How a reference to a definition is stored. */
export const referenceTo = (id: DefinitionId | DialectId, fragment: string): string =>
  `${scheme}${id}${fragment === "" ? "" : `#${fragment}`}`;

/** The schema that a fragment names: a JSON Pointer (RFC 6901, section 6) or an `$anchor`. Undefined when there is none. */
export function schemaAt({ root, dialect }: SchemaDocument, fragment: string): Schema | undefined {
  const decoded = decode(fragment);
  if (decoded === undefined) return undefined;
  if (decoded !== "" && !decoded.startsWith("/")) return anchored(root, dialect, decoded);
  let place: unknown = root;
  for (const part of partsOf(decoded)) {
    if ((!isObject(place) && !Array.isArray(place)) || !Object.hasOwn(place, part)) return undefined;
    place = (place as Record<string, unknown>)[part];
  }
  return isSchema(place) ? place : undefined;
}

/** The parts of a JSON Pointer. */
export const partsOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

/** The JSON Pointer with these parts. */
export const pointerOf = (parts: readonly (string | number)[]): string =>
  parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

function anchored(schema: Schema, dialect: Dialect, name: string): Schema | undefined {
  if (isObject(schema) && dialect === "2020-12" && (schema.$anchor === name || schema.$dynamicAnchor === name)) return schema;
  for (const inner of subschemasOf(schema, dialect)) {
    const found = anchored(inner.schema, dialect, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function decode(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

const scheme = "mooring:";
const dialectSchemas: ReadonlyMap<string, DialectId> = new Map([
  ["https://json-schema.org/draft/2020-12/schema", "dialect/2020-12"],
  ["http://json-schema.org/draft-07/schema", "dialect/draft-07"],
]);
