import type { AuthSchemeConfig } from "@mooring/contract";
import { describe, expect, it } from "vitest";
import { proofOf } from "../../src/credentials/authenticate.ts";
import type { CredentialSecrets } from "../../src/domain/credential.ts";
import type { ProofParts } from "../../src/domain/proof.ts";
import type { AppliedCredential } from "../../src/domain/snapshot.ts";
import type { CredentialId } from "../../src/kernel/ids.ts";
import { Secret } from "../../src/kernel/secret.ts";

type Hmac = Extract<AuthSchemeConfig, { schemeType: "hmac" }>;

const applied = (config: AuthSchemeConfig, secrets: CredentialSecrets): AppliedCredential => ({
  id: "01KAVSE0000000000000000001",
  credentialId: "01KACRED000000000000000001" as CredentialId,
  config,
  secrets,
});
const signing = (changes: Partial<Hmac> = {}, secrets: CredentialSecrets = text("key")) =>
  applied({ schemeType: "hmac", name: "X-Signature", in: "header", algorithm: "sha256", digestInputs: ["body"], ...changes }, secrets);
const text = (value: string): CredentialSecrets => ({ type: "string", value: new Secret(value) });
const file = (bytes: Buffer): CredentialSecrets => ({ type: "binary", valueBase64: new Secret(bytes.toString("base64")) });
const key = (place: "header" | "query" | "cookie", name: string) => applied({ schemeType: "api-key", name, in: place }, text("k"));

const signatureOf = ({ signatures }: ProofParts, pieces: Buffer[]) => signatures[0]?.of(pieces);
const filled = (byte: number, length: number) => Buffer.alloc(length, byte);
const counting = Buffer.from(Array.from({ length: 25 }, (_, at) => at + 1));

describe("an HMAC (RFC 4231 section 4)", () => {
  const long =
    "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.";
  it.each([
    {
      name: "1, a short key",
      key: filled(0x0b, 20),
      data: Buffer.from("Hi There"),
      sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      sha512:
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
    },
    {
      name: "2, a key of text",
      key: Buffer.from("Jefe"),
      data: Buffer.from("what do ya want for nothing?"),
      sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      sha512:
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    },
    {
      name: "3",
      key: filled(0xaa, 20),
      data: filled(0xdd, 50),
      sha256: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
      sha512:
        "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
    },
    {
      name: "4",
      key: counting,
      data: filled(0xcd, 50),
      sha256: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
      sha512:
        "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
    },
    {
      name: "6, a key longer than a block",
      key: filled(0xaa, 131),
      data: Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First"),
      sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      sha512:
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
    },
    {
      name: "7, key and data longer than a block",
      key: filled(0xaa, 131),
      data: Buffer.from(long),
      sha256: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
      sha512:
        "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
    },
  ])("is that of test case $name", ({ key: bytes, data, sha256, sha512 }) => {
    for (const [algorithm, expected] of Object.entries({ sha256, sha512 })) {
      const proof = proofOf([signing({ algorithm: algorithm as "sha256" }, file(bytes))]);
      expect(signatureOf(proof, [data])).toBe(expected);
      // In however many pieces it comes.
      expect(signatureOf(proof, [data.subarray(0, 3), Buffer.alloc(0), data.subarray(3)])).toBe(expected);
    }
  });

  it("takes a text for its UTF-8 bytes, and a file for its own", () => {
    const secret = "sch\u00fctzt 漢";
    const [asText, asFile] = [text(secret), file(Buffer.from(secret, "utf8"))].map((secrets) => proofOf([signing({}, secrets)]));
    expect(signatureOf(asText as ProofParts, [Buffer.from("x")])).toBe(signatureOf(asFile as ProofParts, [Buffer.from("x")]));
  });
});

describe("a signature on a request", () => {
  it("is set once all else is, in the order of the signatures", () => {
    const proof = proofOf([
      signing({ name: "First" }),
      key("header", "X-Api-Key"),
      signing({ name: "sig", in: "query", digestInputs: ["url"] }),
    ]);
    expect(proof).toMatchObject({ headers: ["X-Api-Key", "k"], queryNames: ["sig"], query: "" });
    expect(proof.signatures).toMatchObject([
      { in: "header", name: "First", inputs: ["body"] },
      { in: "query", name: "sig", inputs: ["url"] },
    ]);
  });

  it.each(["header", "query", "cookie"] as const)("and a key in the same %s: the later of the two wins", (place) => {
    const [sign, plain] = [signing({ in: place, name: "X-Same" }), key(place, place === "header" ? "x_same" : "X-Same")];
    const set = ({ headers, query, signatures }: ProofParts) => ({ plain: headers.length > 0 || query !== "", signed: signatures.length });
    expect(set(proofOf([sign, plain]))).toEqual({ plain: true, signed: 0 });
    expect(set(proofOf([plain, sign]))).toEqual({ plain: false, signed: 1 });
    expect(set(proofOf([sign, plain, sign]))).toEqual({ plain: false, signed: 1 });
  });

  it.each([
    { name: "made with sha1, of a config older than the rule", given: signing({ algorithm: "sha1" }), says: /sha1/ },
    { name: "with an empty key", given: signing({}, file(Buffer.alloc(0))), says: /empty/ },
  ])("$name is refused, and nothing sent", ({ given, says }) => {
    expect(() => proofOf([given])).toThrow(expect.objectContaining({ code: "credential_unusable", message: expect.stringMatching(says) }));
  });
});
