/** What stands in an address as text; undefined when it is empty or no text. What reads addresses makes a number of 2, and leaves 2.0 as it is. */
export const text = (value: unknown): string | undefined =>
  (typeof value === "string" && value !== "") || typeof value === "number" ? String(value) : undefined;
