import type { TSchema } from "typebox";

/**
 * Collects the components of a document. `emit` turns a schema into one of the document: what has a title becomes a component,
 * once, and a reference to it. `all` gives the components that were met so far, in the order of their names.
 */
export function createComponents() {
  const components = new Map<string, Json>();
  return { emit, all };

  function emit(schema: TSchema): Json {
    const { title, ...rest } = schema as { title?: unknown };
    // A list of properties may hold one that is called title; only a schema's own title is a string.
    if (typeof title !== "string") return emitMembers(schema);
    if (!components.has(title)) components.set(title, emitMembers(rest));
    return { $ref: `#/components/schemas/${title}` };
  }

  function emitMembers(schema: object): Json {
    return Object.fromEntries(Object.entries(asDocumented(schema)).map(([key, value]) => [key, emitMember(value)]));
  }

  function emitMember(value: unknown): Json {
    if (Array.isArray(value)) return value.map(emitMember);
    if (typeof value === "object" && value !== null) return emit(value);
    return value as Json;
  }

  function all(): Record<string, Json> {
    return Object.fromEntries([...components].sort(([one], [other]) => (one < other ? -1 : 1)));
  }
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Validation tells faults best from `if`/`then`/`else`, and from a discriminator without a mapping (Ajv takes none). Readers and
 * generators of clients know `oneOf` and a mapping, which say the same.
 */
function asDocumented(schema: object): object {
  const { if: condition, then: one, else: other, ...rest } = schema as Record<string, TSchema | undefined>;
  if (condition && one && other) return { ...rest, oneOf: [one, other] };

  const { discriminator, oneOf } = schema as { discriminator?: { propertyName: string }; oneOf?: Variant[] };
  if (!discriminator || !oneOf) return schema;
  const mapping = oneOf.map((variant) => [variant.properties[discriminator.propertyName]?.const, `#/components/schemas/${variant.title}`]);
  return { ...schema, discriminator: { ...discriminator, mapping: Object.fromEntries(mapping) } };
}

interface Variant {
  readonly title: string;
  readonly properties: Readonly<Record<string, { const: string } | undefined>>;
}
