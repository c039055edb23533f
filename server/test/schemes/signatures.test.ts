import { spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import type { AuthSchemeConfig, AuthSchemeConfigHMAC } from "@mooring/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/credentials/verify.ts";
import { isSameDigest } from "../../src/schemes/check.ts";
import { signaturePresets } from "../../src/schemes/presets.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { checking, file, password, received, receivedAt, receivedSeconds, text, verifyReceived } from "./received.ts";
import { faultyCases, faultyKey, goodCase, written } from "./signature-faults.ts";

const base: AuthSchemeConfigHMAC = { schemeType: "hmac", name: "X-Signature", in: "header", algorithm: "sha256", digestInputs: ["body"] };
const mac = (content: string | Buffer, key: string | Buffer = "key") => createHmac("sha256", key).update(content);
/** Where presets look. */
const named = [
  "X-Signature",
  "Authorization",
  "Cookie",
  "Content-Type",
  "webhook-id",
  "webhook-timestamp",
  "X-Slack-Request-Timestamp",
].concat(signaturePresets.map(({ authSchemeConfig }) => authSchemeConfig.name));
const sent = (signature: string, given: Parameters<typeof received>[0] = {}) =>
  received({ ...given, headers: [["X-Signature", signature], ...(given.headers ?? [])] });
const result = (config: AuthSchemeConfigHMAC, request: ReturnType<typeof received>, secrets = text("key")) =>
  verifyReceived([checking(config, secrets)], request);
const passes = (...given: Parameters<typeof result>) => result(...given).verification.passed;

describe("a signature that must not pass (W-2)", () => {
  const requestOf = ({ headers, query, body }: (typeof faultyCases)[number]) =>
    received({ headers, body, url: `https://hooks.example/t/x${query === "" ? "" : `?${query}`}` });

  it("does not: 20 faults, in 3 places, with 3 hashes, in 2 encodings", () => {
    expect(faultyCases).toHaveLength(360);
    const passed = faultyCases.filter((one) => passes(one.config, requestOf(one), text(faultyKey)));
    expect(passed.map(({ name }) => name)).toEqual([]);
  });

  it.each(written)("beside a good one, which does: $algorithm in $encoding in a $location", (how) => {
    const good = goodCase(how);
    expect(passes(good.config, requestOf(good), text(faultyKey))).toBe(true);
  });

  it("nor does any with a key that is empty, or not written as its config says", () => {
    expect(passes(base, sent(mac("{}", "").digest("hex"), { body: "{}" }), text(""))).toBe(false);
    expect(passes(base, sent(mac("{}", "").digest("hex"), { body: "{}" }), file(Buffer.alloc(0)))).toBe(false);
    for (const [secretEncoding, secret] of [
      ["base64", "no base64!"],
      ["hex", "abc"],
      ["base64", "whsec_"],
    ] as const) {
      const config = { ...base, signature: { secretEncoding, secretPrefix: "whsec_" } };
      for (const key of ["", secret]) expect(passes(config, sent(mac("{}", key).digest("hex"), { body: "{}" }), text(secret))).toBe(false);
    }
  });

  it("nor is anything asked of a value with more signatures or parts than any sender sends", () => {
    const config: AuthSchemeConfigHMAC = { ...base, signature: { separator: ",", prefix: "v1=" } };
    const good = `v1=${mac("{}").digest("hex")}`;
    const bad = `v1=${mac("[]").digest("hex")}`;
    const list = (...parts: string[]) => sent(parts.join(","), { body: "{}" });
    expect(passes(config, list(bad, good, "v0=1", "x"))).toBe(true);
    expect(passes(config, list(...Array(10).fill(bad), good))).toBe(false);
    expect(passes(config, list(good, ...Array(40).fill("x")))).toBe(false);
    expect(passes(config, list("v0=1"))).toBe(false);
  });

  it("nor does anything throw, whatever comes (W-2)", { timeout: propertyTimeoutMs }, () => {
    const configs: AuthSchemeConfig[] = [
      ...signaturePresets.map(({ authSchemeConfig }) => authSchemeConfig),
      ...(["header", "query", "cookie"] as const).map((place) => ({ schemeType: "api-key" as const, name: "X-Signature", in: place })),
      { ...base, in: "query", digestInputs: ["url", "body"] },
    ];
    // Not a word: fast-check tries words that are known to make trouble, and "key" is one.
    const secret = randomBytes(24).toString("base64");
    const verifiers = [
      ...configs.map((config) => createVerifier([checking(config, text(secret))])),
      createVerifier([checking({ schemeType: "basic-auth" }, password("user", secret))]),
    ];
    const strange = fc.string({ unit: "binary", maxLength: 60 });
    const name = fc.oneof(fc.constantFrom(...named), strange);
    const value = fc.oneof(
      strange,
      fc.constantFrom("t=1,v1=00", "v1,AA==", "sha256=", "Basic Og==", `${receivedSeconds}`),
      fc.base64String(),
    );
    const property = fc.property(fc.array(fc.tuple(name, value)), strange, fc.uint8Array({ maxLength: 60 }), (headers, query, body) => {
      const request = received({ headers, url: `https://hooks.example/t/x?X-Signature=${query}`, body: Buffer.from(body) });
      for (const verifier of verifiers) {
        for (const depth of ["verdict", "hints"] as const) expect(verifier.verify(request, depth).verification.passed).toBe(false);
        verifier.mask(request);
      }
    });
    fc.assert(property, { numRuns: trials({ change: 200, long: 50_000 }) });
  });

  it("nor does one that signs nothing, which whoever has seen it could send with anything", () => {
    expect(passes({ ...base, digestInputs: [] }, sent(mac("").digest("hex"), { body: "{}" }))).toBe(false);
    expect(passes({ ...base, signature: { content: "static" } }, sent(mac("static").digest("hex"), { body: "{}" }))).toBe(false);
  });
});

describe("what is signed", () => {
  const bodies: readonly Buffer[] = [
    ...["", "{}", '{ "a" :\t1 , "a":2 }\r\n', '\ufeff{"bom":true}', '{"n":1e400,"u":"\\u00e9\u00e9"}', "\0\u007f"].map((one) =>
      Buffer.from(one),
    ),
    Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80, 0x00, 0x0d, 0x0a]),
    randomBytes(1024 * 1024),
  ];

  it("is the bytes as they came, as another program signs them (W-1)", async () => {
    const key = randomBytes(32);
    const verifier = createVerifier([checking(base, file(key))]);
    const signatures = await signedElsewhere(bodies, key);
    for (const [at, body] of bodies.entries())
      expect(verifier.verify(sent(signatures[at] as string, { body })).verification.passed).toBe(true);
  });

  it("holds the address as it came, and without the signature where that is in it", () => {
    const url = "https://hooks.example/o/1/triggers/t?b=%7e&a=+1&&c";
    const config: AuthSchemeConfigHMAC = { ...base, digestInputs: ["url", "body"] };
    expect(passes(config, sent(mac(`${url}{}`).digest("hex"), { url, body: "{}" }))).toBe(true);
    expect(passes(config, sent(mac(`${url}{}`).digest("hex"), { url: url.replace("%7e", "%7E"), body: "{}" }))).toBe(false);
    const inQuery: AuthSchemeConfigHMAC = { ...config, in: "query", name: "sig" };
    const signed = mac(`${url}{}`).digest("hex");
    for (const where of [`${url}&sig=${signed}`, url.replace("?", `?s%69g=${signed}&`)]) {
      expect(passes(inQuery, received({ url: where, body: "{}" }))).toBe(true);
    }
    const bare = "https://hooks.example/t/x";
    expect(passes(inQuery, received({ url: `${bare}?sig=${mac(`${bare}{}`).digest("hex")}`, body: "{}" }))).toBe(true);
  });

  it("is whatever `content` says, in its order", () => {
    const config: AuthSchemeConfigHMAC = {
      ...base,
      signature: {
        content: "{{method}}\n{{ url }}|{{ header.X-Nonce }}|{{ id }}|{{ timestamp }}|{{ body }}|\u00fc",
        timestamp: { in: "query", name: "ts", unit: "milliseconds" },
        id: { in: "header", name: "X-Id" },
      },
    };
    const url = `https://hooks.example/t/x?ts=${receivedAt.getTime()}`;
    const signature = mac(`POST\n${url}|n-1|id-1|${receivedAt.getTime()}|{}|\u00fc`).digest("hex");
    const headers = [
      ["x-nonce", "n-1"],
      ["X-ID", "id-1"],
    ] as const;
    expect(result(config, sent(signature, { headers, url, body: "{}" }))).toMatchObject({
      verification: { passed: true },
      dedupeKey: "id-1",
    });
    expect(passes(config, sent(signature, { headers: [headers[1]], url, body: "{}" }))).toBe(false);
    expect(passes(config, sent(signature, { headers: [...headers, ["X-Nonce", "n-2"]], url, body: "{}" }))).toBe(false);
  });

  it("stands for the body only as a digest that is signed itself: without it, no body but a form passes", () => {
    const config: AuthSchemeConfigHMAC = {
      ...base,
      signature: { content: "{{ url }}{{ form }}", bodyDigest: { in: "query", name: "bodySHA256" } },
    };
    const plain = "https://hooks.example/t/x";
    const form = [["Content-Type", "application/x-www-form-urlencoded"]] as const;
    const json = [["Content-Type", "application/json"]] as const;
    const ofUrl = mac(plain).digest("hex");
    expect(passes(config, sent(ofUrl, { url: plain }))).toBe(true);
    expect(passes(config, sent(mac(`${plain}a1b22`).digest("hex"), { url: plain, headers: form, body: "b=22&a=1&b=22" }))).toBe(true);
    // The signature of an empty request, with another body.
    expect(passes(config, sent(ofUrl, { url: plain, headers: json, body: "{}" }))).toBe(false);
    expect(passes(config, sent(ofUrl, { url: plain, body: "{}" }))).toBe(false);
    expect(passes(config, sent(ofUrl, { url: plain, headers: [...form, ...json], body: "a=1" }))).toBe(false);
    // Two bodies that would read as one.
    const replaced = mac(`${plain}a\ufffd`).digest("hex");
    for (const body of ["a=%ff", "a=%C3%28", "a=\ufffd%", "a=%zz"])
      expect(passes(config, sent(replaced, { url: plain, headers: form, body }))).toBe(false);
  });
});

