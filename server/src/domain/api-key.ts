import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * A new API key: `moor_`, 256 random bits in 43 base62 characters, `_`, and 6 characters of checksum. By the prefix a
 * scanner finds leaked ones, and by the checksum (CRC-32) it knows that it found one. Mooring itself takes any key it has stored.
 */
export function makeKey(random: Buffer = randomBytes(32)): string {
  const body = base62(BigInt(`0x${random.toString("hex")}`), 43);
  return `moor_${body}_${checksumOf(body)}`;
}

/** What is stored of a key. It holds 256 random bits, so a slow hash would add nothing. */
export function hashKey(key: string): string {
  return hash("sha256", key, "base64url");
}

/** How the key begins: enough to tell it from others, too little to guess the rest. A key not made here shows less of itself. */
export function hintOf(key: string): string {
  return madePattern.test(key) ? key.slice(0, 11) : key.slice(0, 4);
}

const madePattern = /^moor_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

const checksumOf = (body: string) => base62(BigInt(crc32(body)), 6);

function base62(number: bigint, width: number): string {
  let digits = "";
  for (let rest = number; digits.length < width; rest /= 62n) digits = alphabet[Number(rest % 62n)] + digits;
  return digits;
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
