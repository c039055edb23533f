import type { AuthSchemeConfig } from "@mooring/contract";
import { parseTemplate } from "../../../domain/template.ts";
import type { ExportedVersion } from "./export.ts";

/** The base URL as a server; a variable without a default of its own has an empty one, because OpenAPI wants one. */
export function serverOf({ baseUrl, environmentVariables }: ExportedVersion): Record<string, unknown> {
  const { parts } = parseTemplate(baseUrl);
  const names = [...new Set(parts.flatMap((part) => (typeof part === "string" ? [] : [part.name])))];
  const values = new Map(environmentVariables.map(({ name, value }) => [name, value]));
  const url = parts.map((part) => (typeof part === "string" ? part : `{${part.name}}`)).join("");
  const variables = Object.fromEntries(names.map((name) => [name, { default: values.get(name) ?? "" }]));
  return { url, ...(names.length > 0 && { variables }) };
}

/** The auth scheme configs as security schemes, and each as one way to be let in. */
export function securityOf(configs: readonly AuthSchemeConfig[]) {
  const schemes: [string, Record<string, unknown>][] = [];
  const security: Record<string, string[]>[] = [];
  configs.forEach((config, at) => {
    const scheme = schemeOf(config);
    const name = `${config.schemeType}-${at + 1}`;
    if (scheme) schemes.push([name, scheme]);
    security.push(scheme ? { [name]: scopesOf(config) } : {});
  });
  return { schemes, security };
}

function schemeOf(config: AuthSchemeConfig): Record<string, unknown> | undefined {
  switch (config.schemeType) {
    case "none":
      return undefined;
    case "api-key":
      return { type: "apiKey", in: config.in, name: config.name };
    case "hmac":
      return { type: "apiKey", in: config.in, name: config.name, description: `A signature: HMAC with ${config.algorithm}.` };
    case "basic-auth":
      return { type: "http", scheme: "basic" };
    case "google-service-account":
      return { type: "http", scheme: "bearer", description: "An access token of a Google service account." };
    case "oauth2":
      return { type: "oauth2", flows: flowsOf(config) };
  }
}

function flowsOf({ authorizeUrl, tokenUrl, scopes, flows }: Extract<AuthSchemeConfig, { schemeType: "oauth2" }>) {
  const named = Object.fromEntries(scopes.map(({ name, description }) => [name, description ?? ""]));
  return {
    ...(flows.clientCredentials && { clientCredentials: { tokenUrl, scopes: named } }),
    ...(flows.authorizationCode && { authorizationCode: { authorizationUrl: authorizeUrl, tokenUrl, scopes: named } }),
  };
}

const scopesOf = (config: AuthSchemeConfig) => (config.schemeType === "oauth2" ? config.scopes.map(({ name }) => name) : []);
