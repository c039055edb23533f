/** A media type as RFC 9110 section 8.3.1 writes it. */
export interface MediaType {
  /** Type and subtype, in lower case. */
  readonly essence: string;
  /** In lower case. */
  readonly charset: string | undefined;
}

/** Reads a media type, or a range of them as in `text/*`; undefined when the text is neither. */
export function parseMediaType(text: string): MediaType | undefined {
  const [, essence, rest = ""] = pattern.exec(text) ?? [];
  if (essence === undefined) return undefined;
  return { essence: essence.toLowerCase(), charset: charsetPattern.exec(rest)?.[1]?.toLowerCase() };
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const pattern = new RegExp(
  `^[ \\t]*(${token}/${token})((?:[ \\t]*;[ \\t]*${token}=(?:${token}|"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*"))*)[ \\t;]*$`,
);
const charsetPattern = /;[ \t]*charset="?([^";\s]+)"?/i;

/** How a value of a media type is written, and read. */
export type MediaKind = "json" | "form" | "multipart" | "xml" | "text" | "binary";

/** The kind of an essence. Whatever is not known is bytes. */
export function kindOf(essence: string): MediaKind {
  if (essence === "application/json" || essence.endsWith("+json")) return "json";
  if (essence === "application/x-www-form-urlencoded") return "form";
  if (essence === "multipart/form-data") return "multipart";
  if (essence === "application/xml" || essence === "text/xml" || essence.endsWith("+xml")) return "xml";
  return essence.startsWith("text/") ? "text" : "binary";
}

/** Whether `range` is this essence, or a range that holds it. Parameters of either do not count. */
export function covers(range: string, essence: string): boolean {
  const one = parseMediaType(range)?.essence;
  if (one === undefined) return false;
  return one === essence || one === "*/*" || (one.endsWith("/*") && essence.startsWith(one.slice(0, -1)));
}

/** Whether the text is a range of media types, and none that a body can have. */
export const isRange = (text: string) => parseMediaType(text)?.essence.endsWith("/*") === true;
