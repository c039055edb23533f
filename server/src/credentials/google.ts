import { importPKCS8, SignJWT } from "jose";
import type { AppliedCredential } from "../domain/snapshot.ts";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import { Secret } from "../kernel/secret.ts";
import { createFetch } from "../net/fetch.ts";
import type { Net } from "../net/net.ts";
import { problemOf } from "../net/problems.ts";
import { readTokenAnswer } from "./token-answer.ts";
import { type TokenAnswer, type TokenEndpoint, TokenUnavailable } from "./token-endpoint.ts";

/**
 * Asks Google for the token of a service account with an assertion that its key signs (RFC 7523). Only `tokenUrl` is ever asked: a key
 * file is a text that somebody gave, and its own `token_uri` could be anybody's (O-9). Throws `Problem` credential_unusable on a file
 * that is not the key of a service account.
 */
export function createGoogle({ net, clock, tokenUrl }: GoogleDeps): TokenEndpoint["google"] {
  return async (org: OrganisationId, keyFile: Secret): Promise<TokenAnswer> => {
    const assertion = await assertionOf(keyFile, tokenUrl, clock.now());
    const ask = createFetch(net, { org, timeoutMs: requestMsMax, bodyBytesMax: answerBytesMax });
    const body = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion });
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
    const response = await ask(tokenUrl, { method: "POST", headers, body }).catch((error: unknown) => {
      const { message, retryAfterSeconds } = problemOf(error);
      throw new TokenUnavailable(message, retryAfterSeconds);
    });
    return readTokenAnswer(response, { sent: [new Secret(assertion)], clock });
  };
}

/** The project that the first service account among these credentials belongs to; undefined when there is none, or its file does not say. No secret. */
export function accountProject(credentials: readonly Pick<AppliedCredential, "config" | "secrets">[]): string | undefined {
  const found = credentials.find(({ config }) => config.schemeType === "google-service-account");
  if (found?.secrets.type !== "binary") return undefined;
  try {
    const { project_id: project } = fieldsOf(new Secret(Buffer.from(found.secrets.valueBase64.reveal(), "base64").toString("utf8")));
    return typeof project === "string" && /^[a-z0-9.:-]{1,100}$/.test(project) ? project : undefined;
  } catch {
    return undefined;
  }
}

export interface GoogleDeps {
  readonly net: Pick<Net, "dispatch">;
  readonly clock: Clock;
  readonly tokenUrl: string;
}

async function assertionOf(keyFile: Secret, audience: string, now: Date): Promise<string> {
  const { email, keyId, privateKey } = serviceAccountOf(keyFile);
  const issuedAt = Math.floor(now.getTime() / 1000);
  try {
    const key = await importPKCS8(privateKey, "RS256");
    return await new SignJWT({ scope: bigQueryScope })
      .setProtectedHeader({ alg: "RS256", typ: "JWT", ...(keyId === undefined ? {} : { kid: keyId }) })
      .setIssuer(email)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + assertionSeconds)
      .sign(key);
  } catch {
    // What a library says of a key may quote it.
    throw unusable("Its private_key is not an RSA key of at least 2048 bits in PKCS #8.");
  }
}

/** Other types of Google's key files name addresses to call and programs to run; only this one is nothing but a key. */
function serviceAccountOf(keyFile: Secret): { email: string; keyId: string | undefined; privateKey: string } {
  const { type, client_email: email, private_key: privateKey, private_key_id: keyId } = fieldsOf(keyFile);
  if (type !== "service_account") throw unusable("Its type is not service_account.");
  if (typeof email !== "string" || email === "") throw unusable("It has no client_email.");
  if (typeof privateKey !== "string") throw unusable("It has no private_key.");
  return { email, privateKey, keyId: typeof keyId === "string" ? keyId : undefined };
}

function fieldsOf(keyFile: Secret): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(keyFile.reveal());
    if (typeof read === "object" && read !== null) return read as Record<string, unknown>;
  } catch {
    // Said below, without the parser's words, which quote the text.
  }
  throw unusable("It is not JSON.");
}

const unusable = (what: string) =>
  new Problem("credential_unusable", { message: `The credential is not the key file of a Google service account. ${what}` });

const bigQueryScope = "https://www.googleapis.com/auth/bigquery";
const assertionSeconds = 600;
const requestMsMax = 10_000;
const answerBytesMax = 64 * 1024;
