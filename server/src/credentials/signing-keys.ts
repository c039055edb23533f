import { keysThatSign, makeSigningKey, type SigningKey, signingKeyHint } from "../domain/signing-key.ts";
import type { SubscriptionId } from "../kernel/ids.ts";
import type { Secret } from "../kernel/secret.ts";
import type { SealedRecord, Sealer } from "./seals.ts";

/** A new key of a subscription's destination: the key, to be shown once, and what is kept of it. */
export function newSigningKey(
  sealer: Sealer,
  subscriptionId: SubscriptionId,
  { id, now }: { id: string; now: Date },
): { readonly key: string; readonly kept: SigningKey } {
  const key = makeSigningKey();
  const { key: sealed = "" } = sealer.seal(recordOf(subscriptionId, id), { key });
  return { key, kept: { id, hint: signingKeyHint(key), sealed, createdAt: now.toISOString() } };
}

/** The keys that sign at `now`, opened, newest first: each is the text that was shown once (`signingBytes` has its bytes). Throws VaultError on what was not sealed for this subscription. */
export function openSigningKeys(sealer: Sealer, subscriptionId: SubscriptionId, keys: readonly SigningKey[], now: Date): Secret[] {
  return keysThatSign(keys, now).flatMap(({ id, sealed }) => sealer.open(recordOf(subscriptionId, id), { key: sealed }).key ?? []);
}

// Both ids are in the label: a key that was moved to another subscription, or put in the place of another of the same, does not open.
const recordOf = (subscriptionId: SubscriptionId, keyId: string): SealedRecord => ({
  purpose: "signing-key",
  id: `${subscriptionId}/${keyId}`,
  revision: 1,
});
