/** The media types for which a link to a definition counts: its own, or else all of the definition's. */
export const mediaTypesOf = (link: Accepting, definition: Required<Accepting>): readonly string[] => link.accept ?? definition.accept;

interface Accepting {
  readonly accept?: readonly string[];
}

/** A media type as it is compared: in lower case and without spaces (RFC 9110 section 8.3.1). */
export const mediaTypeKey = (type: string): string => type.toLowerCase().replaceAll(/[ \t]/g, "");

/** Whether `range`, a media type or a range like `text/*`, includes `type`; a range without parameters includes each parameter of it. */
export function includesMediaType(range: string, type: string): boolean {
  const [wide, narrow] = [mediaTypeKey(range), mediaTypeKey(type)];
  const [bare = ""] = narrow.split(";", 1);
  return wide === narrow || wide === bare || wide === "*/*" || (wide.endsWith("/*") && bare.startsWith(wide.slice(0, -1)));
}
