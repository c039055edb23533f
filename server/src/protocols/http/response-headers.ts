/**
 * The headers of an upstream's answer that reach the caller, name, value, name, value. Stripped (S-8) are hop-by-hop headers and
 * whatever `Connection` names, and all that would act on Mooring's own origin in a browser: cookies, CORS, policies, reports.
 */
export function relayHeaders(headers: UpstreamHeaders, status: number): string[] {
  const relayed: string[] = [];
  const { connection: named } = headers;
  const dropped = named === undefined || named === "keep-alive" || named === "close" ? undefined : tokensOf(named);
  for (const name in headers) {
    if (isStripped(name) || dropped?.has(name)) continue;
    const value = headers[name];
    if (typeof value === "string") relayed.push(name, value);
    else if (value !== undefined) for (const one of value) relayed.push(name, one);
  }
  // RFC 9110 section 8.6: no length with 204; RFC 9112 section 6.3: with a transfer coding a length means nothing.
  if (status === 204 || headers["transfer-encoding"] !== undefined) return withoutLength(relayed);
  return relayed;
}

/**
 * The same for a caller with a browser's session. A challenge of the outside system (RFC 9110 section 11.6.1) would have the browser ask for
 * a password, as if it were Mooring's, so it goes under another name.
 */
export function unprompted(pairs: readonly string[]): string[] {
  return pairs.map((text, at) => (at % 2 === 0 && text === "www-authenticate" ? "mooring-www-authenticate" : text));
}

/**
 * The trailers of an upstream's answer that reach the caller, name, value, name, value: none that is stripped from a head, and none that
 * would say too late how to read, keep or route the answer (RFC 9110 section 6.5.1).
 */
export function relayTrailers(trailers: UpstreamHeaders): [string, string][] {
  const relayed: [string, string][] = [];
  for (const name in trailers) {
    if (!isTrailer(name)) continue;
    for (const value of [trailers[name] ?? []].flat()) relayed.push([name, value]);
  }
  return relayed;
}

/** What of an upstream's Trailer header may be said again; undefined when nothing may. */
export function relayTrailerNames(named: string | readonly string[] | undefined): string | undefined {
  if (named === undefined) return undefined;
  const names = [...tokensOf(named)].filter((name) => httpToken.test(name) && isTrailer(name));
  return names.length > 0 ? names.join(", ") : undefined;
}

const isTrailer = (name: string) =>
  !isStripped(name) && !headOnlyNames.has(name) && !headOnlyPrefixes.some((prefix) => name.startsWith(prefix));

const httpToken = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const headOnlyPrefixes = ["content-", "if-", "sec-"];
const headOnlyNames = new Set([
  ...["host", "authorization", "www-authenticate", "cookie", "location", "age", "cache-control", "expires", "date", "vary", "pragma"],
  ...["retry-after", "warning", "accept-ranges", "range", "max-forwards", "expect", "refresh", "x-frame-options", "referrer-policy"],
]);

/** Names in lower case; own properties only. */
export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

function withoutLength(pairs: readonly string[]): string[] {
  return pairs.filter((_, at) => pairs[at - (at % 2)] !== "content-length");
}

function tokensOf(value: string | readonly string[]): Set<string> {
  return new Set([value].flat().flatMap((list) => list.split(",").map((token) => token.trim().toLowerCase())));
}

/** As for requests: what was found out about a name is kept, `namesMax` names at most, and then afresh. */
function isStripped(name: string): boolean {
  const known = stripped.get(name);
  if (known !== undefined) return known;
  if (stripped.size >= namesMax) stripped.clear();
  const found = strippedNames.has(name) || strippedPrefixes.some((prefix) => name.startsWith(prefix));
  stripped.set(name, found);
  return found;
}

const stripped = new Map<string, boolean>();
const namesMax = 1000;

const strippedPrefixes = ["mooring-", "proxy-", "access-control-"];

const strippedNames = new Set([
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "set-cookie",
  "set-cookie2",
  "clear-site-data",
  "strict-transport-security",
  "public-key-pins",
  "public-key-pins-report-only",
  "expect-ct",
  "content-security-policy",
  "content-security-policy-report-only",
  // The gateway sets its own.
  "x-content-type-options",
  "alt-svc",
  "nel",
  "report-to",
  "reporting-endpoints",
  "accept-ch",
  "service-worker-allowed",
]);
