import { type Static, Type } from "typebox";
import { Credential } from "./credential.ts";
import { httpToken, ignored, line, object, oneOf, text, ulid, url, words } from "./fields.ts";

const place = words(["query", "header", "cookie"], { description: "Which part of the request carries it." });

const carrierName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: line(),
  description: "Name of the header, cookie or query parameter; of a header or cookie, an HTTP token.",
});

// A header or cookie of any other name would be refused by every HTTP client, or split the request.
const tokenUnlessInQuery = {
  if: { properties: { in: { const: "query" } } },
  else: {
    properties: {
      name: { type: "string", pattern: httpToken, description: "The name of a header or cookie: an HTTP token (RFC 9110 section 5.6.2)." },
    },
  },
};

export const AuthSchemeConfigNone = object(
  "AuthSchemeConfigNone",
  { schemeType: Type.Literal("none") },
  { description: "The system asks for no proof." },
);
export type AuthSchemeConfigNone = Static<typeof AuthSchemeConfigNone>;

export const AuthSchemeConfigAPIKey = object(
  "AuthSchemeConfigAPIKey",
  { schemeType: Type.Literal("api-key"), name: carrierName, in: place },
  { description: "A secret text in a header, cookie or query parameter. Takes a `string` credential.", ...tokenUnlessInQuery },
);
export type AuthSchemeConfigAPIKey = Static<typeof AuthSchemeConfigAPIKey>;

export const AuthSchemeConfigBasicAuth = object(
  "AuthSchemeConfigBasicAuth",
  { schemeType: Type.Literal("basic-auth") },
  { description: "User name and password (RFC 7617). Takes a `basic-auth` credential." },
);
export type AuthSchemeConfigBasicAuth = Static<typeof AuthSchemeConfigBasicAuth>;

export const OAuth2Scope = object("OAuth2Scope", {
  name: Type.String({ minLength: 1, maxLength: 500, pattern: "^[!#-\\[\\]-~]+$", description: "A scope token of RFC 6749 section 3.3." }),
  description: Type.Optional(text("What the scope allows.", { maxLength: 1000 })),
});
export type OAuth2Scope = Static<typeof OAuth2Scope>;

export const AuthSchemeConfigOAuth2ClientCredentials = object(
  "AuthSchemeConfigOAuth2ClientCredentials",
  {},
  { description: "The client proves itself. Takes an `oauth2-client` credential." },
);
export type AuthSchemeConfigOAuth2ClientCredentials = Static<typeof AuthSchemeConfigOAuth2ClientCredentials>;

export const AuthSchemeConfigOAuth2AuthorizationCode = object(
  "AuthSchemeConfigOAuth2AuthorizationCode",
  { applicationCredential: Credential },
  { description: "A person signs in. Takes an `oauth2-token` credential." },
);
export type AuthSchemeConfigOAuth2AuthorizationCode = Static<typeof AuthSchemeConfigOAuth2AuthorizationCode>;

export const ApplicationCredentialInput = object(
  "ApplicationCredentialInput",
  {
    id: ulid("The `oauth2-client` credential of the application that people sign in through."),
    type: ignored(),
    name: ignored(),
    data: ignored(),
    usages: ignored(),
    errors: ignored(),
    token: ignored(),
    previousValidUntil: ignored(),
    createdAt: ignored(),
    updatedAt: ignored(),
  },
  { description: "Names the application's credential; change that credential at its own address." },
);
export type ApplicationCredentialInput = Static<typeof ApplicationCredentialInput>;

export const AuthSchemeConfigOAuth2AuthorizationCodeInput = object("AuthSchemeConfigOAuth2AuthorizationCodeInput", {
  applicationCredential: ApplicationCredentialInput,
});
export type AuthSchemeConfigOAuth2AuthorizationCodeInput = Static<typeof AuthSchemeConfigOAuth2AuthorizationCodeInput>;

export const AuthSchemeConfigOAuth2Flows = object(
  "AuthSchemeConfigOAuth2Flows",
  {
    clientCredentials: Type.Optional(AuthSchemeConfigOAuth2ClientCredentials),
    authorizationCode: Type.Optional(AuthSchemeConfigOAuth2AuthorizationCode),
  },
  { minProperties: 1 },
);
export type AuthSchemeConfigOAuth2Flows = Static<typeof AuthSchemeConfigOAuth2Flows>;

export const AuthSchemeConfigOAuth2FlowsInput = object(
  "AuthSchemeConfigOAuth2FlowsInput",
  {
    clientCredentials: Type.Optional(AuthSchemeConfigOAuth2ClientCredentials),
    authorizationCode: Type.Optional(AuthSchemeConfigOAuth2AuthorizationCodeInput),
  },
  { minProperties: 1 },
);
export type AuthSchemeConfigOAuth2FlowsInput = Static<typeof AuthSchemeConfigOAuth2FlowsInput>;

const oauth2 = {
  schemeType: Type.Literal("oauth2"),
  authorizeUrl: url("Where people sign in."),
  tokenUrl: url("Where tokens are issued."),
  scopes: Type.Array(OAuth2Scope, { maxItems: 200, description: "What to ask for." }),
};

export const AuthSchemeConfigOAuth2 = object("AuthSchemeConfigOAuth2", { ...oauth2, flows: AuthSchemeConfigOAuth2Flows });
export type AuthSchemeConfigOAuth2 = Static<typeof AuthSchemeConfigOAuth2>;

export const AuthSchemeConfigOAuth2Input = object("AuthSchemeConfigOAuth2Input", { ...oauth2, flows: AuthSchemeConfigOAuth2FlowsInput });
export type AuthSchemeConfigOAuth2Input = Static<typeof AuthSchemeConfigOAuth2Input>;

