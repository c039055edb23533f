/** Tells of a value whether it equals one of those given, as JSON: in time proportional to its own size, however many they are. */
export function oneOf(values: readonly unknown[]): (value: unknown) => boolean {
  const known = new Set(values.map(comparable));
  return (value) => known.has(comparable(value));
}

/** Whether no two items are equal as JSON, in time proportional to their size however many there are. */
export function areUnique(items: readonly unknown[]): boolean {
  const seen = new Set<unknown>();
  for (const item of items) seen.add(comparable(item));
  return seen.size === items.length;
}

/** Something that is equal, to `===`, for equal values alone: a text begins with what no text of an object or list begins with. */
function comparable(value: unknown): unknown {
  if (typeof value === "string") return `"${value}`;
  return typeof value === "object" && value !== null ? canonical(value) : value;
}

function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}
