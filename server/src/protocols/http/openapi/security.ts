import type { AuthSchemeConfig, Message } from "@mooring/contract";
import { misfitOf } from "../../../domain/scheme-fit.ts";
import type { Notes } from "./notes.ts";
import { below, type Place, pointerOf, root } from "./place.ts";
import { follow } from "./reading.ts";
import { type JsonObject, listOf, objectOf, textOf } from "./values.ts";

/**
 * The security schemes as auth scheme configs: first what all calls want, alternative after alternative, those of one alternative side
 * by side; then what single operations want; then what is only declared. What no config can say is noted.
 */
export function readSecurity(document: JsonObject, operations: readonly OwnSecurity[], notes: Notes): AuthSchemeConfig[] {
  const found = new Map<string, AuthSchemeConfig>();
  const read = new Set<string>();
  const schemes = objectOf(objectOf(document.components)?.securitySchemes) ?? {};
  const common = listOf(document.security);
  if (common) alternatives(common, below(root, "security"));
  for (const { security, place } of operations) {
    if (common && JSON.stringify(common) !== JSON.stringify(security)) notes.note("ownSecurity", place);
    alternatives(security, place);
  }
  for (const name of Object.keys(schemes)) scheme(name, below(root, "components", "securitySchemes", name));
  if (found.size === 0 && read.size === 0) notes.note("noSecurity", below(root, "components", "securitySchemes"));
  return [...found.values()].slice(0, configsMax);

  function alternatives(security: readonly unknown[], place: Place) {
    if (security.length === 0) add({ schemeType: "none" });
    security.forEach((one, at) => {
      const names = Object.keys(objectOf(one) ?? {});
      if (names.length === 0) add({ schemeType: "none" });
      if (names.length > 1) notes.note("severalProofs", below(place, at));
      for (const name of names) scheme(name, below(place, at, name));
    });
  }

  function scheme(name: string, place: Place) {
    if (read.has(name)) return;
    read.add(name);
    if (!Object.hasOwn(schemes, name)) return notes.note("missing", place);
    const at = below(root, "components", "securitySchemes", name);
    const followed = follow({ document, notes }, schemes[name], at, "securityScheme");
    if (!followed) return;
    const configs = configsOf(followed.object, followed.place, notes);
    if (configs === undefined) notes.note("securityScheme", at);
    for (const config of configs ?? []) add(config);
  }

  function add(config: AuthSchemeConfig) {
    found.set(JSON.stringify(config), config);
  }
}

/** The security that one operation wants in place of the common one. */
export interface OwnSecurity {
  readonly security: readonly unknown[];
  readonly place: Place;
}

const configsMax = 50;

/** What says a scheme; none where a person has to add it, undefined when nothing can. */
function configsOf(scheme: JsonObject, place: Place, notes: Notes): AuthSchemeConfig[] | undefined {
  const name = textOf(scheme.name) ?? "";
  switch (scheme.type) {
    case "apiKey":
      return apiKey(name, scheme.in);
    case "http":
      return http(scheme, place, notes);
    case "oauth2":
      return oauth2(objectOf(scheme.flows) ?? {}, below(place, "flows"), notes);
    default:
      return undefined;
  }
}

function apiKey(name: string, carrier: unknown): AuthSchemeConfig[] | undefined {
  if (carrier !== "header" && carrier !== "query" && carrier !== "cookie") return undefined;
  const isFit = carrier === "query" ? queryNamePattern.test(name) : tokenPattern.test(name);
  const config = { schemeType: "api-key", name, in: carrier } as const;
  return isFit && name.length <= 200 && misfitOf(config, { protocol: "http" }) === undefined ? [config] : undefined;
}

const queryNamePattern = /^[^\p{Cc}\p{Cs}]+$/u;
/** RFC 9110 section 5.6.2. */
const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function http(scheme: JsonObject, place: Place, notes: Notes): AuthSchemeConfig[] | undefined {
  const kind = textOf(scheme.scheme)?.toLowerCase();
  if (kind === "basic") return [{ schemeType: "basic-auth" }];
  if (kind !== "bearer") return undefined;
  notes.note("bearer", place);
  return [{ schemeType: "api-key", name: "Authorization", in: "header" }];
}

function oauth2(flows: JsonObject, place: Place, notes: Notes): AuthSchemeConfig[] {
  const configs: AuthSchemeConfig[] = [];
  for (const name of Object.keys(flows)) {
    const flow = objectOf(flows[name]);
    const tokenUrl = addressOf(flow?.tokenUrl);
    const scopes = scopesOf(flow, below(place, name, "scopes"), notes);
    if (name === "clientCredentials" && tokenUrl !== undefined) {
      // No one signs in here, so the address for it is never used.
      configs.push({ schemeType: "oauth2", authorizeUrl: tokenUrl, tokenUrl, scopes, flows: { clientCredentials: {} } });
    } else if (name === "authorizationCode" && flow) {
      notes.say(
        signInMessage(
          flow,
          scopes.map((scope) => scope.name),
          below(place, name),
        ),
      );
    } else if (!name.startsWith("x-")) {
      notes.note("securityScheme", below(place, name));
    }
  }
  return configs;
}

/** An application credential is needed to write this down, and a file brings none: the message has all that the person needs. */
function signInMessage(flow: JsonObject, scopes: readonly string[], place: Place): Message {
  const asked = scopes.length === 0 ? "" : ` Scopes: ${scopes.slice(0, 50).join(" ")}.`;
  return {
    severity: "warning",
    text:
      "Signing in with OAuth 2.0 needs the credential of your application first; then add an oauth2 auth scheme config. " +
      `People sign in at ${addressOf(flow.authorizationUrl) ?? "(no address)"}; tokens come from ${addressOf(flow.tokenUrl) ?? "(no address)"}.${asked}`,
    detail: [pointerOf(place)],
  };
}

function scopesOf(flow: JsonObject | undefined, place: Place, notes: Notes): { name: string; description?: string }[] {
  const scopes = objectOf(flow?.scopes) ?? {};
  const fit = Object.keys(scopes).filter((name) => scopePattern.test(name) && name.length <= 500);
  if (fit.length < Object.keys(scopes).length || fit.length > scopesMax) notes.note("unknown", place);
  return fit.slice(0, scopesMax).map((name) => {
    const description = textOf(scopes[name])?.toWellFormed().replaceAll("\0", "").slice(0, 1000).toWellFormed();
    return { name, ...(description && { description }) };
  });
}

/** A scope token of RFC 6749 section 3.3. */
const scopePattern = /^[!#-[\]-~]+$/;
const scopesMax = 200;

/** An absolute http address of a length that can be kept; undefined for any other. */
function addressOf(value: unknown): string | undefined {
  const text = textOf(value)?.trim();
  return text !== undefined && text.length <= 2048 && /^https?:\/\/[^\s"<>\\^`{|}]+$/i.test(text) && URL.canParse(text) ? text : undefined;
}
