import type { CredentialDataOAuth2Token } from "@mooring/contract";
import type { OrganisationId } from "../kernel/ids.ts";
import { Secret } from "../kernel/secret.ts";
import type { CredentialFields } from "../store/credentials.ts";
import type { Flow } from "../store/oauth2-flows.ts";
import type { ReplacingTokens } from "../store/tokens.ts";
import type { Sealer } from "./seals.ts";
import type { TokenAnswer, TokenEndpoint } from "./token-endpoint.ts";

/** The end of a sign-in: what was kept at its beginning, the credential as it is, and what the browser brought. */
export interface SignedIn {
  readonly flow: Flow;
  readonly credential: CredentialFields;
  /** The credentials of the application that people sign in through, one of which may have the secret. */
  readonly applications: readonly CredentialFields[];
  readonly code: string;
}

/**
 * Exchanges the code for tokens, once, at the token endpoint that was kept when the sign-in began (O-4), and seals them. Throws
 * TokenRefused or TokenUnavailable.
 */
export async function exchangeCode(
  { endpoint, sealer }: { endpoint: Pick<TokenEndpoint, "exchangeCode">; sealer: Sealer },
  org: OrganisationId,
  { flow, credential, applications, code }: SignedIn,
): Promise<ReplacingTokens> {
  const { codeVerifier } = sealer.open({ purpose: "sign-in", id: flow.stateHash, revision: 1 }, flow.sealed);
  if (!codeVerifier) throw new Error("A sign-in was kept without its code verifier.");
  const { additionalParams } = credential.data as CredentialDataOAuth2Token;
  const client = {
    key: `${credential.id}/${credential.revision}`,
    clientId: flow.clientId,
    clientSecret: secretOf(sealer, [credential, ...applications], flow),
    tokenUrl: flow.tokenUrl,
    ...(additionalParams ? { additionalParams } : {}),
  };
  const answer = await endpoint.exchangeCode(org, client, { code: new Secret(code), codeVerifier, redirectUri: flow.redirectUri });
  return sealing(sealer, credential.id, answer);
}

/** The first secret of those that belong to this client at this server; empty for a public client. */
function secretOf(sealer: Sealer, credentials: readonly CredentialFields[], { clientId, tokenUrl }: Flow): Secret {
  for (const { id, revision, data, sealed } of credentials) {
    const own = data as CredentialDataOAuth2Token;
    const { clientSecret } = sealer.open({ purpose: "credential", id, revision }, sealed);
    if (own.clientId === clientId && own.tokenUrl === tokenUrl && clientSecret && clientSecret.reveal() !== "") return clientSecret;
  }
  return new Secret("");
}

/** A new grant has its own refresh token or none: that of another sign-in would give the tokens of somebody else. */
function sealing(sealer: Sealer, id: string, { accessToken, refreshToken, scopes, expiresInSeconds }: TokenAnswer): ReplacingTokens {
  const secrets = { accessToken: accessToken.reveal(), ...(refreshToken ? { refreshToken: refreshToken.reveal() } : {}) };
  return {
    seal: (version) => sealer.seal({ purpose: "token", id, revision: version }, secrets),
    scopes,
    lifetimeMs: expiresInSeconds === undefined ? undefined : expiresInSeconds * 1000,
  };
}
