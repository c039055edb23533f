/**
 * Any text as RFC 3986 section 2.1 writes it: only letters, digits and `-._~` stay, so that every way to read a path segment or a query
 * gives the text back. A lone surrogate becomes U+FFFD.
 */
export function percentEncoded(text: string): string {
  if (unreserved.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** RFC 3986 section 2.3: nothing to do, as for most texts. */
const unreserved = /^[A-Za-z0-9_.~-]*$/;
