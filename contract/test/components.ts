import type { TSchema } from "typebox";
import type { Schema } from "./validators.ts";

/** Every schema with a title that these schemas are made of, by title. Throws when two differ under one title. */
export function componentsOf(schemas: readonly (TSchema | undefined)[]): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { title } = value as { title?: unknown };
    if (typeof title === "string") {
      if (found[title] && JSON.stringify(found[title]) !== JSON.stringify(value)) throw new Error(`Two schemas have the title ${title}.`);
      found[title] = value;
    }
    for (const part of Object.values(value)) visit(part);
  };
  for (const schema of schemas) visit(schema);
  return found;
}

/** What an object schema of a document asks for: references followed, `allOf` joined, and of alternatives all properties but only what all require. */
export function outline(schema: Schema, components: Record<string, Schema>): Outline {
  if (schema.$ref) return outline(components[schema.$ref.split("/").at(-1)] as Schema, components);
  const own: Outline = { properties: schema.properties ?? {}, required: schema.required ?? [] };
  const joined = (schema.allOf ?? []).map((part: Schema) => outline(part, components)).reduce(both, own);
  const alternatives = (schema.oneOf ?? []).map((part: Schema) => outline(part, components));
  return alternatives.length === 0 ? joined : both(joined, alternatives.reduce(either));
}

export interface Outline {
  readonly properties: Record<string, Schema>;
  readonly required: readonly string[];
}

/** The JSON type of a schema, looked up through references; undefined when it takes several. */
export function typeOf(schema: Schema, components: Record<string, Schema>): string | undefined {
  if (schema.$ref) return typeOf(components[schema.$ref.split("/").at(-1)] as Schema, components);
  if (typeof schema.type === "string") return schema.type;
  return schema.oneOf && "object";
}

const both = (one: Outline, other: Outline): Outline => ({
  properties: { ...one.properties, ...other.properties },
  required: [...new Set([...one.required, ...other.required])],
});

const either = (one: Outline, other: Outline): Outline => ({
  properties: { ...one.properties, ...other.properties },
  required: one.required.filter((name) => other.required.includes(name)),
});
