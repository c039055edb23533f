import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from "node:crypto";

/** AES-256-GCM with a fresh random nonce of 96 bits and a tag of 128 bits (V-1; NIST SP 800-38D). */
export function encrypt(key: SecretKey, context: Buffer, plaintext: Buffer): { nonce: Buffer; ciphertext: Buffer; tag: Buffer } {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(context);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

/** The inverse of `encrypt`, undefined when the tag does not fit. `sealed` must have a nonce of 12 and a tag of 16 bytes, else it throws. */
export function decrypt(key: SecretKey, context: Buffer, sealed: { nonce: Buffer; ciphertext: Buffer; tag: Buffer }): Buffer | undefined {
  // Without authTagLength Node takes tags of four bytes, which are guessed in minutes (V-1).
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.tag);
  decipher.setAAD(context);
  const plaintext = decipher.update(sealed.ciphertext);
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}

/** One key of 32 bytes per `info`, by HKDF-SHA-256 (RFC 5869). `root` is uniformly random, so no salt is needed (section 3.1). */
export function deriveKey(root: SecretKey, info: Buffer): SecretKey {
  return secretKey(Buffer.from(hkdfSync("sha256", root, Buffer.alloc(0), info, 32)));
}

/** Takes over 32 bytes of key material and wipes them: a KeyObject shows nothing when it is printed or turned into JSON. */
export function secretKey(material: Buffer): SecretKey {
  if (material.length !== 32) throw new RangeError("A key has 32 bytes.");
  const key = createSecretKey(material);
  material.fill(0);
  return key;
}

export type SecretKey = KeyObject;

export const nonceBytes = 12;
export const tagBytes = 16;
