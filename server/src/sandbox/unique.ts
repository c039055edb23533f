/** Whether no two items are equal as JSON, in time proportional to their size however many there are. */
export function areUnique(items: readonly unknown[]): boolean {
  const seen = new Set<unknown>();
  for (const item of items)
    seen.add(typeof item === "object" && item !== null ? canonical(item) : typeof item === "string" ? `"${item}` : item);
  return seen.size === items.length;
}

// Begins with a bracket, and so is no text of an item that is a string, which begins with a quote here.
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}
