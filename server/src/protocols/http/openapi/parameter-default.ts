import type { ParameterSchema } from "./parameter-schema.ts";

/** What a text of a default is: of an action it is a template, in which there is no way to write `{{` as it is. */
export type DefaultText = "template" | "plain";

/**
 * A default value as one of this type, also where the file has it as a text. Undefined where it does not fit, and for a template with
 * `{{`.
 */
export function fitDefault(value: unknown, { type, is }: FittedType, text: DefaultText): unknown {
  if (is !== "list") return fitOne(value, type, text);
  if (!Array.isArray(value)) return undefined;
  const items = value.map((item) => fitOne(item, type, text));
  return items.includes(undefined) ? undefined : items;
}

type FittedType = Pick<ParameterSchema, "type" | "is">;

function fitOne(value: unknown, type: FittedType["type"], text: DefaultText): string | number | boolean | undefined {
  switch (type) {
    case "string":
      return textOf(value, text);
    case "boolean":
      return typeof value === "boolean" ? value : value === "true" ? true : value === "false" ? false : undefined;
    case "integer":
      return Number.isSafeInteger(numberOf(value)) ? numberOf(value) : undefined;
    case "number":
      return numberOf(value);
  }
}

function textOf(value: unknown, text: DefaultText): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string" || value.includes("\0") || !value.isWellFormed()) return undefined;
  if (text === "template" && value.includes("{{")) return undefined;
  return value;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "string" && /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(value) ? Number(value) : undefined;
}