describe("when it was signed (W-4)", () => {
  const config = (changes: object = {}): AuthSchemeConfigHMAC => ({
    ...base,
    signature: { content: "{{ timestamp }}.{{ body }}", timestamp: { in: "header", name: "X-Time", ...changes } },
  });
  const at = (time: string, how = config()) =>
    passes(how, sent(mac(`${time}.{}`).digest("hex"), { headers: [["X-Time", time]], body: "{}" }));

  it.each([
    { name: "now", offset: 0, expected: true },
    { name: "300 s ago", offset: -300, expected: true },
    { name: "301 s ago", offset: -301, expected: false },
    { name: "in 300 s", offset: 300, expected: true },
    { name: "in 301 s", offset: 301, expected: false },
    { name: "in 1970", offset: -receivedSeconds, expected: false },
  ])("$name: passes $expected", ({ offset, expected }) => {
    expect(at(`${receivedSeconds + offset}`)).toBe(expected);
    expect(at(`${(receivedSeconds + offset) * 1000}`, config({ unit: "milliseconds" }))).toBe(expected);
    expect(at(new Date((receivedSeconds + offset) * 1000).toISOString(), config({ unit: "rfc3339" }))).toBe(expected);
  });

  it("has the tolerance that its config says", () => {
    const strict = config();
    expect(at(`${receivedSeconds - 10}`, { ...strict, signature: { ...strict.signature, toleranceSeconds: 9 } })).toBe(false);
    expect(at(`${receivedSeconds - 10}`, { ...strict, signature: { ...strict.signature, toleranceSeconds: 10 } })).toBe(true);
  });

  it.each([
    "",
    "now",
    "NaN",
    "Infinity",
    "-1",
    "1e9",
    `${receivedSeconds}.0`,
    `${receivedSeconds}x`,
    `+${receivedSeconds}`,
    "9".repeat(400),
  ])("%s is no time, and passes nothing", (time) => {
    expect(at(time)).toBe(false);
    expect(at(time, config({ unit: "rfc3339" }))).toBe(false);
  });

  it("is said once", () => {
    const time = `${receivedSeconds}`;
    const twice = [
      ["X-Time", time],
      ["X-Time", time],
    ] as const;
    expect(passes(config(), sent(mac(`${time}.{}`).digest("hex"), { headers: twice, body: "{}" }))).toBe(false);
    const inValue: AuthSchemeConfigHMAC = {
      ...base,
      signature: { content: "{{ timestamp }}.{{ body }}", separator: ",", prefix: "v1=", timestamp: { in: "signature", name: "t" } },
    };
    const good = `v1=${mac(`${time}.{}`).digest("hex")}`;
    expect(passes(inValue, sent(`t=${time},${good}`, { body: "{}" }))).toBe(true);
    expect(passes(inValue, sent(`t=${time},t=1,${good}`, { body: "{}" }))).toBe(false);
    expect(passes(inValue, sent(good, { body: "{}" }))).toBe(false);
  });
});

