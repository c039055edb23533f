import { type Static, Type } from "typebox";
import { object, text, ulid, url } from "./fields.ts";

export const InitialiseOAuth2ConnectionRequest = object("InitialiseOAuth2ConnectionRequest", {
  credential: Type.Object(
    { id: ulid("The `oauth2-token` credential that will hold the tokens."), organisationId: ulid("The organisation it belongs to.") },
    { additionalProperties: false, description: "A credential that one of the connection's environments uses for calls." },
  ),
  authorizeUrl: url("Where the person signs in: that of the credential."),
  clientId: text("The application's id: that of the credential.", { minLength: 1, maxLength: 2048 }),
  scopes: Type.Optional(
    Type.Array(
      Type.String({ minLength: 1, maxLength: 500, pattern: "^[!#-\\[\\]-~]+$", description: "A scope token of RFC 6749 section 3.3." }),
      {
        maxItems: 200,
        description: "What to ask for; left out, what the credential says.",
      },
    ),
  ),
  disableOfflineAccess: Type.Optional(
    Type.Boolean({
      description: "Do not add the scope `offline_access`, which some servers want for a refresh token and some do not know.",
    }),
  ),
  prompt: Type.Optional(text("Passed on as `prompt`, such as `consent`.", { maxLength: 200 })),
  additionalParams: Type.Optional(
    text("More parameters for the address, as in a query: `access_type=offline&hd=example.com`. None may set one of Mooring's own.", {
      maxLength: 8192,
    }),
  ),
});
export type InitialiseOAuth2ConnectionRequest = Static<typeof InitialiseOAuth2ConnectionRequest>;

export const InitialiseOAuth2ConnectionResponse = object("InitialiseOAuth2ConnectionResponse", {
  url: Type.String({ description: "Where to send the person's browser, within 10 minutes." }),
});
export type InitialiseOAuth2ConnectionResponse = Static<typeof InitialiseOAuth2ConnectionResponse>;

const parameter = (description: string) => text(description, { minLength: 1, maxLength: 8192 });

/** What the authorization server sends the browser back with. RFC 6749 section 4.1.2: parameters that are not known are ignored. */
export const OAuth2CallbackQuery = Type.Object(
  {
    code: Type.Optional(parameter("What the tokens are given for. Absent only beside `error`.")),
    state: parameter("Which sign-in this is the end of."),
    iss: Type.Optional(parameter("Who answers (RFC 9207).")),
    error: Type.Optional(parameter("Why the server refused (RFC 6749 section 4.1.2.1).")),
    error_description: Type.Optional(parameter("The same for people.")),
  },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword
  { if: { properties: { error: {} }, required: ["error"] }, then: {}, else: { properties: { code: {} }, required: ["code"] } },
);
export type OAuth2CallbackQuery = Static<typeof OAuth2CallbackQuery>;
