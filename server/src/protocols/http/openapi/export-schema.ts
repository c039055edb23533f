import { parseStoredReference, type StoredDefinition } from "../../../domain/definition.ts";
import type { DefinitionId } from "../../../kernel/ids.ts";
import type { ExportedDefinition } from "./export.ts";
import { keywords } from "./keywords.ts";
import { emptyObject, objectOf } from "./values.ts";

/**
 * The schema of a definition as a component of OpenAPI 3.1: each reference leads to the component it means. An XML Schema, which OpenAPI
 * has no place for, is kept as `x-xml-schema`. What is said of a definition and not in its schema is put there.
 */
export function schemaOf(definition: StoredDefinition, definitions: ReadonlyMap<DefinitionId, ExportedDefinition>): unknown {
  const { contentType, content, description, name } = definition;
  const said = description === undefined ? {} : { description };
  if (!/json/i.test(contentType)) return { type: "string", ...said, "x-xml-schema": content };
  const schema = pointed(JSON.parse(content), (reference) => pointedAt(reference, name, definitions));
  const object = objectOf(schema);
  return object && object.description === undefined ? { ...said, ...object } : schema;
}

type Point = (reference: string) => string;

/** The same schema with other references. What is data, as in `examples`, stays as it is. */
function pointed(value: unknown, point: Point): unknown {
  const schema = objectOf(value);
  if (schema === undefined) return value;
  const object = emptyObject();
  for (const [key, inner] of Object.entries(schema)) object[key] = pointedIn(key, inner, point);
  return object;
}

function pointedIn(key: string, value: unknown, point: Point): unknown {
  if ((key === "$ref" || key === "$dynamicRef") && typeof value === "string") return point(value);
  const shape = keywords.get(key);
  if (shape === "schemas" || (shape === "schema" && Array.isArray(value))) {
    return Array.isArray(value) ? value.map((one) => pointed(one, point)) : value;
  }
  if (shape === "schema") return pointed(value, point);
  const named = shape === "named schemas" || shape === "schemas by pattern" ? objectOf(value) : undefined;
  if (named === undefined) return value;
  const object = emptyObject();
  for (const [name, one] of Object.entries(named)) object[name] = pointed(one, point);
  return object;
}

function pointedAt(reference: string, own: string, definitions: ReadonlyMap<DefinitionId, ExportedDefinition>): string {
  const stored = parseStoredReference(reference);
  if (stored) {
    const name = definitions.get(stored.id)?.name;
    // One that is gone stays as it is stored; a version that is published has none.
    return name === undefined ? reference : componentAt(name, stored.fragment);
  }
  return reference === "#" || reference.startsWith("#/") ? componentAt(own, reference) : reference;
}

/** Names need no escaping: they are letters, digits, `_` and `-`. */
const componentAt = (name: string, fragment: string) => `#/components/schemas/${name}${fragment.replace(/^#/, "")}`;
