import type { Place } from "../domain/places.ts";
import type { Received } from "../domain/received.ts";

/** A request of an outside system as checks read it: by place, without ever choosing between two values of one name. */
export interface Incoming {
  readonly received: Received;
  /** Every value that stands there, in order: of a header and cookie as it came, of a query parameter decoded. Empty when there is none. */
  valuesAt(place: Place): readonly string[];
  /** The names of the headers, for people: each once, a bounded number of them. */
  headerNames(): string[];
}

/** Reads nothing before it is asked, and each part once. */
export function createIncoming(received: Received): Incoming {
  let headers: Map<string, string[]> | undefined;
  let query: Map<string, string[]> | undefined;
  let cookies: Map<string, string[]> | undefined;
  const headerValues = (name: string) => {
    headers ??= headersByName(received.rawHeaders);
    return headers.get(name.toLowerCase()) ?? none;
  };
  return {
    received,
    valuesAt({ in: part, name }) {
      switch (part) {
        case "header":
          return headerValues(name);
        case "query":
          query ??= byName(queryPairs(received.url));
          return query.get(name) ?? none;
        case "cookie":
          cookies ??= byName(headerValues("cookie").flatMap(cookiePairs));
          return cookies.get(name) ?? none;
      }
    },
    headerNames: () => [...headersByName(received.rawHeaders).keys()].slice(0, namesMax).map((name) => name.slice(0, 100)),
  };
}

/** The address without the parameters of that name, each other byte as it was. */
export function withoutParameter(url: string, name: string): string {
  const at = url.indexOf("?");
  if (at === -1) return url;
  const kept = url
    .slice(at + 1)
    .split("&")
    .filter((pair) => queryPair(pair)[0] !== name);
  return kept.length === 0 ? url.slice(0, at) : `${url.slice(0, at)}?${kept.join("&")}`;
}

/** One pair of a query: its name and value, decoded. What is no encoding stays as it is. */
export function queryPair(pair: string): [name: string, value: string] {
  const at = pair.indexOf("=");
  return at === -1 ? [decoded(pair), ""] : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
}

const none: readonly string[] = [];
const namesMax = 40;

function queryPairs(url: string): [string, string][] {
  const at = url.indexOf("?");
  return at === -1
    ? []
    : url
        .slice(at + 1)
        .split("&", parametersMax)
        .map(queryPair);
}

const parametersMax = 1_000;

/** RFC 6265 section 5.4: pairs behind semicolons. Quotes are part of the value, as they are when a cookie is sent. */
function cookiePairs(header: string): [string, string][] {
  return header.split(";", parametersMax).map((pair) => {
    const at = pair.indexOf("=");
    return at === -1 ? [pair.trim(), ""] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
}

/** Every request comes through here, so nothing is made that is not needed. */
function headersByName(raw: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) add(values, (raw[at] as string).toLowerCase(), raw[at + 1] as string);
  return values;
}

function byName(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) add(values, name, value);
  return values;
}

function add(values: Map<string, string[]>, name: string, value: string): void {
  const known = values.get(name);
  if (known) known.push(value);
  else values.set(name, [value]);
}

function decoded(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
