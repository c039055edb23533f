import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createDataKeyCache } from "./cache.ts";
import { type SecretKey, secretKey } from "./cipher.ts";
import { openUnder, parseEnvelope, sealUnder, VaultError } from "./envelope.ts";

/**
 * Envelope encryption with AES-256-GCM (V-1 to V-4): values are sealed under an organisation's data key, data keys under the
 * master key. There is no plaintext mode: what is not an envelope of this vault throws `VaultError`.
 *
 * Why nonces may be random (V-3; NIST SP 800-38D, section 8.3, allows 2^32 of them for one key): neither the master key nor a
 * data key ever encrypts anything. Each is the root of an HKDF (RFC 5869) that derives one key per label, and a label names one
 * version of one field of one record. Such a key seals one message, or a handful when a write is tried again, so no counter has
 * to survive a crash or be agreed upon between nodes. docs/decisions/0003-sealing-keys.md has the reasoning.
 */
export function createVault(master: MasterKey): Vault {
  const cache = createDataKeyCache({ entriesMax: 1024 });
  return { newDataKey, seal, open, keyCheck, passesKeyCheck };

  function newDataKey(org: string): WrappedDataKey {
    const id = randomBytes(16).toString("hex");
    const material = randomBytes(32);
    const wrapped = sealUnder(master.key, { kekId: master.id, keyId: id }, wrapLabel(org, id), material);
    material.fill(0);
    return { id, org, kekId: master.id, wrapped };
  }

  function seal(dataKey: WrappedDataKey, label: SealLabel, plaintext: Buffer): string {
    if (dataKey.org !== label.org) throw new VaultError("The data key belongs to another organisation than the value to seal.");
    return sealUnder(unwrap(dataKey), { kekId: master.id, keyId: dataKey.id }, label, plaintext);
  }

  function open(dataKeys: readonly WrappedDataKey[], label: SealLabel, envelope: string): Buffer {
    const parsed = parseEnvelope(envelope);
    const dataKey = dataKeys.find((candidate) => candidate.id === parsed.keyId && candidate.org === label.org);
    if (!dataKey) throw new VaultError("The value is sealed under a data key that this organisation does not have.");
    return openUnder(unwrap(dataKey), label, parsed);
  }

  function unwrap(dataKey: WrappedDataKey): SecretKey {
    return cache.get(dataKey, () => {
      const parsed = parseEnvelope(dataKey.wrapped);
      if (dataKey.kekId !== master.id || parsed.kekId !== master.id) throw new VaultError("The data key is wrapped by another master key.");
      if (parsed.keyId !== dataKey.id) throw new VaultError("The data key's envelope names another data key.");
      return secretKey(openUnder(master.key, wrapLabel(dataKey.org, dataKey.id), parsed));
    });
  }

  function keyCheck(): string {
    const proof = createHmac("sha256", master.key).update("mooring/key-check/v1").digest("base64url");
    return `v1.${master.id}.${proof}`;
  }

  function passesKeyCheck(stored: string): boolean {
    const expected = Buffer.from(keyCheck());
    const given = Buffer.from(stored);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

export interface Vault {
  /** A new random data key of an organisation, wrapped for keeping in the database. */
  newDataKey(org: string): WrappedDataKey;
  /** Seals `plaintext` so that it opens under this very label only. Throws VaultError for another organisation's data key or above 4 MiB. */
  seal(dataKey: WrappedDataKey, label: SealLabel, plaintext: Buffer): string;
  /** Opens what `seal` made with the one of `dataKeys` it names. Throws VaultError for anything else, a plaintext row included (V-4). */
  open(dataKeys: readonly WrappedDataKey[], label: SealLabel, envelope: string): Buffer;
  /** A value to keep in the database, from which a later start tells whether it has the same master key. It reveals nothing of it. */
  keyCheck(): string;
  /** Tells whether `stored` is the key check of this master key. */
  passesKeyCheck(stored: string): boolean;
}

/** The root of all keys: its id may be shown, its key cannot be printed. Made by `loadMasterKey`. */
export interface MasterKey {
  readonly id: string;
  readonly key: SecretKey;
}

/** What a sealed value belongs to. Only the very same label opens it, so it cannot be moved between rows, organisations or fields. */
export interface SealLabel {
  readonly purpose: string;
  readonly org: string;
  readonly id: string;
  readonly field: string;
  readonly version: number;
}

/** An organisation's data key as the database keeps it: `wrapped` is an envelope under the master key `kekId`. */
export interface WrappedDataKey {
  readonly id: string;
  readonly org: string;
  readonly kekId: string;
  readonly wrapped: string;
}

const wrapLabel = (org: string, id: string): SealLabel => ({ purpose: "data-key", org, id, field: "key", version: 1 });
