import { createHash } from "node:crypto";
import { decrypt, deriveKey, encrypt, nonceBytes, type SecretKey, tagBytes } from "./cipher.ts";
import type { SealLabel } from "./vault.ts";

/**
 * Seals under a key derived from `root` for this label; the text is `v1.A256GCM.<kekId>.<keyId>.<nonce>.<ciphertext>.<tag>`, the
 * last three in base64url. The label and everything the text says in clear is authenticated with it (V-2).
 */
export function sealUnder(root: SecretKey, ids: KeyIds, label: SealLabel, plaintext: Buffer): string {
  if (plaintext.length > plaintextBytesMax) throw new VaultError("The value is too large to seal.");
  const context = canonical(ids, label);
  const { nonce, ciphertext, tag } = encrypt(deriveKey(root, digestOf(context)), context, plaintext);
  return [format, algorithm, ids.kekId, ids.keyId, ...[nonce, ciphertext, tag].map((part) => part.toString("base64url"))].join(".");
}

/** Opens what `sealUnder` made of the same root and label. Throws VaultError when the root, the label or any part is another. */
export function openUnder(root: SecretKey, label: SealLabel, envelope: Envelope): Buffer {
  const context = canonical(envelope, label);
  const plaintext = decrypt(deriveKey(root, digestOf(context)), context, envelope);
  if (!plaintext) throw new VaultError("The sealed value does not open: it was changed, moved, or sealed under another key.");
  return plaintext;
}

/** Reads the text of an envelope. Throws VaultError for any other text: there is no plaintext that passes through (V-4). */
export function parseEnvelope(text: string): Envelope {
  const [version, name, kekId = "", keyId = "", ...rest] = text.length > envelopeLengthMax ? [] : text.split(".", partCount + 1);
  const [nonce, ciphertext, tag] = rest.map(fromBase64Url);
  const isWellFormed =
    version === format && name === algorithm && kekIdPattern.test(kekId) && keyIdPattern.test(keyId) && rest.length === 3;
  if (!isWellFormed || !ciphertext || nonce?.length !== nonceBytes || tag?.length !== tagBytes) {
    throw new VaultError("This is not a sealed value.");
  }
  return { kekId, keyId, nonce, ciphertext, tag };
}

/** The master key and the data key in force when a value was sealed. */
export interface KeyIds {
  readonly kekId: string;
  readonly keyId: string;
}

export interface Envelope extends KeyIds {
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** A value that is not sealed, does not open, or cannot be sealed. Its message never holds key or value. */
export class VaultError extends Error {
  override readonly name = "VaultError";
}

const format = "v1";
const algorithm = "A256GCM";
const partCount = 7;
const kekIdPattern = /^[0-9a-f]{16}$/;
const keyIdPattern = /^[0-9a-f]{32}$/;
const plaintextBytesMax = 4 * 1024 * 1024;
const envelopeLengthMax = Math.ceil((plaintextBytesMax * 4) / 3) + 256;

// Every part is prefixed with its length: ("ab", "c") and ("a", "bc") must not make the same bytes.
function canonical(ids: KeyIds, label: SealLabel): Buffer {
  const parts = [format, algorithm, ids.kekId, ids.keyId, label.purpose, label.org, label.id, label.field, String(label.version)];
  // A lone surrogate would be encoded like U+FFFD, and two labels would become one.
  const isUnambiguous = parts.every((part) => part.isWellFormed()) && Number.isSafeInteger(label.version) && label.version >= 0;
  if (!isUnambiguous) throw new VaultError("The label of the sealed value is not valid.");
  return Buffer.concat(parts.flatMap((part) => lengthPrefixed(Buffer.from(part))));
}

function lengthPrefixed(bytes: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

// HKDF takes at most 1024 bytes of info in Node, a label may be longer.
const digestOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest();

// Decoders skip what they do not know; only the one spelling that encodes back to itself is taken, so that no other text opens.
function fromBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}
