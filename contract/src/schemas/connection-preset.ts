import { type Static, Type } from "typebox";
import {
  AuthSchemeConfigAPIKey,
  AuthSchemeConfigBasicAuth,
  AuthSchemeConfigNone,
  AuthSchemeConfigOAuth2ClientCredentials,
  OAuth2Scope,
} from "./auth-scheme-config.ts";
import { CredentialType } from "./credential.ts";
import { EnvironmentVariable } from "./environment.ts";
import { object, oneOf } from "./fields.ts";

const address = (description: string) => Type.String({ format: "uri", maxLength: 2048, description });

const texts = (description: string) =>
  Type.Unsafe<Record<string, string>>({ type: "object", additionalProperties: { type: "string" }, description });

export const ConnectionPresetOAuth2 = object(
  "ConnectionPresetOAuth2",
  {
    schemeType: Type.Literal("oauth2"),
    authorizeUrl: address("Where people sign in."),
    tokenUrl: address("Where tokens are issued."),
    scopes: Type.Array(OAuth2Scope, { maxItems: 200, description: "What to choose from." }),
    flows: object(
      "ConnectionPresetOAuth2Flows",
      {
        clientCredentials: Type.Optional(AuthSchemeConfigOAuth2ClientCredentials),
        authorizationCode: Type.Optional(
          object("ConnectionPresetAuthorizationCode", {}, { description: "A person signs in. Takes an `oauth2-token` credential." }),
        ),
      },
      { minProperties: 1 },
    ),
  },
  {
    description:
      "An `AuthSchemeConfigOAuth2Input` without the application: before it is used, `authorizationCode` gets `applicationCredential` with the id of an " +
      "`oauth2-client` credential of the organisation's own.",
  },
);
export type ConnectionPresetOAuth2 = Static<typeof ConnectionPresetOAuth2>;

export const ConnectionPresetAuthSchemeConfig = oneOf(
  "ConnectionPresetAuthSchemeConfig",
  "schemeType",
  [AuthSchemeConfigNone, AuthSchemeConfigAPIKey, AuthSchemeConfigBasicAuth, ConnectionPresetOAuth2],
  "An `AuthSchemeConfigInput`, but for the application of people who sign in, which no preset can know.",
);
export type ConnectionPresetAuthSchemeConfig = Static<typeof ConnectionPresetAuthSchemeConfig>;

export const ConnectionPresetSignIn = object(
  "ConnectionPresetSignIn",
  {
    disableOfflineAccess: Type.Optional(Type.Boolean({ description: "The system does not know the scope `offline_access`." })),
    prompt: Type.Optional(Type.String({ description: "As in `consent`." })),
    additionalParams: Type.Optional(Type.String({ description: "As in a query: `access_type=offline`." })),
  },
  { description: "What the system wants when a sign-in begins: the fields of `InitialiseOAuth2ConnectionRequest` with these names." },
);
export type ConnectionPresetSignIn = Static<typeof ConnectionPresetSignIn>;

export const ConnectionPresetCredential = object("ConnectionPresetCredential", {
  type: CredentialType,
  hints: texts("What to fill in, by the field of the credential's `data`. An address that has one is to be changed before it is used."),
  prefix: Type.Optional(
    Type.String({
      description: "What the `value` of a `string` credential begins with, before what a person types: `Bearer ` and a token.",
    }),
  ),
  scopes: Type.Optional(Type.Array(Type.String(), { description: "A sensible choice of the config's." })),
  authorizeUrl: Type.Optional(address("As in the config.")),
  tokenUrl: Type.Optional(address("As in the config.")),
  additionalParams: Type.Optional(texts("What the authorization server wants beside the standard parameters.")),
});
export type ConnectionPresetCredential = Static<typeof ConnectionPresetCredential>;

export const ConnectionPresetAuthScheme = object("ConnectionPresetAuthScheme", {
  title: Type.String({ description: "As in `Personal access token`." }),
  description: Type.String({ description: "When to choose it, and where its secret comes from." }),
  authSchemeConfig: ConnectionPresetAuthSchemeConfig,
  credential: ConnectionPresetCredential,
  signIn: Type.Optional(ConnectionPresetSignIn),
});
export type ConnectionPresetAuthScheme = Static<typeof ConnectionPresetAuthScheme>;

export const ConnectionPresetVariable = object("ConnectionPresetVariable", {
  ...EnvironmentVariable.properties,
  description: Type.String({ description: "What to put there. An empty `value` is to be filled in." }),
});
export type ConnectionPresetVariable = Static<typeof ConnectionPresetVariable>;

export const ConnectionPreset = object("ConnectionPreset", {
  slug: Type.String({ pattern: "^[a-z0-9]+(-[a-z0-9]+)*$", description: "As in `github`." }),
  name: Type.String({ description: "As in `GitHub`." }),
  summary: Type.String({ description: "What it is, and what a call needs beside the proof of identity." }),
  protocol: Type.Literal("http"),
  baseUrl: Type.String({ description: "The connection's `baseUrl`; may hold the variables below." }),
  documentationUrl: address("The system's own documentation."),
  environmentVariables: Type.Array(ConnectionPresetVariable, { description: "What differs from customer to customer." }),
  authSchemes: Type.Array(ConnectionPresetAuthScheme, { minItems: 1, description: "The ways to prove identity, the simplest first." }),
  signaturePreset: Type.Optional(Type.String({ description: "The `name` of the signature preset for its webhooks." })),
});
export type ConnectionPreset = Static<typeof ConnectionPreset>;

export const ConnectionPresetList = object("ConnectionPresetList", {
  presets: Type.Array(ConnectionPreset, { description: "By name." }),
});
export type ConnectionPresetList = Static<typeof ConnectionPresetList>;
