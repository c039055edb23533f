/**
 * `value` as a text that is the same for all that say the same: without regard to the order of members. What stands below `$ref` is
 * given as `reference` gives it.
 */
export function canonicalText(value: unknown, reference: (text: string) => string): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item, reference)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => {
      const text = name === "$ref" && typeof member === "string" ? JSON.stringify(reference(member)) : canonicalText(member, reference);
      return `${JSON.stringify(name)}:${text}`;
    });
  return `{${members.join(",")}}`;
}
