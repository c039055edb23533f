import type { AuthSchemeConfig, AuthSchemeConfigInput } from "@mooring/contract";

/** A place in a request that one credential writes. */
export interface Place {
  readonly in: "header" | "query" | "cookie";
  readonly name: string;
}

/** Where a credential is written that is sent as `config` says; undefined when nothing is sent. */
export function placeOf(config: AuthSchemeConfig | AuthSchemeConfigInput): Place | undefined {
  switch (config.schemeType) {
    case "none":
      return undefined;
    case "api-key":
    case "hmac":
      return { in: config.in, name: config.name };
    case "basic-auth":
    case "oauth2":
    case "google-service-account":
      return { in: "header", name: "Authorization" };
  }
}

/**
 * The same for two places of which a request has only one: header names as `headerKey` compares them, names of query parameters and
 * cookies as they are. A header `Cookie` and a cookie are two, because they are joined (RFC 6265 section 5.4).
 */
export const placeKey = ({ in: part, name }: Place) => `${part} ${part === "header" ? headerKey(name) : name}`;

/** The key by which a header's name is compared: in lower case, and with `_` as `-`, because CGI-like servers cannot tell them apart. */
export const headerKey = (name: string) => name.toLowerCase().replaceAll("_", "-");
