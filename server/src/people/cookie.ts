import type { IncomingHttpHeaders } from "node:http";

/**
 * The session cookie's value as sent, under either of its names; undefined when there is none. `__Host-cookie` wins: a page of a
 * neighbouring host can plant a cookie named `cookie` here, but none with that prefix (RFC 6265bis, section 4.1.3.2).
 */
export function sessionCookieOf({ cookie }: IncomingHttpHeaders): string | undefined {
  if (cookie === undefined) return undefined;
  let plain: string | undefined;
  for (const pair of cookie.split(";", cookiesMax)) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    if (name === "__Host-cookie") return pair.slice(at + 1).trim();
    if (name === "cookie") plain ??= pair.slice(at + 1).trim();
  }
  return plain;
}

const cookiesMax = 200;

/** The session's token within the cookie's value, which is the token, a dot and better-auth's signature; undefined when it is not so. */
export function tokenOf(cookieValue: string): string | undefined {
  return /^([\w-]{43})\./.exec(cookieValue)?.[1];
}
