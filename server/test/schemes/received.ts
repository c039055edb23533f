import type { AuthSchemeConfig } from "@mooring/contract";
import { createVerifier } from "../../src/credentials/verify.ts";
import type { CredentialSecrets } from "../../src/domain/credential.ts";
import type { Received } from "../../src/domain/received.ts";
import type { TriggerCredential } from "../../src/domain/trigger-target.ts";
import type { CredentialId } from "../../src/kernel/ids.ts";
import { Secret } from "../../src/kernel/secret.ts";

/** When everything of these tests comes in. */
export const receivedAt = new Date("2026-03-01T12:00:00.000Z");
export const receivedSeconds = receivedAt.getTime() / 1000;

/** A request that came in. */
export function received({ headers = [], body = "", url = "https://hooks.example/t/token", ...rest }: Given = {}): Received {
  const rawHeaders = headers.flat();
  return { method: "POST", receivedAt, url, rawHeaders, body: typeof body === "string" ? Buffer.from(body, "utf8") : body, ...rest };
}

interface Given {
  headers?: readonly (readonly [string, string])[];
  body?: string | Buffer;
  url?: string;
  method?: string;
  receivedAt?: Date;
}

/** A credential that checks what comes in. */
export const checking = (
  config: AuthSchemeConfig,
  secrets: CredentialSecrets,
  predecessor?: TriggerCredential["predecessor"],
): TriggerCredential => ({
  id: "01KAVSE0000000000000000001",
  credentialId: "01KACRED000000000000000001" as CredentialId,
  config,
  secrets,
  ...(predecessor ? { predecessor } : {}),
});

export const text = (value: string): CredentialSecrets => ({ type: "string", value: new Secret(value) });
export const file = (bytes: Buffer): CredentialSecrets => ({ type: "binary", valueBase64: new Secret(bytes.toString("base64")) });
export const password = (username: string, value: string): CredentialSecrets => ({
  type: "basic-auth",
  username,
  password: new Secret(value),
});

/** Whether one request passes, and why. */
export const verifyReceived = (credentials: readonly TriggerCredential[], request: Received) => createVerifier(credentials).verify(request);
