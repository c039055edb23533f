import { createHmac } from "node:crypto";
import { createKept } from "../domain/kept.ts";
import { keysThatSign, type SigningKey, signingBytes } from "../domain/signing-key.ts";
import type { Clock } from "../kernel/clock.ts";
import type { OrganisationId, SubscriptionId } from "../kernel/ids.ts";
import { type SecretKey, secretKey } from "../vault/cipher.ts";
import type { Seals } from "./seals.ts";
import { openSigningKeys } from "./signing-keys.ts";

/** Signs events for a destination, by Standard Webhooks. */
export interface EventSigner {
  /** The headers that prove where `body` comes from: signed now, with each key that signs now (D-5). Throws VaultError on keys of another subscription, and when no key signs now. */
  sign(destination: SigningDestination, event: { readonly id: string; readonly body: Buffer }): Promise<SignatureHeaders>;
}

export interface SigningDestination {
  readonly org: OrganisationId;
  readonly subscriptionId: SubscriptionId;
  readonly keys: readonly SigningKey[];
}

export interface SignatureHeaders {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

/** Keeps keys that were opened, at most two thousand. */
export function createEventSigner({ seals, clock }: { seals: Seals; clock: Clock }): EventSigner {
  const opened = createKept<SecretKey>({ weightMax: keysKept });
  return { sign };

  async function sign({ org, subscriptionId, keys }: SigningDestination, event: { id: string; body: Buffer }): Promise<SignatureHeaders> {
    const now = clock.now();
    const timestamp = String(Math.floor(now.getTime() / 1000));
    const signatures: string[] = [];
    for (const key of keysThatSign(keys, now)) {
      // Whose it is belongs to the name, so that a key that was moved must be opened, and fail.
      const name = `${org} ${subscriptionId} ${key.id} ${key.sealed}`;
      const opening = opened.get(name) ?? (await open(key, name));
      const signature = createHmac("sha256", opening).update(`${event.id}.${timestamp}.`).update(event.body);
      signatures.push(`v1,${signature.digest("base64")}`);
    }
    if (signatures.length === 0) throw new Error("A destination has no key that signs.");
    return { "webhook-id": event.id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };

    async function open(key: SigningKey, name: string): Promise<SecretKey> {
      const [secret] = openSigningKeys(await seals.of(org), subscriptionId, [key], now);
      if (!secret) throw new Error("A key that signs was not opened.");
      // Made once: from text, a key costs several times what it signs with it.
      const material = secretKey(signingBytes(secret.reveal()));
      opened.set(name, material);
      return material;
    }
  }
}

const keysKept = 2_000;
