import type { TSchema } from "typebox";

/**
 * Collects components. `emit` gives a schema in which everything that has a title is only referred to, as `prefix` + title; `all`
 * gives what was referred to so far, by title, in alphabetical order. `adapt` may rewrite a schema before its parts are looked at.
 */
export function createComponents(prefix: string, adapt: (schema: object) => object = (schema) => schema) {
  const components = new Map<string, Json>();
  return { emit, all };

  function emit(schema: TSchema): Json {
    const { title, ...rest } = schema as { title?: unknown };
    // A list of properties may hold one that is called title; only a schema's own title is a string.
    if (typeof title !== "string") return emitMembers(schema);
    if (!components.has(title)) components.set(title, emitMembers(rest));
    return { $ref: `${prefix}${title}` };
  }

  function emitMembers(schema: object): { [key: string]: Json } {
    return Object.fromEntries(Object.entries(adapt(schema)).map(([key, value]) => [key, emitMember(value)]));
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
