import { type Static, Type } from "typebox";
import { object, ulid, words } from "./fields.ts";
import { pageInfo } from "./page.ts";

export const authSchemeTypes = ["none", "api-key", "basic-auth", "oauth2", "google-service-account", "hmac"] as const;

export const AuthSchemeType = words(authSchemeTypes, {
  title: "AuthSchemeType",
  description: "How an outside system wants proof of who calls.",
});
export type AuthSchemeType = Static<typeof AuthSchemeType>;

export const AuthScheme = object("AuthScheme", {
  id: ulid("Its stable id."),
  type: AuthSchemeType,
  name: Type.String({ description: "What people call it." }),
  description: Type.String({ description: "What it does to a request." }),
});
export type AuthScheme = Static<typeof AuthScheme>;

export const AuthSchemePage = object("AuthSchemePage", { ...pageInfo, authSchemes: Type.Array(AuthScheme) });
export type AuthSchemePage = Static<typeof AuthSchemePage>;
