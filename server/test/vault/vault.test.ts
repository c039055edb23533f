import { createHmac, randomBytes, randomInt, webcrypto } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { secretKey } from "../../src/vault/cipher.ts";
import { VaultError } from "../../src/vault/envelope.ts";
import { createVault, type MasterKey, type SealLabel, type WrappedDataKey } from "../../src/vault/vault.ts";
import { trials } from "../harness/profile.ts";

const masterMaterial = Buffer.from("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "hex");
const master = masterOf(masterMaterial);
const vault = createVault(master);
const dataKey = vault.newDataKey("acme");
const label: SealLabel = { purpose: "credential", org: "acme", id: "01HZ", field: "password", version: 3 };
const plaintext = Buffer.from('p"ass\nw%+örd');
const envelope = vault.seal(dataKey, label, plaintext);

describe("a sealed value", () => {
  it("opens under its own label, with whatever bytes were sealed", () => {
    for (const bytes of [Buffer.alloc(0), plaintext, randomBytes(100_000)]) {
      expect(vault.open([dataKey], label, vault.seal(dataKey, label, bytes))).toEqual(bytes);
    }
  });

  it("names its format, algorithm, master key and data key (V-3)", () => {
    expect(envelope.split(".").slice(0, 4)).toEqual(["v1", "A256GCM", master.id, dataKey.id]);
  });

  it("is AES-256-GCM under HKDF-SHA-256 keys, as an independent decryptor finds", async () => {
    expect(await openIndependently(masterMaterial, dataKey, label, envelope)).toEqual(plaintext);
  });

  it("differs from another seal of the same plaintext", () => {
    const seals = Array.from({ length: 100 }, () => vault.seal(dataKey, label, plaintext));
    expect(new Set(seals.map((seal) => seal.split(".")[5])).size).toBe(100);
  });

  it("never shares its nonce with another (V-3)", () => {
    const count = 100_000;
    const nonces = new Set<string | undefined>();
    for (let index = 0; index < count; index += 1) nonces.add(vault.seal(dataKey, label, plaintext).split(".")[4]);
    expect(nonces.size).toBe(count);
  });

  it("opens with any of several data keys, in any order, and after the cache has forgotten it", () => {
    const others = Array.from({ length: 1100 }, () => vault.newDataKey("acme"));
    for (const other of others) vault.seal(other, label, plaintext);
    expect(vault.open([...others, dataKey], label, envelope)).toEqual(plaintext);
  });

  it("is refused above 4 MiB rather than kept unreadable", () => {
    expect(() => vault.seal(dataKey, label, Buffer.alloc(4 * 1024 * 1024 + 1))).toThrow(VaultError);
    expect(vault.open([dataKey], label, vault.seal(dataKey, label, Buffer.alloc(4 * 1024 * 1024))).length).toBe(4 * 1024 * 1024);
  });
});

describe("what was not sealed here and so", () => {
  it.each([
    ["a planted plaintext", "hunter2"],
    ["nothing", ""],
    ["the mask", "********"],
    ["JSON", '{"value":"hunter2"}'],
    ["another format", envelope.replace("v1.", "v2.")],
    ["another algorithm", envelope.replace("A256GCM", "none")],
    ["a part too few", envelope.split(".").slice(0, 6).join(".")],
    ["a part too many", `${envelope}.AAAA`],
    ["a space in front", ` ${envelope}`],
    ["a newline behind", `${envelope}\n`],
    ["a padded tag", `${envelope}==`],
    ["a million dots", ".".repeat(1_000_000)],
    ["ten million characters", "A".repeat(10_000_000)],
    ["another data key", vault.seal(vault.newDataKey("acme"), label, plaintext)],
  ])("%s does not open (V-4)", (_name, text) => {
    expect(() => vault.open([dataKey], label, text)).toThrow(VaultError);
  });

  const tagLengths = [...Array(33).keys()].filter((length) => length !== 16);
  it.each(tagLengths)("a tag of %i bytes does not open (V-1)", (length) => {
    const tag = Buffer.concat([Buffer.from(envelope.split(".")[6] ?? "", "base64url"), randomBytes(16)]).subarray(0, length);
    expect(() => vault.open([dataKey], label, withPart(envelope, 6, tag.toString("base64url")))).toThrow(VaultError);
  });

  it("no random mutation of any part opens, and none does worse than a VaultError (V-1)", () => {
    const outcomes = { opened: 0, crashed: 0, refused: 0 };
    const count = trials({ change: 20_000, long: 100_000 });
    for (let trial = 0; trial < count; trial += 1) outcomes[outcomeOf(() => vault.open([dataKey], label, mutated(envelope)))] += 1;
    expect(outcomes).toEqual({ opened: 0, crashed: 0, refused: count });
  });

  it("no value moved to another row, organisation, field, purpose or version opens (V-2)", () => {
    const labels = Array.from({ length: 200 }, randomLabel);
    const keys = new Map(["acme", "ac", "umbrella"].map((org) => [org, vault.newDataKey(org)]));
    const sealed = labels.map((own) => ({ own, text: vault.seal(keys.get(own.org) ?? dataKey, own, plaintext) }));
    const outcomes = { opened: 0, crashed: 0, refused: 0 };
    for (let swap = 0; swap < 10_000; swap += 1) {
      const { own, text } = sealed[randomInt(sealed.length)] ?? { own: label, text: envelope };
      const other = labels[randomInt(labels.length)] ?? label;
      if (JSON.stringify(own) === JSON.stringify(other)) continue;
      outcomes[outcomeOf(() => vault.open([...keys.values(), dataKey], other, text))] += 1;
    }
    expect(outcomes).toMatchObject({ opened: 0, crashed: 0 });
    expect(outcomes.refused).toBeGreaterThan(9_000);
  });

  it.each<[string, Partial<SealLabel>]>([
    ["characters that move from one part of the label to the next", { id: "01H", field: "Zpassword" }],
    ["characters that move from the field into the version", { field: "password3", version: 0 }],
    ["a lone surrogate", { id: "\ud800" }],
    ["a version that is not a whole number", { version: 3.5 }],
    ["no version", { version: Number.NaN }],
  ])("%s: does not open", (_name, change) => {
    expect(() => vault.open([dataKey], { ...label, ...change }, envelope)).toThrow(VaultError);
  });
});

describe("a data key", () => {
  it.each<[string, (own: WrappedDataKey) => WrappedDataKey]>([
    ["another organisation", (own) => ({ ...own, org: "umbrella" })],
    ["another id", (own) => ({ ...own, id: "0".repeat(32) })],
    ["another master key id", (own) => ({ ...own, kekId: "0".repeat(16) })],
    ["another key's wrapping", (own) => ({ ...own, wrapped: vault.newDataKey("acme").wrapped })],
    ["plain key material", (own) => ({ ...own, wrapped: randomBytes(32).toString("base64url") })],
  ])("moved to %s is refused, though its own row is in the cache", (_name, change) => {
    const moved = change(dataKey);
    expect(() => vault.seal(moved, { ...label, org: moved.org }, plaintext)).toThrow(VaultError);
    expect(() => vault.open([moved], { ...label, org: moved.org }, envelope)).toThrow(VaultError);
  });

  it("never seals for another organisation", () => {
    expect(() => vault.seal(dataKey, { ...label, org: "umbrella" }, plaintext)).toThrow(VaultError);
  });

  it("does not unwrap under another master key", () => {
    const other = createVault(masterOf(randomBytes(32)));
    expect(() => other.open([dataKey], label, envelope)).toThrow(VaultError);
    expect(() => other.open([{ ...dataKey, kekId: masterOf(randomBytes(32)).id }], label, envelope)).toThrow(VaultError);
  });
});

describe("the key check", () => {
  it("passes for the same master key in another process, and for no other (V-4)", () => {
    const stored = vault.keyCheck();
    expect(createVault(masterOf(masterMaterial)).passesKeyCheck(stored)).toBe(true);
    expect(createVault(masterOf(randomBytes(32))).passesKeyCheck(stored)).toBe(false);
    for (const planted of ["", "v1", stored.slice(0, -1), `${stored}A`, "é".repeat(stored.length)])
      expect(vault.passesKeyCheck(planted)).toBe(false);
  });
});

describe("what is printed", () => {
  it("of a master key or an error holds no material (V-7)", () => {
    const printed = [
      inspect(master, { depth: 9, showHidden: true }),
      JSON.stringify(master),
      inspect(errorOf(() => vault.open([], label, envelope))),
    ].join();
    for (const spelling of ["hex", "base64", "base64url"] as const) expect(printed).not.toContain(masterMaterial.toString(spelling));
    expect(printed).not.toContain(envelope.split(".")[5]);
  });
});

function masterOf(material: Buffer): MasterKey {
  const key = secretKey(Buffer.from(material));
  return { id: createHmac("sha256", material).update("mooring/master-key-id/v1").digest("hex").slice(0, 16), key };
}

function withPart(text: string, index: number, part: string): string {
  return text.split(".").with(index, part).join(".");
}

// Bits are flipped, bytes added and taken away, characters of the text replaced: by turns, in a part chosen at random.
function mutated(text: string): string {
  const index = randomInt(7);
  const part = text.split(".")[index] ?? "";
  const bytes = Buffer.from(part, "base64url");
  const bit = randomInt(Math.max(1, bytes.length * 8));
  const flipped = bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  const at = randomInt(part.length);
  const candidates = [
    Buffer.from(flipped).toString("base64url"),
    Buffer.concat([bytes, randomBytes(1 + randomInt(4))]).toString("base64url"),
    bytes.subarray(0, randomInt(bytes.length)).toString("base64url"),
    part.slice(0, at) + String.fromCharCode(randomInt(256)) + part.slice(at + 1),
    part.slice(0, at) + part.slice(at + 1),
    `${part}${String.fromCharCode(randomInt(0x300))}`,
  ];
  const changed = candidates[randomInt(candidates.length)] ?? "";
  return changed === part ? withPart(text, index, `${part}A`) : withPart(text, index, changed);
}

function outcomeOf(open: () => Buffer): "opened" | "refused" | "crashed" {
  const error = errorOf(open);
  if (error === undefined) return "opened";
  return error instanceof VaultError ? "refused" : "crashed";
}

function errorOf(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

function randomLabel(): SealLabel {
  const pick = (...from: string[]) => from[randomInt(from.length)] ?? "";
  return {
    purpose: pick("credential", "token"),
    org: pick("acme", "ac", "umbrella"),
    id: pick("01HZ", "01HY", "me01HZ"),
    field: pick("password", "value", "pass"),
    version: randomInt(1, 12),
  };
}

// Written against the format's description with WebCrypto, sharing no code with the vault.
async function openIndependently(masterBytes: Buffer, wrapped: WrappedDataKey, own: SealLabel, text: string): Promise<Buffer> {
  const rowKey = await open(masterBytes, ["data-key", wrapped.org, wrapped.id, "key", "1"], wrapped.wrapped);
  return open(rowKey, [own.purpose, own.org, own.id, own.field, String(own.version)], text);

  async function open(root: Buffer, parts: string[], sealed: string): Promise<Buffer> {
    const [version = "", algorithm = "", kekId = "", keyId = "", nonce = "", ciphertext = "", tag = ""] = sealed.split(".");
    const context = Buffer.concat(
      [version, algorithm, kekId, keyId, ...parts].map((part) => {
        const framed = Buffer.alloc(4 + Buffer.byteLength(part));
        framed.writeUInt32BE(Buffer.byteLength(part));
        framed.write(part, 4);
        return framed;
      }),
    );
    const { subtle } = webcrypto;
    const info = await subtle.digest("SHA-256", context);
    const base = await subtle.importKey("raw", root, "HKDF", false, ["deriveKey"]);
    const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
    const key = await subtle.deriveKey(hkdf, base, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const parameters = { name: "AES-GCM", iv: Buffer.from(nonce, "base64url"), additionalData: context, tagLength: 128 };
    const body = Buffer.concat([Buffer.from(ciphertext, "base64url"), Buffer.from(tag, "base64url")]);
    return Buffer.from(await subtle.decrypt(parameters, key, body));
  }
}
