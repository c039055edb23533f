import { errorCode, plainWords } from "../domain/server-words.ts";
import type { Clock } from "../kernel/clock.ts";
import { Secret } from "../kernel/secret.ts";
import { type TokenAnswer, TokenRefused, TokenUnavailable } from "./token-endpoint.ts";

/**
 * Reads the answer of a token endpoint (RFC 6749 section 5), more leniently than the standard where real servers differ from it:
 * a lifetime as text, no token_type, an error with status 200, scopes as a list (O-9). No refresh token in it means that the one sent
 * stays good (RFC 6749 section 6). `sent` are the secrets of the request, which
 * no description repeats. Throws TokenRefused when the server refused, TokenUnavailable when the answer says nothing about the grant.
 */
export async function readTokenAnswer(
  response: Response,
  { sent, clock }: { sent: readonly Secret[]; clock: Clock },
): Promise<TokenAnswer> {
  const retryAfterSeconds = retryAfter(response, clock);
  const status = response.status;
  if (status === 429 || status >= 500) throw new TokenUnavailable(`The token endpoint answered ${status}.`, retryAfterSeconds);
  const fields = fieldsOf(await response.text());
  const accessToken = fields.access_token;
  if (status < 300 && isText(accessToken)) return tokens(accessToken, fields);
  const error = errorOf(fields);
  if (error && busy.has(error)) throw new TokenUnavailable(`The authorization server answered ${error}.`, retryAfterSeconds);
  if (error) throw new TokenRefused(error, descriptionOf(fields, sent));
  // RFC 6749 section 5.2 and RFC 9110 section 15.5.2: the client was not recognised, whatever the body says.
  if (status === 401) throw new TokenRefused("invalid_client");
  throw new TokenUnavailable(`The token endpoint answered ${status} with neither a token nor an error of OAuth 2.0.`, retryAfterSeconds);
}

function tokens(accessToken: string, fields: Fields): TokenAnswer {
  const { token_type: type, refresh_token: refreshToken } = fields;
  if (isText(type) && !bearerTypes.has(type.toLowerCase())) {
    throw new TokenRefused("unsupported_token_type", "The token is not a bearer token, and Mooring can send no other.");
  }
  if (!sendable.test(accessToken))
    throw new TokenUnavailable("The access token holds characters that no header can carry, or is too long.");
  const expiresInSeconds = lifetime(fields.expires_in);
  const scopes = scopesOf(fields.scope);
  return {
    accessToken: new Secret(accessToken),
    ...(isText(refreshToken) ? { refreshToken: new Secret(refreshToken) } : {}),
    ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
    ...(scopes === undefined ? {} : { scopes }),
  };
}

function fieldsOf(text: string): Fields {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Fields) : {};
  } catch {
    // Servers older than RFC 6749 answer as a form.
    return Object.fromEntries(new URLSearchParams(text));
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** No lifetime is better than a wrong one: without, the token is used until it is refused. */
function lifetime(value: unknown): number | undefined {
  const seconds = typeof value === "string" && /^\d{1,15}(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds < 1) return undefined;
  return Math.min(Math.floor(seconds), lifetimeSecondsMax);
}

function scopesOf(value: unknown): readonly string[] | undefined {
  const list = typeof value === "string" ? value.split(/\s+/) : value;
  if (!Array.isArray(list)) return undefined;
  return list.filter((scope) => isText(scope) && scope.length <= 500).slice(0, scopesMax);
}

const errorOf = ({ error }: Fields) => (isText(error) ? errorCode(error) : undefined);

/** A server may repeat what it was sent; then nothing of its words is kept (V-7). */
function descriptionOf({ error_description: text, error }: Fields, sent: readonly Secret[]): string | undefined {
  if (!isText(text)) return undefined;
  const isLeak = sent.some((secret) => spellings(secret.reveal()).some((spelling) => text.includes(spelling) || error === spelling));
  if (isLeak) return "The server's description repeats a secret and is left out.";
  return plainWords(text);
}

function spellings(secret: string): string[] {
  if (secret === "") return [];
  const bytes = Buffer.from(secret);
  const url = encodeURIComponent(secret);
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret.replaceAll(/[^\x20-\x7e]|["'&<>]/gu, (character) => `&#${character.codePointAt(0)};`);
  const encoded = (["base64", "base64url", "hex"] as const).map((encoding) => bytes.toString(encoding));
  return [secret, url, encodeURIComponent(url), form, json, html, ...encoded];
}

/** Retry-After in seconds or as a date (RFC 9110 section 10.2.3); undefined when it is neither. */
function retryAfter({ headers }: Response, clock: Clock): number | undefined {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // Date.parse takes much that is no date of HTTP, -1 for one.
  const atMs = text.endsWith(" GMT") ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil((atMs - clock.now().getTime()) / 1000));
}

/** `bot` and `user` are what Slack says of bearer tokens (its `oauth.v2.access`); it is whose they are, not how they are sent. */
const bearerTypes = new Set(["bearer", "bot", "user"]);
/** Errors that speak of the server's state and not of the request. */
const busy = new Set(["server_error", "temporarily_unavailable", "slow_down"]);
/** Visible ASCII; RFC 6750 section 2.1 allows less. */
const sendable = /^[\x21-\x7e]{1,16384}$/;
const lifetimeSecondsMax = 10 * 365 * 86_400;
const scopesMax = 200;
