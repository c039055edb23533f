import type { OrganisationId } from "../kernel/ids.ts";
import type { Secret } from "../kernel/secret.ts";

/**
 * Where tokens are issued (RFC 6749 section 3.2). Every function makes at most a few requests, bounded in time, and throws `TokenRefused`
 * on an answer that says no, `TokenUnavailable` when there was none that says anything.
 */
export interface TokenEndpoint {
  /** A token for the application itself (RFC 6749 section 4.4). */
  clientCredentials(org: OrganisationId, client: OAuthClient): Promise<TokenAnswer>;
  /** New tokens for an old refresh token (RFC 6749 section 6). */
  refresh(org: OrganisationId, client: OAuthClient, refreshToken: Secret): Promise<TokenAnswer>;
  /** The tokens of a sign-in (RFC 6749 section 4.1.3). */
  exchangeCode(org: OrganisationId, client: OAuthClient, code: CodeExchange): Promise<TokenAnswer>;
  /** A token for a service account of Google, by its key file in JSON (RFC 7523). */
  google(org: OrganisationId, keyFile: Secret): Promise<TokenAnswer>;
}

/** Who asks for a token, and where. */
export interface OAuthClient {
  /** Stands for this state of the credential: what was found out about its server is remembered under it. */
  readonly key: string;
  readonly clientId: string;
  /** Empty for a public client. */
  readonly clientSecret: Secret;
  readonly tokenUrl: string;
  readonly scopes?: readonly string[];
  readonly additionalParams?: Readonly<Record<string, string>>;
}

export interface CodeExchange {
  readonly code: Secret;
  readonly codeVerifier: Secret;
  readonly redirectUri: string;
  readonly issuer?: string;
}

/** What a token endpoint gave. */
export interface TokenAnswer {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
  readonly expiresInSeconds?: number;
  /** As granted; absent when the server did not say. */
  readonly scopes?: readonly string[];
}

/** The server answered with an error of RFC 6749 section 5.2. Neither field holds a secret. */
export class TokenRefused extends Error {
  readonly error: string;
  readonly description: string | undefined;
  constructor(error: string, description?: string) {
    super(`The token request was refused: ${error}.`);
    this.name = "TokenRefused";
    this.error = error;
    this.description = description;
  }
}

/** There was no answer that says anything: the network, 5xx, 429, or nonsense. Whether the server acted is not known. */
export class TokenUnavailable extends Error {
  readonly retryAfterSeconds: number | undefined;
  constructor(message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = "TokenUnavailable";
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
