import type { AuthSchemeConfigInput, AuthSchemeType, CredentialType, ProtocolType } from "@mooring/contract";
import { type ConfigFault, signatureFaults } from "./signature-faults.ts";

/** Everything that is wrong with a config for this use, with the fields of the config: `misfitOf`, and how it describes a signature. */
export function configFaults(config: AuthSchemeConfigInput, use: SchemeUse): ConfigFault[] {
  const misfit = misfitOf(config, use);
  return [...(misfit ? [misfit] : []), ...(config.schemeType === "hmac" && use.purpose !== "action" ? signatureFaults(config) : [])];
}

/**
 * The first reason why a config cannot be used so, with the field of the config it lies in; undefined when it can. `purpose` left out:
 * a connection's own list, where the purpose is open. `credentialType` left out: there is no credential beside it.
 */
export function misfitOf(config: AuthSchemeConfigInput, use: SchemeUse): ConfigFault | undefined {
  const { protocol, purpose, credentialType } = use;
  const { schemeType } = config;
  const schemes = schemesOfProtocol[protocol];
  if (!schemes.includes(schemeType)) return { field: "schemeType", message: `${protocol} takes ${listed(schemes)}.` };
  if (credentialType !== undefined) {
    const types = credentialTypesOf(config);
    if (!types.includes(credentialType))
      return { field: "schemeType", message: `${schemeType} takes a credential of type ${listed(types)}.` };
  }
  if (schemeType === "hmac" && purpose === "action" && config.algorithm === "sha1") {
    return { field: "algorithm", message: "sha1 is too weak to sign calls with; it only checks what comes in." };
  }
  if (schemeType === "hmac" && purpose === "action" && config.signature) {
    return { field: "signature", message: "It says how what comes in is signed. Calls are signed over `digestInputs`, in hexadecimal." };
  }
  const isCarried = (schemeType === "api-key" || schemeType === "hmac") && config.in === "header" && purpose !== "trigger";
  if (isCarried && isConnectionHeader(config.name)) {
    return { field: "name", message: `The header ${config.name} steers the connection itself and cannot carry a secret.` };
  }
  return undefined;
}

export interface SchemeUse {
  readonly protocol: ProtocolType;
  readonly purpose?: "action" | "trigger";
  readonly credentialType?: CredentialType | undefined;
}

export const schemesOfProtocol: Readonly<Record<ProtocolType, readonly AuthSchemeType[]>> = {
  http: ["none", "api-key", "basic-auth", "oauth2", "hmac"],
  bigquery: ["oauth2", "google-service-account"],
};

/** The credential types that fit a config: which flow an oauth2 config has decides there. */
function credentialTypesOf(config: AuthSchemeConfigInput): readonly CredentialType[] {
  if (config.schemeType !== "oauth2") return credentialTypes[config.schemeType];
  return [
    ...(config.flows.clientCredentials ? (["oauth2-client"] as const) : []),
    ...(config.flows.authorizationCode ? (["oauth2-token"] as const) : []),
  ];
}

const credentialTypes: Readonly<Record<Exclude<AuthSchemeType, "oauth2">, readonly CredentialType[]>> = {
  none: ["none"],
  "api-key": ["string"],
  "basic-auth": ["basic-auth"],
  "google-service-account": ["binary"],
  hmac: ["string", "binary"],
};

/** Headers that belong to one hop or to the framing (RFC 9110 section 7.6.1, RFC 9112 section 6): a secret there would break the request. */
export function isConnectionHeader(name: string): boolean {
  return connectionHeaders.has(name.toLowerCase());
}

const connectionHeaders = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "keep-alive",
  "proxy-connection",
  "http2-settings",
]);

const listed = (words: readonly string[]) => words.join(" or ");