describe("while a secret is changed (W-7)", () => {
  const validUntil = new Date(receivedAt.getTime() + 1);
  const both = (until: Date) => [checking(base, text("new"), { secrets: text("old"), validUntil: until })];
  const by = (key: string) => sent(mac("{}", key).digest("hex"), { body: "{}" });

  it("what the new one or the one before made passes, and the one before no longer than it is valid", () => {
    for (const key of ["new", "old"]) expect(verifyReceived(both(validUntil), by(key)).verification.passed).toBe(true);
    expect(verifyReceived(both(validUntil), by("other")).verification.passed).toBe(false);
    expect(verifyReceived(both(receivedAt), by("new")).verification.passed).toBe(true);
    expect(verifyReceived(both(receivedAt), by("old")).verification.passed).toBe(false);
  });

  it("what comes again is known, whichever of the two signed it, and in whatever order both do", () => {
    const config: AuthSchemeConfigHMAC = { ...base, signature: { separator: "," } };
    const credentials = [checking(config, text("new"), { secrets: text("old"), validUntil })];
    const [ofNew, ofOld] = ["new", "old"].map((key) => mac("{}", key).digest("hex"));
    const keys = [`${ofNew}`, `${ofOld}`, `${ofOld},${ofNew}`].map(
      (value) => verifyReceived(credentials, sent(value, { body: "{}" })).dedupeKey,
    );
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toBeDefined();
  });
});

