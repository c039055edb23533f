import { hash } from "node:crypto";

/** The strong entity tag (RFC 9110 8.8.3) of a noun as it is served: the same bytes give the same tag, on every node. */
export function etagOf(noun: unknown): string {
  return etagOfText(JSON.stringify(noun));
}

/** The same for a noun that is text already. */
export function etagOfText(text: string): string {
  return `"${hash("sha1", text, "base64url")}"`;
}
