import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import { canaryKey } from "./canary.ts";

/** A certified authorization server that nobody here wrote, on loopback. The person who signs in there has one button to press. */
export interface AuthorizationServer {
  readonly issuer: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** A resource of its own, which takes a good access token and no other. */
  readonly userinfoUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The parameters of each request for a token, whatever became of it. */
  readonly asked: Record<string, string>[];
  close(): void;
}

/**
 * Starts one with a client that may come back to `redirectUri`. PKCE is required, refresh tokens rotate, and one that is used twice ends
 * its grant.
 */
export async function startAuthorizationServer({
  redirectUri,
  authentication = "client_secret_basic",
  accessTokenSeconds = 3600,
}: {
  redirectUri: string;
  authentication?: "client_secret_basic" | "client_secret_post";
  accessTokenSeconds?: number;
}): Promise<AuthorizationServer> {
  const asked: Record<string, string>[] = [];
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // In a header by Basic it is form-encoded, so no character of it is easy.
  const client = { clientId: "mooring+app", clientSecret: canaryKey("client"), authentication, redirectUri };
  const provider = new Provider(issuer, configurationOf({ ...client, accessTokenSeconds }));
  const callback = provider.callback();
  const note = ({ oidc: { params = {} } }: { oidc: { params?: Record<string, string> } }) => void asked.push({ ...params });
  provider.on("grant.success", note).on("grant.error", note);
  const { clientId, clientSecret } = client;
  return {
    issuer,
    authorizeUrl: `${issuer}/auth`,
    tokenUrl: `${issuer}/token`,
    userinfoUrl: `${issuer}/me`,
    clientId,
    clientSecret,
    asked,
    close: () => void server.close().closeAllConnections(),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith("/interaction/")) return interact(provider, request, response);
    callback(request, response);
  }
}

/** One page that signs the person in and asks for their consent. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response
      .setHeader("content-type", "text/html")
      .end("<!doctype html><title>Sign in</title><form method=post><button>Continue</button></form>");
    return;
  }
  const grant = new provider.Grant({ accountId: "sam", clientId: params.client_id ?? "" });
  grant.addOIDCScope(params.scope ?? "");
  const result = { login: { accountId: "sam" }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result);
}

function configurationOf(client: {
  clientId: string;
  clientSecret: string;
  authentication: string;
  redirectUri: string;
  accessTokenSeconds: number;
}): object {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [client.redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: client.authentication,
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "one" }] },
    cookies: { keys: ["a key of the tests"] },
    scopes: ["openid", "offline_access"],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: client.accessTokenSeconds,
      AuthorizationCode: 60,
      Grant: 86_400,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
  };
}
