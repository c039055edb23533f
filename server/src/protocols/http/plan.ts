import { type Base, originOf, parseBaseUrl, resolveBaseUrl } from "../../domain/base-url.ts";
import { headerKey } from "../../domain/places.ts";
import type { ProofParts } from "../../domain/proof.ts";
import type { EnvironmentSnapshot } from "../../domain/snapshot.ts";
import { Problem } from "../../kernel/errors.ts";
import { joinPath, joinQuery } from "./path.ts";
import { type CallerHeaders, sortHeaders } from "./request-headers.ts";

/** Where calls through an environment go. Throws `Problem` template_unresolved when its base URL lacks a value (I-4). */
export function baseOf({ baseUrl, variables }: Addressed): Base {
  return resolveBaseUrl(parseBaseUrl(baseUrl), variables);
}

export type Addressed = Pick<EnvironmentSnapshot, "baseUrl" | "variables">;

/**
 * Where one call goes that brings variables of its own. Throws `Problem` variable_refused when they would lead to another origin than
 * the stored ones do, or decide on it alone: the credentials belong to the stored origin (S-5). Else throws as `baseOf` does.
 */
export function baseWith(overrides: ReadonlyMap<string, string>, { baseUrl, variables }: Addressed): Base {
  const base = baseOf({ baseUrl, variables: new Map([...variables, ...overrides]) });
  if (base.origin === originOf(baseUrl, variables)) return base;
  throw new Problem("variable_refused", {
    message:
      "Mooring-Variables may not change or choose the host that is called, because the credentials belong to the stored one. Nothing was sent.",
  });
}

/** A proof and the keys of the headers it sets, which a caller therefore cannot. */
export interface HttpProof extends ProofParts {
  readonly injected: ReadonlySet<string>;
}

/** Readies a proof for any number of requests. */
export function httpProof(proof: ProofParts): HttpProof {
  const signed = proof.signatures.flatMap(({ in: part, name }) => (part === "header" ? [name] : []));
  return { ...proof, injected: new Set([...proof.headers.filter((_, at) => at % 2 === 0), ...signed].map(headerKey)) };
}

/** What one call asks of the upstream. Headers are name, value, name, value. */
export interface PlannedRequest {
  readonly origin: string;
  readonly path: string;
  readonly headers: string[];
}

/** A call as it came over the wire. */
export interface CallerRequest {
  /** Below the proxy address: empty, or from its slash on. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** What `callerHeaders` made of the headers. */
  readonly headers: CallerHeaders;
}

/** The caller's headers, sorted as `sortHeaders` does, without those that the proof sets. */
export const callerHeaders = (raw: readonly string[], { injected }: HttpProof): CallerHeaders => sortHeaders(raw, injected);

/**
 * The request to send for one call. The origin is the base's whatever the caller sent (S-5), and a header or query parameter that a
 * credential sets is there once, with the credential's value (S-6). Throws `Problem` invalid_request on a path or query that is refused.
 */
export function planRequest(base: Base, proof: HttpProof, { path, query, headers }: CallerRequest): PlannedRequest {
  const asked = joinPath(base.path, path);
  const pairs = joinQuery(query, proof);
  const { forwarded, contentLength } = headers;
  const all =
    contentLength === undefined ? forwarded.concat(proof.headers) : forwarded.concat(proof.headers, "content-length", contentLength);
  return { origin: base.origin, path: pairs === "" ? asked : `${asked}?${pairs}`, headers: all };
}
