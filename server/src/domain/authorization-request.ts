import type { Fault } from "../kernel/errors.ts";
import { authorizationParameters, couldBe } from "./oauth2-parameters.ts";

/** The address to send a person to, but for what is random in it (RFC 6749 section 4.1.1, RFC 7636). */
export interface AuthorizationRequest {
  readonly authorizeUrl: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly prompt: string | undefined;
  /** Of the credential. */
  readonly ownParams: Readonly<Record<string, string>>;
  /** Of the request, as a query. */
  readonly additionalParams: string | undefined;
}

/** What is wrong with it: a place that is no web page, or a parameter that would set one of Mooring's own, however it is written (O-2, O-3). */
export function faultsOfRequest({ authorizeUrl, ownParams, additionalParams }: AuthorizationRequest): Fault[] {
  const url = URL.canParse(authorizeUrl) ? new URL(authorizeUrl) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return [{ field: "authorizeUrl", message: "This must be an https: URL." }];
  const faults: Fault[] = [];
  const note = (field: string, what: string, names: Iterable<string>) => {
    const taken = [...names].filter((name) => couldBe(name, authorizationParameters)).map((name) => JSON.stringify(name));
    if (taken.length > 0) faults.push({ field, message: `${what} cannot set ${taken.join(", ")}.` });
  };
  if (url.username !== "" || url.password !== "") faults.push({ field: "authorizeUrl", message: "This may not hold a user name." });
  note("authorizeUrl", "The query of the URL", url.searchParams.keys());
  note("credential.id", "The credential's additionalParams", Object.keys(ownParams));
  note("additionalParams", "Additional parameters", new URLSearchParams(additionalParams).keys());
  return faults;
}

/** The whole address. What the request asks for wins over what the credential says, and Mooring's own over both. */
export function authorizationUrl(
  request: AuthorizationRequest,
  { state, codeChallenge }: { state: string; codeChallenge: string },
): string {
  const url = new URL(request.authorizeUrl);
  // RFC 6749 section 3.1: no fragment.
  url.hash = "";
  const set = (params: Iterable<readonly [string, string]>) => {
    for (const [name, value] of params) url.searchParams.set(name, value);
  };
  set(Object.entries(request.ownParams));
  set(new URLSearchParams(request.additionalParams));
  set([
    ...(request.prompt === undefined ? [] : [["prompt", request.prompt] as const]),
    ...(request.scopes.length === 0 ? [] : [["scope", request.scopes.join(" ")] as const]),
    ["response_type", "code"],
    ["client_id", request.clientId],
    ["redirect_uri", request.redirectUri],
    ["state", state],
    ["code_challenge", codeChallenge],
    ["code_challenge_method", "S256"],
  ]);
  return url.href;
}

/** `scopes`, and what many servers want to see before they give a refresh token. */
export function withOfflineAccess(scopes: readonly string[]): string[] {
  return [...new Set([...scopes, "offline_access"])];
}

/**
 * Whether the server that answered is the one that was asked (RFC 9207). Which issuer a server has that somebody configured by hand is
 * not known; but a server that names itself does so under an address of its own, and another server's code, which must not go to
 * this one's token endpoint, comes with another origin (O-4).
 */
export function isIssuerOf(issuer: string, { authorizeUrl, tokenUrl }: { authorizeUrl: string; tokenUrl: string }): boolean {
  const origin = originOf(issuer);
  return origin !== undefined && (origin === originOf(authorizeUrl) || origin === originOf(tokenUrl));
}

function originOf(text: string): string | undefined {
  const origin = URL.canParse(text) ? new URL(text).origin : "null";
  return origin === "null" ? undefined : origin;
}
