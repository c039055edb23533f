/** A JSON object as it was read. Its keys come from outside: only own ones count, and none is ever assigned to an object with a prototype (J-6). */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value where it is an object, and no list. */
export const objectOf = (value: unknown): JsonObject | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

/** The value where it is a list. */
export const listOf = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);

/** The value where it is a text. */
export const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** An object that may take any key, `__proto__` among them. */
export const emptyObject = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

/** The own property of an object or list; undefined when there is none. */
export function ownOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as JsonObject)[key];
}

/** What is found by these steps; undefined when there is nothing. */
export function valueAt(value: unknown, steps: readonly string[]): unknown {
  let found = value;
  for (const step of steps) {
    if (found === undefined) return undefined;
    found = ownOf(found, step);
  }
  return found;
}

/** Free text as the contract takes it, cut to `charactersMax`; undefined when there is none. */
export function cleanText(value: unknown, charactersMax: number): string | undefined {
  if (typeof value !== "string") return undefined;
  const clean = value.toWellFormed().replaceAll("\0", "");
  const text = clean.length > charactersMax ? `${clean.slice(0, charactersMax - 1).toWellFormed()}…` : clean;
  return text.trim() === "" ? undefined : text;
}
