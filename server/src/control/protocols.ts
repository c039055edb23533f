import type { AuthScheme, Protocol, QueryOf } from "@mooring/contract";
import { Problem } from "../kernel/errors.ts";
import { protocols } from "../protocols/protocols.ts";
import { authSchemes, schemesOf } from "../schemes/schemes.ts";
import { type Page, pageOf } from "../store/pages.ts";

/** The protocols that Mooring speaks: the same for everybody, so a page of a constant list. */
export function list(query: QueryOf<"ListProtocols">): Page<Protocol> {
  return pageOf(protocols, query);
}

/** The auth schemes that fit a protocol. Throws `Problem` not_found for a protocol that Mooring does not speak. */
export function listAuthSchemes(slug: string): Page<AuthScheme> {
  const protocol = protocols.find((one) => one.slug === slug);
  if (!protocol) throw new Problem("not_found");
  const types = schemesOf(protocol.slug);
  const items = authSchemes.filter(({ type }) => types.includes(type));
  return { totalCount: items.length, items };
}
