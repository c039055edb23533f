import { InitialiseOAuth2ConnectionRequest, InitialiseOAuth2ConnectionResponse, OAuth2CallbackQuery } from "../schemas/oauth2.ts";
import type { Operation } from "./operation.ts";

export const oauth2Operations = {
  InitialiseOAuth2Connection: {
    method: "POST",
    path: "/o/{organisation_id}/connections/{connection_id}/oauth2/initialise",
    tag: "Credentials",
    access: "secrets:write",
    summary: "Begin a sign-in",
    description:
      "Gives the address to send a person to, so that an `oauth2-token` credential gets its tokens (RFC 6749 section 4.1, with PKCE). " +
      "The answer sets a cookie: the sign-in ends only in the browser that has it.",
    body: InitialiseOAuth2ConnectionRequest,
    success: { status: 200, body: InitialiseOAuth2ConnectionResponse },
  },
  HandleOAuth2ConnectionCallback: {
    method: "GET",
    path: "/o/{organisation_id}/auth-schemes/oauth2/callback",
    tag: "Credentials",
    access: "public",
    summary: "End a sign-in",
    description:
      "Where the authorization server sends the browser back to. Exchanges the code once and keeps the tokens in the credential. " +
      "What lets it in is the state together with the cookie of the browser that began; a session, where there is one, must be of the same person.",
    query: OAuth2CallbackQuery,
    success: { status: 204 },
  },
} as const satisfies Record<string, Operation>;
