import { type Credential, type CredentialType, secretMask } from "@mooring/contract";
import type { Secret } from "../kernel/secret.ts";

/** The fields of each credential type that are secret: sealed at rest, masked when read. */
export const secretFields = {
  none: [],
  string: ["value"],
  binary: ["valueBase64"],
  "basic-auth": ["password"],
  "oauth2-client": ["clientSecret"],
  "oauth2-token": ["clientSecret", "accessToken", "refreshToken"],
} as const satisfies Record<CredentialType, readonly string[]>;

/** A credential opened for use: what is secret is a `Secret`. */
export type CredentialSecrets =
  | { readonly type: "none" }
  | { readonly type: "string"; readonly value: Secret }
  | { readonly type: "binary"; readonly valueBase64: Secret }
  | { readonly type: "basic-auth"; readonly username: string; readonly password: Secret }
  | (OAuth2Client & { readonly type: "oauth2-client" })
  | (OAuth2Client & { readonly type: "oauth2-token"; readonly accessToken?: Secret; readonly refreshToken?: Secret });

interface OAuth2Client {
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly scopes?: readonly string[];
  readonly additionalParams?: Readonly<Record<string, string>>;
}

/** `data` as a client may read it, and its secrets apart. A field that is absent is in neither. */
export function separate(type: CredentialType, data: CredentialData): { shown: CredentialData; secrets: Record<string, string> } {
  const shown: Record<string, unknown> = { ...data };
  const secrets: Record<string, string> = {};
  for (const field of secretFields[type]) {
    const value = shown[field];
    if (typeof value !== "string") continue;
    secrets[field] = value;
    shown[field] = secretMask;
  }
  return { shown: shown as CredentialData, secrets };
}

/** Whether a sent value stands for the stored secret instead of being one. */
export const isMask = (value: string | undefined): boolean => value === secretMask;

export type CredentialData = Credential["data"];
