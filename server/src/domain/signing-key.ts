import { randomBytes } from "node:crypto";

/** A key that events are signed with, as a destination keeps it: the key itself is sealed. */
export interface SigningKey {
  readonly id: string;
  readonly hint: string;
  readonly sealed: string;
  readonly createdAt: string;
  /** Until when it signs beside the newer one; undefined for the newest. */
  readonly expiresAt?: string;
}

/** A new key as Standard Webhooks writes one: `whsec_` and 256 random bits in base64 (D-5). */
export function makeSigningKey(random: Buffer = randomBytes(32)): string {
  return prefix + random.toString("base64");
}

/** The bytes that sign. Throws for a text that `makeSigningKey` did not make. */
export function signingBytes(key: string): Buffer {
  if (!key.startsWith(prefix)) throw new Error("This is no key that events are signed with.");
  return Buffer.from(key.slice(prefix.length), "base64");
}

/** How the key begins: enough to tell it from others, too little to guess the rest. */
export const signingKeyHint = (key: string): string => key.slice(0, prefix.length + 4);

/** Those of `keys` that sign at `now`, in their order. */
export function keysThatSign(keys: readonly SigningKey[], now: Date): SigningKey[] {
  return keys.filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now.getTime());
}

const prefix = "whsec_";
