import { isNeverForwarded } from "../../domain/caller-headers.ts";
import { headerKey } from "../../domain/places.ts";

/**
 * Sorts a caller's headers, given as they came over the wire (name, value, name, value): what goes on to the upstream, in the caller's
 * order and spelling, and what was meant for the gateway. Never forwarded (S-6): framing and hop-by-hop headers, whatever `Connection`
 * names (RFC 9110 section 7.6.1), headers that claim who the client is, the caller's own `Authorization` and `Cookie`, `Mooring-*`,
 * what `Mooring-Ignore-Headers` lists, and each name in `injected`, which a credential sets.
 */
export function sortHeaders(raw: readonly string[], injected: ReadonlySet<string>): CallerHeaders {
  const sorted: Sorted = { forwarded: [] };
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    const value = raw[at + 1] as string;
    const { key, kind } = classOf(name);
    if (kind === "forward") {
      if (!injected.has(key)) sorted.forwarded.push(name, value);
    } else if (kind !== "drop") note(sorted, kind, value);
  }
  if (sorted.dropped) sorted.forwarded = without(sorted.forwarded, sorted.dropped);
  return sorted;
}

export interface CallerHeaders {
  readonly forwarded: string[];
  readonly transferEncoding?: string;
  /** The length of the body as the caller gave it; the server's parser has checked that it is one number. */
  readonly contentLength?: string;
  readonly upgrade?: string;
  readonly variables?: string;
  readonly timeoutMs?: string;
  readonly retries?: string;
  /** What is behind Expect, when the caller waits for a go-ahead before it sends a body. */
  readonly expect?: string;
  /** Whether the caller takes trailers. */
  readonly takesTrailers?: true;
}

interface Sorted extends CallerHeaders {
  forwarded: string[];
  transferEncoding?: string;
  contentLength?: string;
  upgrade?: string;
  variables?: string;
  timeoutMs?: string;
  retries?: string;
  expect?: string;
  takesTrailers?: true;
  /** Keys of headers that this request wants dropped. */
  dropped?: Set<string>;
}

type Kind =
  | "forward"
  | "drop"
  | "connection"
  | "ignore"
  | "variables"
  | "timeout"
  | "retries"
  | "expect"
  | "te"
  | "length"
  | "encoding"
  | "upgrade";

function note(sorted: Sorted, kind: Exclude<Kind, "forward" | "drop">, value: string): void {
  switch (kind) {
    case "connection":
      if (value !== "keep-alive" && value !== "close") noteDropped(sorted, value);
      return;
    case "ignore":
      noteDropped(sorted, value);
      return;
    case "variables":
      sorted.variables = value;
      return;
    case "timeout":
      sorted.timeoutMs = value;
      return;
    case "retries":
      sorted.retries = value;
      return;
    case "expect":
      sorted.expect = value;
      return;
    case "te":
      if (/(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(value)) sorted.takesTrailers = true;
      return;
    case "length":
      sorted.contentLength = value;
      return;
    case "encoding":
      sorted.transferEncoding = value;
      return;
    case "upgrade":
      sorted.upgrade = value;
      return;
  }
}

function noteDropped(sorted: Sorted, list: string): void {
  sorted.dropped ??= new Set();
  for (const name of list.split(",")) sorted.dropped.add(headerKey(name.trim()));
}

function without(pairs: readonly string[], dropped: ReadonlySet<string>): string[] {
  return pairs.filter((_, at) => !dropped.has(classOf(pairs[at - (at % 2)] as string).key));
}

interface HeaderClass {
  readonly key: string;
  readonly kind: Kind;
}

/** Names come again and again, so what was found out about one is kept: `namesMax` of them, and then afresh. */
function classOf(name: string): HeaderClass {
  const known = classes.get(name);
  if (known) return known;
  if (classes.size >= namesMax) classes.clear();
  const key = headerKey(name);
  // Only the exact name says something to the gateway; its look-alikes are dropped, because it would say the same to some servers.
  const kind = forGateway.get(name.toLowerCase()) ?? (isNeverForwarded(key) ? "drop" : "forward");
  const found: HeaderClass = { key, kind };
  classes.set(name, found);
  return found;
}

const classes = new Map<string, HeaderClass>();
const namesMax = 1000;

const forGateway = new Map<string, Kind>([
  ["connection", "connection"],
  ["content-length", "length"],
  ["transfer-encoding", "encoding"],
  ["upgrade", "upgrade"],
  ["mooring-ignore-headers", "ignore"],
  ["mooring-variables", "variables"],
  ["mooring-timeout-ms", "timeout"],
  ["mooring-retries", "retries"],
  ["expect", "expect"],
  ["te", "te"],
]);