export const AuthSchemeConfigGoogleServiceAccount = object(
  "AuthSchemeConfigGoogleServiceAccount",
  { schemeType: Type.Literal("google-service-account") },
  { description: "A Google service account. Takes a `binary` credential: the JSON key file." },
);
export type AuthSchemeConfigGoogleServiceAccount = Static<typeof AuthSchemeConfigGoogleServiceAccount>;

const nameThere = Type.String({ minLength: 1, maxLength: 200, pattern: line(), description: "Its name there." });
const besideSignature = words(["header", "query"], { description: "Which part of the request carries it." });

export const SignatureTimestamp = object(
  "SignatureTimestamp",
  {
    in: words(["header", "query", "signature"], {
      description: "`signature` is a part of the signature's own value, as `t` in `t=1,v1=2`.",
    }),
    name: nameThere,
    unit: Type.Optional(
      words(["seconds", "milliseconds", "rfc3339"], { description: "How it is written: since 1970, or as a date. Seconds when left out." }),
    ),
  },
  { description: "When it was signed. It must be part of `content`." },
);
export type SignatureTimestamp = Static<typeof SignatureTimestamp>;

export const SignatureId = object(
  "SignatureId",
  { in: besideSignature, name: nameThere },
  { description: "The sender's id of what it sends. It must be part of `content`; one that comes again is taken once." },
);
export type SignatureId = Static<typeof SignatureId>;

export const SignatureBodyDigest = object(
  "SignatureBodyDigest",
  { in: besideSignature, name: nameThere },
  {
    description:
      "The SHA-256 of the body in hexadecimal, which is signed in place of the body. A body that is not signed otherwise is refused without it.",
  },
);
export type SignatureBodyDigest = Static<typeof SignatureBodyDigest>;

const affix = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 50, pattern: "^[!-~]+$", description }));

/** How a system signs, where it is more than a digest of `digestInputs` in hexadecimal. All of it is optional. */
export const Signature = object(
  "Signature",
  {
    content: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        description:
          "What is signed, in place of `digestInputs`: text with `{{ body }}`, `{{ url }}`, `{{ method }}`, `{{ timestamp }}`, `{{ id }}`, `{{ header.Name }}` and " +
          "`{{ form }}` (name and value of each form field behind each other, sorted by name; nothing where `bodyDigest` stands for the body).",
      }),
    ),
    separator: Type.Optional(
      words([",", ";", " "], { description: "What stands between several parts of the value. Left out: it is one signature." }),
    ),
    prefix: affix("What a signature begins with, as in `sha256=`, `v1=` or `v1,`. Parts that begin otherwise are passed over."),
    encoding: Type.Optional(words(["hex", "base64"], { description: "How the digest is written. Hexadecimal when left out." })),
    secretEncoding: Type.Optional(
      words(["text", "base64", "hex"], { description: "How the key is written in a `string` credential. As text when left out." }),
    ),
    secretPrefix: affix("What a key begins with that is no part of it, as in `whsec_`."),
    timestamp: Type.Optional(SignatureTimestamp),
    toleranceSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, description: "How far the timestamp may be from now, either way. 300 when left out." }),
    ),
    id: Type.Optional(SignatureId),
    bodyDigest: Type.Optional(SignatureBodyDigest),
  },
  { description: "How the signature of what comes in is made and written." },
);
export type Signature = Static<typeof Signature>;

export const AuthSchemeConfigHMAC = object(
  "AuthSchemeConfigHMAC",
  {
    schemeType: Type.Literal("hmac"),
    name: carrierName,
    in: place,
    algorithm: words(["sha1", "sha256", "sha512"], { description: "The hash. New outgoing signatures may not use sha1." }),
    digestInputs: Type.Array(words(["body", "url"]), { maxItems: 2, description: "What is signed, in this order." }),
    signature: Type.Optional(Signature),
  },
  { description: "A signature over the request. Takes a `string` or `binary` credential.", ...tokenUnlessInQuery },
);
export type AuthSchemeConfigHMAC = Static<typeof AuthSchemeConfigHMAC>;

export const AuthSchemeConfig = oneOf(
  "AuthSchemeConfig",
  "schemeType",
  [
    AuthSchemeConfigNone,
    AuthSchemeConfigAPIKey,
    AuthSchemeConfigBasicAuth,
    AuthSchemeConfigOAuth2,
    AuthSchemeConfigGoogleServiceAccount,
    AuthSchemeConfigHMAC,
  ],
  "How a system wants proof of who calls. Never holds a secret.",
);
export type AuthSchemeConfig = Static<typeof AuthSchemeConfig>;

export const AuthSchemeConfigInput = oneOf(
  "AuthSchemeConfigInput",
  "schemeType",
  [
    AuthSchemeConfigNone,
    AuthSchemeConfigAPIKey,
    AuthSchemeConfigBasicAuth,
    AuthSchemeConfigOAuth2Input,
    AuthSchemeConfigGoogleServiceAccount,
    AuthSchemeConfigHMAC,
  ],
  "An `AuthSchemeConfig` as it is sent: an application credential is named by its id.",
);
export type AuthSchemeConfigInput = Static<typeof AuthSchemeConfigInput>;

export const authSchemeConfigs = Type.Array(AuthSchemeConfig, {
  maxItems: 50,
  description: "The ways to prove identity that it supports.",
});
export const authSchemeConfigsInput = Type.Array(AuthSchemeConfigInput, {
  maxItems: 50,
  description: "The ways to prove identity that it supports. Existing environments keep the copies they were created with.",
});
