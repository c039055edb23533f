import { describe, expect, it } from "vitest";
import { Problem } from "../../src/kernel/errors.ts";
import { VaultError } from "../../src/vault/envelope.ts";
import { createPasswords } from "../../src/vault/password.ts";

const cheap = { n: 2 ** 4, r: 8, p: 1 };
const passwords = createPasswords({ concurrency: 2, queueMax: 100, cost: cheap });

describe("a password", () => {
  it("is verified by its own hash and by no other password's", async () => {
    const hash = await passwords.hash("correct horse");
    expect(await passwords.verify({ hash, password: "correct horse" })).toBe(true);
    for (const password of ["", "correct hors", "correct horse ", "Correct horse"])
      expect(await passwords.verify({ hash, password })).toBe(false);
  });

  it("has another hash each time, and none of them holds it", async () => {
    const hashes = await Promise.all(Array.from({ length: 20 }, () => passwords.hash("correct horse")));
    expect(new Set(hashes).size).toBe(20);
    expect(hashes.join()).not.toContain("correct");
  });

  it("is the same however the keyboard composes its letters", async () => {
    const hash = await passwords.hash("caf\u00e9");
    expect(await passwords.verify({ hash, password: "cafe\u0301" })).toBe(true);
  });

  it("is hashed at production cost unless a test says otherwise, and verified at the cost it was hashed with", async () => {
    const hash = await createPasswords({ concurrency: 1, queueMax: 1 }).hash("correct horse");
    expect(hash).toMatch(/^scrypt\$65536\$8\$2\$[\w-]{22}\$[\w-]{43}$/);
    expect(await passwords.verify({ hash, password: "correct horse" })).toBe(true);
  });
});

describe("a stored hash is refused when it", () => {
  const salt = "A".repeat(22);
  const digest = "A".repeat(43);
  it.each([
    ["is empty", ""],
    ["is a plaintext password", "correct horse"],
    ["is of another kind", `argon2$16$8$1$${salt}$${digest}`],
    ["has a short digest", `scrypt$16$8$1$${salt}$AAAA`],
    ["has no digest", `scrypt$16$8$1$${salt}$`],
    ["costs a gigabyte", `scrypt$1048576$8$1$${salt}$${digest}`],
    ["costs minutes", `scrypt$65536$8$99$${salt}$${digest}`],
    ["has no power of two", `scrypt$17$8$1$${salt}$${digest}`],
    ["has zero cost", `scrypt$0$0$0$${salt}$${digest}`],
  ])("%s", async (_name, hash) => {
    await expect(passwords.verify({ hash, password: "correct horse" })).rejects.toThrow(VaultError);
  });
});

describe("a flood of sign-ins (A-6)", () => {
  it("beyond the pool and its queue is turned away at once, and the rest is served", async () => {
    const pool = createPasswords({ concurrency: 2, queueMax: 3, cost: cheap });
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => pool.hash("x")));
    const refusals = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason);
    expect(refusals).toHaveLength(45);
    for (const reason of refusals) {
      expect(reason).toBeInstanceOf(Problem);
      expect(reason).toMatchObject({ code: "overloaded", status: 503, retryAfterSeconds: 2 });
    }
    await expect(pool.hash("x")).resolves.toMatch(/^scrypt/);
  });

  it("gives every place back when a hash fails", async () => {
    const pool = createPasswords({ concurrency: 1, queueMax: 10, cost: { n: 3, r: 1, p: 1 } });
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => pool.hash("x")));
    expect(outcomes.every((outcome) => outcome.status === "rejected")).toBe(true);
    await expect(pool.hash("x")).rejects.toThrow(RangeError);
  });
});
