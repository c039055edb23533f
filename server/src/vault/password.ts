import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { Problem } from "../kernel/errors.ts";
import { VaultError } from "./envelope.ts";

/**
 * Hashes and checks passwords with scrypt (RFC 7914). At most `concurrency` run at once and at most `queueMax` wait; beyond that
 * Problem `overloaded` is thrown at once, so that a flood of sign-ins costs neither the memory nor the threads of other work.
 *
 * The cost N=2^16, r=8, p=2 is one of the equivalent settings of the OWASP Password Storage Cheat Sheet; it is preferred to
 * N=2^17, p=1 because it needs 64 MiB instead of 128 for each password being checked.
 */
export function createPasswords({ concurrency, queueMax, cost = productionCost }: PasswordPool): Passwords {
  const waiting: (() => void)[] = [];
  let running = 0;
  return { hash, verify };

  async function hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    const digest = await inTurn(() => derive(password, salt, cost));
    return ["scrypt", cost.n, cost.r, cost.p, salt.toString("base64url"), digest.toString("base64url")].join("$");
  }

  async function verify({ hash, password }: { hash: string; password: string }): Promise<boolean> {
    const stored = parse(hash);
    const digest = await inTurn(() => derive(password, stored.salt, stored.cost));
    return timingSafeEqual(digest, stored.digest);
  }

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= concurrency) {
      if (waiting.length >= queueMax) throw new Problem("overloaded", { retryAfterSeconds: 2 });
      // Whoever leaves hands over its place, so `running` counts this one already.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }
}

export interface Passwords {
  /** A salted hash as `scrypt$N$r$p$salt$hash`. Throws Problem `overloaded` when too many wait. */
  hash(password: string): Promise<string>;
  /** Tells whether `password` is the one of `hash`. Throws Problem `overloaded`, or VaultError when `hash` is not of this form. */
  verify(attempt: { hash: string; password: string }): Promise<boolean>;
}

export interface PasswordPool {
  concurrency: number;
  queueMax: number;
  /** Cheaper in tests only. */
  cost?: ScryptCost;
}

export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

const productionCost: ScryptCost = { n: 2 ** 16, r: 8, p: 2 };
const memoryBytesMax = 256 * 1024 * 1024;
const digestBytes = 32;
const storedPattern = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/;

function parse(stored: string): { cost: ScryptCost; salt: Buffer; digest: Buffer } {
  const [, n, r, p, salt = "", digest = ""] = storedPattern.exec(stored) ?? [];
  const cost = { n: Number(n), r: Number(r), p: Number(p) };
  // A row that asks for gigabytes was not written by us.
  const isAffordable = 128 * cost.n * cost.r * cost.p <= memoryBytesMax;
  const isScrypt = cost.n > 1 && Number.isInteger(Math.log2(cost.n)) && cost.r > 0 && cost.p > 0;
  if (!isAffordable || !isScrypt) throw new VaultError("The stored password hash is not one of ours.");
  return { cost, salt: Buffer.from(salt, "base64url"), digest: Buffer.from(digest, "base64url") };
}

function derive(password: string, salt: Buffer, { n, r, p }: ScryptCost): Promise<Buffer> {
  // One password, one spelling: keyboards differ in how they compose the same letters (NIST SP 800-63B, section 5.1.1.2).
  const normalised = password.normalize("NFKC");
  return new Promise((resolve, reject) => {
    scrypt(normalised, salt, digestBytes, { N: n, r, p, maxmem: memoryBytesMax + 1024 * 1024 }, (error, digest) => {
      if (error) reject(error);
      else resolve(digest);
    });
  });
}