describe("a comparison (W-3)", () => {
  it("is of digests of one length, and says no of others without looking into them", () => {
    expect(isSameDigest(Buffer.alloc(32, 1), Buffer.alloc(32, 1))).toBe(true);
    expect(isSameDigest(Buffer.alloc(32, 1), Buffer.alloc(32, 2))).toBe(false);
    expect(isSameDigest(Buffer.alloc(32), Buffer.alloc(31))).toBe(false);
    expect(isSameDigest(Buffer.alloc(0), Buffer.alloc(32))).toBe(false);
  });
});

/** HMAC-SHA256 of each as another program makes it: Python where there is one, else the interface of browsers. */
async function signedElsewhere(contents: readonly Buffer[], key: Buffer): Promise<string[]> {
  const script =
    "import sys,hmac,hashlib,base64\nkey=base64.b64decode(sys.argv[1])\nfor line in sys.stdin: print(hmac.new(key,base64.b64decode(line),hashlib.sha256).hexdigest())";
  const input = contents.map((content) => `${content.toString("base64")}\n`).join("");
  const python = spawnSync("python3", ["-c", script, key.toString("base64")], { input, encoding: "utf8" });
  if (python.status === 0) return python.stdout.trim().split("\n");
  const imported = await globalThis.crypto.subtle.importKey("raw", new Uint8Array(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signatures = contents.map((content) => globalThis.crypto.subtle.sign("HMAC", imported, new Uint8Array(content)));
  return (await Promise.all(signatures)).map((signature) => Buffer.from(signature).toString("hex"));
}
