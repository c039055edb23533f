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

/** The secret fields whose home is the credential's token, because renewals replace them. */
const tokenFields: readonly string[] = ["accessToken", "refreshToken"];

/** A credential opened for use: what is secret is a `Secret`. */
export type CredentialSecrets =
  | { readonly type: "none" }
  | { readonly type: "string"; readonly value: Secret }
  | { readonly type: "binary"; readonly valueBase64: Secret }
  | { readonly type: "basic-auth"; readonly username: string; readonly password: Secret }
  | (OAuth2Client & { readonly type: "oauth2-client" })
  | (OAuth2Client & { readonly type: "oauth2-token" });

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

/** Secrets by where they are kept: with the credential, or with its token. */
export function tokensApart(secrets: Readonly<Record<string, string>>): { own: Record<string, string>; tokens: Record<string, string> } {
  const [own, tokens] = [false, true].map((isToken) =>
    Object.entries(secrets).filter(([field]) => tokenFields.includes(field) === isToken),
  );
  return { own: Object.fromEntries(own ?? []), tokens: Object.fromEntries(tokens ?? []) };
}

/** `data` with the mask for those of its tokens that are `held`, and without the others. */
export function showingTokens(data: CredentialData, held: readonly string[]): CredentialData {
  const others = Object.entries(data).filter(([field]) => !tokenFields.includes(field));
  const masks = tokenFields.filter((field) => held.includes(field)).map((field) => [field, secretMask]);
  return Object.fromEntries([...others, ...masks]) as CredentialData;
}

/** Whether a sent value stands for the stored secret instead of being one. */
export const isMask = (value: string | undefined): boolean => value === secretMask;

export type CredentialData = Credential["data"];
