import type { ActionHTTPParameter } from "@mooring/contract";

/** Whether a parameter's value is a list, of items of its `type`: its schema says so. */
export function isList({ schema }: Pick<ActionHTTPParameter, "schema">): boolean {
  return isPlainObject(schema) && typesOf(schema).includes("array");
}

/** The words in a JSON Schema's `type`; [] when it has none. */
export function typesOf({ type }: Readonly<Record<string, unknown>>): readonly unknown[] {
  if (type === undefined) return [];
  return Array.isArray(type) ? type : [type];
}

/** Whether `value` is what JSON calls an object. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
