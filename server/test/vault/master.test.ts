import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../src/kernel/secret.ts";
import { loadMasterKey } from "../../src/vault/master.ts";
import { createVault } from "../../src/vault/vault.ts";

let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mooring-master-"));
  dataDir = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true }));

const keyText = randomBytes(32).toString("base64");

describe("the key file", () => {
  it("is made on a first start, readable by its owner only, and used again on the next", () => {
    const first = loadMasterKey({ dataDir, mayGenerate: true });
    expect(statSync(join(dataDir, "master.key")).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(["master.key"]);
    const second = loadMasterKey({ dataDir, mayGenerate: false });
    expect(createVault(second).passesKeyCheck(createVault(first).keyCheck())).toBe(true);
  });

  it("is one key when several first starts race for it", async () => {
    const script = `import { loadMasterKey } from ${JSON.stringify(join(import.meta.dirname, "../../src/vault/master.ts"))};
      process.stdout.write(loadMasterKey({ dataDir: ${JSON.stringify(dataDir)}, mayGenerate: true }).id);`;
    const start = () => promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
    const ids = (await Promise.all(Array.from({ length: 4 }, start))).map(({ stdout }) => stdout);
    expect(new Set(ids).size).toBe(1);
    expect(readdirSync(dataDir)).toEqual(["master.key"]);
  });

  it("is never replaced", () => {
    const first = loadMasterKey({ dataDir, mayGenerate: true });
    const before = readFileSync(join(dataDir, "master.key"));
    expect(loadMasterKey({ dataDir, mayGenerate: true }).id).toBe(first.id);
    expect(readFileSync(join(dataDir, "master.key"))).toEqual(before);
  });

  it("yields to a configured key, and is then not made", () => {
    const key = loadMasterKey({ dataDir, configured: new Secret(keyText), mayGenerate: true });
    expect(key.id).toMatch(/^[0-9a-f]{16}$/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a start is refused (V-4)", () => {
  it("when there is a database and no key", () => {
    expect(() => loadMasterKey({ dataDir, mayGenerate: false })).toThrow(/master\.key back from a backup/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([0o640, 0o604, 0o660, 0o666, 0o644])("when the key file has mode %o", (mode) => {
    loadMasterKey({ dataDir, mayGenerate: true });
    chmodSync(join(dataDir, "master.key"), mode);
    expect(() => loadMasterKey({ dataDir, mayGenerate: true })).toThrow(/chmod 600/);
  });

  const malformed = [
    ["nothing", ""],
    ["31 bytes", randomBytes(31).toString("base64")],
    ["33 bytes", randomBytes(33).toString("base64")],
    ["hex", randomBytes(32).toString("hex")],
    ["no padding", keyText.slice(0, -1)],
    ["the URL alphabet", `${"-".repeat(43)}=`],
    ["a space in front", ` ${keyText}`],
    ["two lines", `${keyText}\n${keyText}`],
    ["two newlines", `${keyText}\n\n`],
    ["bits beyond the last byte", `${"A".repeat(42)}B=`],
    ["words", "correct horse battery staple"],
  ] as const;

  it.each(malformed)("when the configured key is %s", (_name, text) => {
    const error = errorOf(() => loadMasterKey({ dataDir, configured: new Secret(text), mayGenerate: true }));
    expect(error.message).toContain("MOORING_MASTER_KEY must be 32 bytes in base64");
    if (text.length > 8) expect(error.message).not.toContain(text);
  });

  it.each(malformed)("when the key file holds %s", (_name, text) => {
    loadMasterKey({ dataDir, mayGenerate: true });
    writeFileSync(join(dataDir, "master.key"), text);
    const error = errorOf(() => loadMasterKey({ dataDir, mayGenerate: true }));
    expect(error.message).toContain(join(dataDir, "master.key"));
    if (text.length > 8) expect(error.message).not.toContain(text);
  });
});

function errorOf(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("It was not refused.");
}
