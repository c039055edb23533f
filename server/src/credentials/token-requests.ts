import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  genericTokenEndpointRequest,
  None,
} from "oauth4webapi";
import { couldBe, tokenParameters } from "../domain/oauth2-parameters.ts";
import type { Clock } from "../kernel/clock.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Secret } from "../kernel/secret.ts";
import { createFetch, type Fetch } from "../net/fetch.ts";
import type { Net } from "../net/net.ts";
import { problemOf } from "../net/problems.ts";
import { createGoogle } from "./google.ts";
import { readTokenAnswer } from "./token-answer.ts";
import {
  type CodeExchange,
  type OAuthClient,
  type TokenAnswer,
  type TokenEndpoint,
  TokenRefused,
  TokenUnavailable,
} from "./token-endpoint.ts";

/**
 * Asks authorization servers through the door out. Each request for a token takes 10 seconds at most and is one question, or two where
 * the server wants the client to prove itself in the body; which of `clientsMax` clients must is all that is kept in memory.
 */
export function createTokenEndpoint({ net, clock, googleTokenUrl }: TokenEndpointDeps): TokenEndpoint {
  const inBody = new Set<string>();
  return { clientCredentials, refresh, exchangeCode, google: createGoogle({ net, clock, tokenUrl: googleTokenUrl }) };

  function clientCredentials(org: OrganisationId, client: OAuthClient): Promise<TokenAnswer> {
    const scope: Record<string, string> = client.scopes?.length ? { scope: client.scopes.join(" ") } : {};
    return ask(org, client, { grant: "client_credentials", parameters: scope, sent: [] });
  }

  /** Asks for no scopes: what was granted is granted again (RFC 6749 section 6). */
  function refresh(org: OrganisationId, client: OAuthClient, refreshToken: Secret): Promise<TokenAnswer> {
    const parameters = { refresh_token: refreshToken.reveal() };
    return ask(org, client, { grant: "refresh_token", parameters, sent: [refreshToken] });
  }

  function exchangeCode(org: OrganisationId, client: OAuthClient, { code, codeVerifier, redirectUri }: CodeExchange): Promise<TokenAnswer> {
    const parameters = { code: code.reveal(), code_verifier: codeVerifier.reveal(), redirect_uri: redirectUri };
    return ask(org, client, { grant: "authorization_code", parameters, sent: [code, codeVerifier] });
  }

  async function ask(org: OrganisationId, client: OAuthClient, question: Question): Promise<TokenAnswer> {
    const fetch = createFetch(net, { org, timeoutMs: requestMsMax, bodyBytesMax: answerBytesMax });
    const secret = client.clientSecret.reveal();
    if (secret === "") return send(client, None(), question, fetch);
    if (inBody.has(client.key)) return send(client, ClientSecretPost(secret), question, fetch);
    try {
      return await send(client, ClientSecretBasic(secret), question, fetch);
    } catch (error) {
      if (!(error instanceof TokenRefused) || !unproven.has(error.error)) throw error;
      return askInBody(client, question, { fetch, first: error });
    }
  }

  /** What the server says to the second question counts, unless that says less than the first. */
  async function askInBody(client: OAuthClient, question: Question, { fetch, first }: { fetch: Fetch; first: TokenRefused }) {
    try {
      const answer = await send(client, ClientSecretPost(client.clientSecret.reveal()), question, fetch);
      remember(client.key);
      return answer;
    } catch (error) {
      if (error instanceof TokenRefused && !unproven.has(error.error)) remember(client.key);
      throw error instanceof TokenRefused && error.error === "invalid_request" ? first : error;
    }
  }

  async function send(client: OAuthClient, proof: ClientAuth, { grant, parameters, sent }: Question, fetch: Fetch): Promise<TokenAnswer> {
    const server = { issuer: client.tokenUrl, token_endpoint: client.tokenUrl };
    const response = await genericTokenEndpointRequest(
      server,
      { client_id: client.clientId },
      proof,
      grant,
      { ...additional(client), ...parameters },
      // Where http: is allowed is for the egress policy to say.
      { [allowInsecureRequests]: true, [customFetch]: fetch },
    ).catch((error: unknown) => {
      throw unreachable(error);
    });
    return readTokenAnswer(response, { sent: [client.clientSecret, ...sent], clock });
  }

  function remember(key: string): void {
    if (inBody.size >= clientsMax) inBody.clear();
    inBody.add(key);
  }
}

export interface TokenEndpointDeps {
  readonly net: Pick<Net, "dispatch">;
  readonly clock: Clock;
  /** Where Google issues tokens to service accounts. */
  readonly googleTokenUrl: string;
}

interface Question {
  readonly grant: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The secrets among the parameters. */
  readonly sent: readonly Secret[];
}

function additional({ additionalParams = {} }: OAuthClient): Record<string, string> {
  return Object.fromEntries(Object.entries(additionalParams).filter(([name]) => !couldBe(name, tokenParameters)));
}

function unreachable(error: unknown): TokenUnavailable {
  const problem = problemOf(error);
  const message = problem.code === "internal" ? "The token endpoint cannot be asked; look at its URL and the client id." : problem.message;
  return new TokenUnavailable(message, problem.retryAfterSeconds);
}

/** What servers answer that look for the client in the body only: the second because they miss its client_id. */
const unproven = new Set(["invalid_client", "invalid_request"]);
const requestMsMax = 10_000;
const answerBytesMax = 64 * 1024;
const clientsMax = 10_000;
