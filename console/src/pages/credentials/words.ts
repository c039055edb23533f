import type { AuthSchemeConfig, AuthSchemeConfigInput, AuthSchemeType, CredentialType } from "@mooring/contract";

/** What kind of secret a credential is, for people. */
export const typeWords: Readonly<Record<CredentialType, string>> = {
  none: "No secret",
  string: "Secret text",
  binary: "Secret file",
  "basic-auth": "User name and password",
  "oauth2-client": "OAuth 2.0 application",
  "oauth2-token": "OAuth 2.0 sign-in of a person",
};

/** The same within a name, as in "Weather dev, login". */
export const secretWords: Readonly<Record<CredentialType, string>> = {
  none: "no secret",
  string: "key",
  binary: "key file",
  "basic-auth": "login",
  "oauth2-client": "application",
  "oauth2-token": "sign-in",
};

/** When one takes which kind. */
export const typeHints: Readonly<Record<CredentialType, string>> = {
  none: "For a system that asks for no proof.",
  string: "An API key, a token, or the key of a signature.",
  binary: "The key file of a Google service account, or a key of bytes.",
  "basic-auth": "For HTTP Basic authentication.",
  "oauth2-client": "Client id and secret that an authorization server gave you.",
  "oauth2-token": "Tokens that somebody gets for you by signing in.",
};

/** What proof of identity is called. */
export const schemeNames: Readonly<Record<AuthSchemeType, string>> = {
  none: "No proof",
  "api-key": "API key",
  "basic-auth": "User name and password",
  oauth2: "OAuth 2.0",
  "google-service-account": "Google service account",
  hmac: "Signature",
};

const places = { header: "header", query: "query parameter", cookie: "cookie" } as const;

/** A scheme and how it is set, in a plain sentence, as in "API key in the header X-Api-Key". */
export function schemeWords(config: AuthSchemeConfig | AuthSchemeConfigInput): string {
  switch (config.schemeType) {
    case "none":
      return "No proof is asked for";
    case "api-key":
      return `API key in the ${places[config.in]} ${config.name}`;
    case "basic-auth":
      return "User name and password in the header Authorization";
    case "google-service-account":
      return "Google service account: a token in the header Authorization";
    case "hmac":
      return `Signature (HMAC, ${config.algorithm}) in the ${places[config.in]} ${config.name}`;
    case "oauth2":
      return config.flows.authorizationCode
        ? `OAuth 2.0: a person signs in at ${hostOf(config.authorizeUrl)}`
        : `OAuth 2.0: the application itself, at ${hostOf(config.tokenUrl)}`;
  }
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url);

/** Which kinds of credential fit a scheme. */
export function typesFor(config: AuthSchemeConfigInput): readonly CredentialType[] {
  if (config.schemeType === "oauth2") return [config.flows.authorizationCode ? "oauth2-token" : "oauth2-client"];
  return typesOf[config.schemeType];
}

const typesOf = {
  none: ["none"],
  "api-key": ["string"],
  "basic-auth": ["basic-auth"],
  "google-service-account": ["binary"],
  hmac: ["string", "binary"],
} as const satisfies Record<Exclude<AuthSchemeType, "oauth2">, readonly CredentialType[]>;
