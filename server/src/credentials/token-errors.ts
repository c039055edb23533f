/** The authorization server refused, in its own words (RFC 6749 section 5.2). The message is for people and holds no secret. */
export class TokenRefused extends Error {
  /** One of the standard's codes, like invalid_grant, or the server's own. */
  readonly error: string;
  readonly description: string | undefined;

  constructor(error: string, description?: string) {
    super(`The authorization server answered ${error}${description === undefined ? "." : `: ${description}`}`);
    this.name = "TokenRefused";
    this.error = error;
    this.description = description;
  }
}

/** No answer, or one that says nothing about the grant: try again later and lose nothing (O-8). The message holds no secret. */
export class TokenUnavailable extends Error {
  /** As the server asked for, in whatever size it did. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, detail: { retryAfterSeconds?: number | undefined; cause?: unknown } = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "TokenUnavailable";
    this.retryAfterSeconds = detail.retryAfterSeconds;
  }
}
