import { headerKey } from "../../domain/places.ts";

/** A caller's header that does not go on. */
export interface DroppedHeader {
  readonly name: string;
  /** For people. */
  readonly why: string;
}

/**
 * The names among a caller's headers (name, value, name, value) that are not in `forwarded`, which `sortHeaders` made of them, each once
 * and with the reason. The length of the body is not among them, because it goes on.
 */
export function droppedHeaders(
  raw: readonly string[],
  { forwarded, injected }: { forwarded: readonly string[]; injected: ReadonlySet<string> },
): DroppedHeader[] {
  const kept = new Set([...namesOf(forwarded).map(headerKey), "content-length"]);
  const gone = new Map(
    namesOf(raw)
      .map((name) => [headerKey(name), name] as const)
      .filter(([key]) => !kept.has(key)),
  );
  return [...gone].map(([key, name]) => ({ name, why: reasonFor(key, injected) }));
}

const namesOf = (pairs: readonly string[]) => pairs.filter((_, at) => at % 2 === 0);

function reasonFor(key: string, injected: ReadonlySet<string>): string {
  const found = reasons.find(([pattern]) => pattern.test(key));
  if (found) return found[1];
  return injected.has(key) ? "A credential sets it." : "Connection or Mooring-Ignore-Headers names it.";
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/^(?:authorization|cookie2?)$/, "It is the caller's own proof of identity, which is for Mooring."],
  [/^mooring-/, "It is for the gateway."],
  [/^(?:forwarded|x-forwarded-.*|x-real-ip)$/, "It claims who the client is."],
  [/^proxy(?:-.*)?$/, "It is for proxies on the way."],
  [
    /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|http2-settings|expect)$/,
    "It belongs to the caller's connection; the one to the outside system has its own.",
  ],
];
