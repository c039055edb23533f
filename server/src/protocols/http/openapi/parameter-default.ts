import type { ActionHTTPParameter } from "@mooring/contract";

/**
 * A default value as one of this type, also where the file has it as a text. Undefined where it does not fit, and for a text that holds
 * `{{`: a default of an action is a template, in which there is no way to write those two characters.
 */
export function fitDefault(value: unknown, type: ActionHTTPParameter["type"], isList: boolean): unknown {
  if (!isList) return fitOne(value, type);
  if (!Array.isArray(value)) return undefined;
  const items = value.map((item) => fitOne(item, type));
  return items.includes(undefined) ? undefined : items;
}

function fitOne(value: unknown, type: ActionHTTPParameter["type"]): string | number | boolean | undefined {
  switch (type) {
    case "string":
      return textOf(value);
    case "boolean":
      return typeof value === "boolean" ? value : value === "true" ? true : value === "false" ? false : undefined;
    case "integer":
      return Number.isSafeInteger(numberOf(value)) ? numberOf(value) : undefined;
    case "number":
      return numberOf(value);
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string" || value.includes("{{") || value.includes("\0") || !value.isWellFormed()) return undefined;
  return value;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "string" && /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(value) ? Number(value) : undefined;
}
