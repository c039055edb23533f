import type { IncomingHttpHeaders } from "node:http";
import { Problem } from "../kernel/errors.ts";

/** What is asked of a request's headers and method. */
export interface Incoming {
  readonly headers: IncomingHttpHeaders;
  readonly method?: string | undefined;
  /** Name, value, name, value, as they came. */
  readonly rawHeaders?: readonly string[];
  readonly socket?: object;
}

/**
 * Throws `Problem` csrf unless the request was made by a page of this site. Asked wherever a cookie could speak for somebody.
 * Two independent walls, both of which must hold:
 *
 * 1. The header `Mooring-Csrf: 1`. No form, image, frame or navigation can send one, and a script of another origin only after a
 *    preflight, which is never granted.
 * 2. Where the browser says where the request comes from, it must be from here: `Sec-Fetch-Site: same-origin`, which no page can forge
 *    (W3C Fetch Metadata). Browsers leave that out on plain http beyond loopback, and old ones always: then `Origin`, if there is
 *    one, must be the public address. With neither it is no browser's cross-site write, since those carry `Origin` (Fetch, section 3.2).
 *
 * Methods that only read (RFC 9110 9.2.1) pass, unless `methods` is `every`: a call through the gateway acts on an outside system
 * whatever its method.
 */
export function requireSameSite(
  { headers, method }: Incoming,
  { publicUrl, methods }: { publicUrl: URL; methods: "unsafe" | "every" },
): void {
  if (methods === "unsafe" && isSafe(method)) return;
  if (headers["mooring-csrf"] !== "1") throw new Problem("csrf");
  const site = headers["sec-fetch-site"];
  const { origin } = headers;
  const isFromHere = site === undefined ? origin === undefined || origin === publicUrl.origin : site === "same-origin";
  if (!isFromHere) throw new Problem("csrf");
}

const isSafe = (method: string | undefined) => method === "GET" || method === "HEAD" || method === "OPTIONS";
