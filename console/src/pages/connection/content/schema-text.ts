import type { ReadSchema } from "../../../parts/schema-query.ts";
import { isObject, type Schema } from "../../../parts/schema-reference.ts";

/**
 * A schema as people edit it: with `#/$defs/Name` for the definitions of its version, whose addresses nobody can read, and without the
 * address that is its own. The API takes either.
 */
export function editableText({ text, schema }: ReadSchema, url: string): string {
  if (schema === undefined) return text;
  const base = url.slice(0, url.lastIndexOf("/") + 1);
  const own = isObject(schema) && isObject(schema.$defs) ? schema.$defs : {};
  const short = mapReferences(schema, (reference) => {
    const [name = "", inside] = reference.startsWith(base) ? reference.slice(base.length).split(/#(.*)/s) : [];
    // What the schema itself has under that name would be meant instead; and a deleted one has none.
    if (!/^[\w-]+$/.test(name) || name in own || (inside !== undefined && !/^(\/|$)/.test(inside))) return reference;
    return `#/$defs/${name}${inside ?? ""}`;
  });
  if (!isObject(short) || short.$id !== url) return JSON.stringify(short, null, 2);
  const { $id: _, ...rest } = short;
  return JSON.stringify(rest, null, 2);
}

/** What was edited, as it is going to be served, so that it can be shown as one: `#/$defs/Name` are addresses again. */
export function servedSchema(edited: unknown, url: string): unknown {
  const base = url.slice(0, url.lastIndexOf("/") + 1);
  const own = isObject(edited) && isObject(edited.$defs) ? edited.$defs : {};
  return mapReferences(edited, (reference) => {
    const [, name = "", inside = ""] = /^#\/\$defs\/([\w-]+)(\/.*)?$/s.exec(reference) ?? [];
    if (name === "" || name in own) return reference;
    return `${base}${name}${inside === "" ? "" : `#${inside}`}`;
  });
}

function mapReferences(value: unknown, map: (reference: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapReferences(item, map));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const isReference = (name === "$ref" || name === "$dynamicRef") && typeof member === "string";
    return [name, isReference ? map(member) : mapReferences(member, map)];
  });
  return Object.fromEntries(members) as Schema;
}

/** What a text says as JSON; undefined while it is none. */
export function parsedText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a schema of this type is JSON Schema, and not XML Schema. */
export const isJsonType = (contentType: string) => contentType.endsWith("json");
