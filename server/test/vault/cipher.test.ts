import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decrypt, deriveKey, encrypt, secretKey } from "../../src/vault/cipher.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

// Test cases 13 to 16 of "The Galois/Counter Mode of Operation" (McGrew and Viega), the source of NIST's own.
const key16 = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
const text16 =
  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
const sealed16 =
  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
const vectors = [
  {
    name: "13: nothing",
    key: "00".repeat(32),
    nonce: "00".repeat(12),
    aad: "",
    text: "",
    sealed: "",
    tag: "530f8afbc74536b9a963b4f1c4cb738b",
  },
  {
    name: "14: one block of zeros",
    key: "00".repeat(32),
    nonce: "00".repeat(12),
    aad: "",
    text: "00".repeat(16),
    sealed: "cea7403d4d606b6e074ec5d3baf39d18",
    tag: "d0d1c8a799996bf0265b98b5d48ab919",
  },
  {
    name: "15: four blocks",
    key: key16,
    nonce: "cafebabefacedbaddecaf888",
    aad: "",
    text: text16,
    sealed: sealed16,
    tag: "b094dac5d93471bdec1a502270e3cc6c",
  },
  {
    name: "16: with additional data",
    key: key16,
    nonce: "cafebabefacedbaddecaf888",
    aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    text: text16.slice(0, 120),
    sealed: sealed16.slice(0, 120),
    tag: "76fc6ece0f4e1768cddf8853bb2d551b",
  },
];

describe("AES-256-GCM", () => {
  it.each(vectors)("opens the published test case $name", ({ key, nonce, aad, text, sealed, tag }) => {
    const opened = decrypt(secretKey(hex(key)), hex(aad), { nonce: hex(nonce), ciphertext: hex(sealed), tag: hex(tag) });
    expect(opened).toEqual(hex(text));
  });

  it.each(vectors)("refuses the published test case $name with one bit changed anywhere", ({ key, nonce, aad, sealed, tag }) => {
    const whole = hex(nonce + aad + sealed + tag);
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const changed = Buffer.from(whole);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const [nonceEnd, aadEnd, sealedEnd] = [12, 12 + aad.length / 2, 12 + aad.length / 2 + sealed.length / 2];
      const parts = {
        nonce: changed.subarray(0, nonceEnd),
        ciphertext: changed.subarray(aadEnd, sealedEnd),
        tag: changed.subarray(sealedEnd),
      };
      expect(decrypt(secretKey(hex(key)), changed.subarray(nonceEnd, aadEnd), parts)).toBeUndefined();
    }
  });

  it("takes no key of another length than 32 bytes", () => {
    for (const length of [0, 16, 24, 31, 33, 64]) expect(() => secretKey(randomBytes(length))).toThrow(RangeError);
  });

  it("wipes key material once it is a key", () => {
    const material = randomBytes(32);
    secretKey(material);
    expect(material).toEqual(Buffer.alloc(32));
  });
});

describe("a derived key", () => {
  it("opens nothing that its root or a neighbour sealed", () => {
    const root = secretKey(randomBytes(32));
    const keys = [
      root,
      deriveKey(root, Buffer.from("a")),
      deriveKey(root, Buffer.from("b")),
      deriveKey(secretKey(randomBytes(32)), Buffer.from("a")),
    ];
    const context = Buffer.from("context");
    const opens = keys.map((sealer) =>
      keys.map((opener) => decrypt(opener, context, encrypt(sealer, context, Buffer.from("x"))) !== undefined),
    );
    expect(opens).toEqual(keys.map((_sealer, row) => keys.map((_opener, column) => row === column)));
  });
});
