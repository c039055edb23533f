/** What an authorization server calls its error: one of the standard's codes, or its own. `unknown_error` for what is no code. */
export function errorCode(text: string): string {
  return /^[\w.:/-]{1,80}$/.test(text) ? text : "unknown_error";
}

/** A server's words for people, on one line and not too long. */
export function plainWords(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, 200);
}
