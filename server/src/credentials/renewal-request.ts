import { neverThere, spent } from "../domain/token.ts";
import { Problem } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import { Secret } from "../kernel/secret.ts";
import type { Claim, StoredClient } from "../store/token-leases.ts";
import type { Sealer } from "./seals.ts";
import type { OAuthClient, TokenAnswer, TokenEndpoint } from "./token-endpoint.ts";

/** Asks for the token of a claim the way its credential is renewed. Throws as the endpoint does, and `Problem` where there is nothing to ask with. */
export async function requestToken(
  endpoint: Pick<TokenEndpoint, "clientCredentials" | "refresh" | "google">,
  sealer: Sealer,
  org: OrganisationId,
  { client, application, token }: Claim,
): Promise<TokenAnswer> {
  switch (client.type) {
    case "oauth2-client":
      return endpoint.clientCredentials(org, oauthClient(sealer, client, undefined));
    case "oauth2-token": {
      const { refreshToken } = sealer.open({ purpose: "token", id: client.id, revision: token.version }, token.sealed);
      if (!refreshToken) throw new Problem("reauth_required", { message: token.sealed.accessToken === undefined ? neverThere : spent });
      return endpoint.refresh(org, oauthClient(sealer, client, application), refreshToken);
    }
    case "binary": {
      const { valueBase64 } = sealer.open(recordOf(client), client.sealed);
      return endpoint.google(org, new Secret(Buffer.from(valueBase64?.reveal() ?? "", "base64").toString("utf8")));
    }
    case "none":
    case "string":
    case "basic-auth":
      throw new Error(`No token belongs to a credential of ${client.type}.`);
  }
}

/** The client that the credential names: its secret and the place it is sent to are from one row (V-8). */
function oauthClient(sealer: Sealer, client: StoredClient, application: StoredClient | undefined): OAuthClient {
  const { clientId, tokenUrl, scopes, additionalParams } = client.data as OAuthClientData;
  const own = sealer.open(recordOf(client), client.sealed).clientSecret ?? new Secret("");
  const clientSecret = own.reveal() === "" ? applicationSecret(sealer, { clientId, tokenUrl }, application) : own;
  return {
    key: `${client.id}/${client.revision}`,
    clientId,
    clientSecret,
    tokenUrl,
    ...(scopes && { scopes }),
    ...(additionalParams && { additionalParams }),
  };
}

/** The application's, where it is the very same client of the same server; else there is none, as for a public client. */
function applicationSecret(
  sealer: Sealer,
  { clientId, tokenUrl }: { clientId: string; tokenUrl: string },
  application: StoredClient | undefined,
): Secret {
  const data = application?.data as OAuthClientData | undefined;
  const isSame = application?.type === "oauth2-client" && data?.clientId === clientId && data.tokenUrl === tokenUrl;
  return (isSame && sealer.open(recordOf(application), application.sealed).clientSecret) || new Secret("");
}

const recordOf = ({ id, revision }: StoredClient) => ({ purpose: "credential", id, revision }) as const;

type OAuthClientData = Omit<OAuthClient, "key" | "clientSecret">;
