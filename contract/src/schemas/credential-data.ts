import { type Static, Type } from "typebox";
import { line, object, text, url } from "./fields.ts";

/** What a kept secret reads as; sent back, it keeps what is stored (V-8). */
export const secretMask = "********";

const secretCharactersMax = 64 * 1024;
// Base64 writes four characters for three bytes.
const base64CharactersMax = Math.ceil(secretCharactersMax / 3) * 4;

const masked = `Reads as \`${secretMask}\`; sending that back keeps what is stored.`;

const secret = (what: string) => text(`${what} ${masked}`, { minLength: 1, maxLength: secretCharactersMax });

export const CredentialDataNone = Type.Unsafe<Record<string, never>>(object("CredentialDataNone", {}, { description: "Nothing to keep." }));
export type CredentialDataNone = Static<typeof CredentialDataNone>;

export const CredentialDataString = object("CredentialDataString", { value: secret("A secret text.") });
export type CredentialDataString = Static<typeof CredentialDataString>;

export const CredentialDataBinary = object("CredentialDataBinary", {
  valueBase64: Type.String({
    minLength: 1,
    maxLength: base64CharactersMax,
    pattern: "^(?:\\*{8}|(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$",
    description: `A secret file of at most 64 KiB, in base64 with padding (RFC 4648 section 4). ${masked}`,
  }),
});
export type CredentialDataBinary = Static<typeof CredentialDataBinary>;

export const CredentialDataBasicAuth = object("CredentialDataBasicAuth", {
  username: Type.String({
    maxLength: 1024,
    pattern: line(":"),
    description: "At most 1024 characters, without a colon or control characters (RFC 7617 section 2).",
  }),
  password: Type.String({
    maxLength: secretCharactersMax,
    pattern: line(),
    description: `Without control characters (RFC 7617 section 2); may be empty. ${masked}`,
  }),
});
export type CredentialDataBasicAuth = Static<typeof CredentialDataBasicAuth>;

const oauth2Client = {
  clientId: text("The id that the authorization server gave the application.", { minLength: 1, maxLength: 2048 }),
  clientSecret: text(`The application's secret; may be empty for a public client. ${masked}`, { maxLength: secretCharactersMax }),
  authorizeUrl: url("Where people sign in."),
  tokenUrl: url("Where tokens are issued."),
};

const scopes = Type.Array(
  Type.String({ minLength: 1, maxLength: 500, pattern: "^[!#-\\[\\]-~]+$", description: "A scope token of RFC 6749 section 3.3." }),
  { maxItems: 200, description: "What to ask for." },
);

const additionalParams = Type.Optional(
  Type.Unsafe<Record<string, string>>({
    type: "object",
    maxProperties: 50,
    propertyNames: { type: "string", minLength: 1, maxLength: 200, pattern: line() },
    additionalProperties: text("The value of an extra parameter.", { maxLength: 8192 }),
    description: "At most 50 parameters that this authorization server wants beside the standard ones.",
  }),
);

export const CredentialDataOAuth2Client = object("CredentialDataOAuth2Client", {
  ...oauth2Client,
  scopes: Type.Optional(scopes),
  additionalParams,
});
export type CredentialDataOAuth2Client = Static<typeof CredentialDataOAuth2Client>;

export const CredentialDataOAuth2Token = object("CredentialDataOAuth2Token", {
  ...oauth2Client,
  scopes,
  accessToken: Type.Optional(secret("The token that calls carry.")),
  refreshToken: Type.Optional(secret("The token that renews it.")),
  additionalParams,
});
export type CredentialDataOAuth2Token = Static<typeof CredentialDataOAuth2Token>;
