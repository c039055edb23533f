import { createHmac } from "node:crypto";
import type { AuthSchemeConfigHMAC } from "@mooring/contract";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/credentials/verify.ts";
import type { CredentialSecrets } from "../../src/domain/credential.ts";
import type { Received } from "../../src/domain/received.ts";
import { bodyVariants } from "../../src/schemes/signature/variants.ts";
import { canary } from "../harness/canary.ts";
import { checking, received, receivedAt, receivedSeconds, text } from "./received.ts";
import { presetOf } from "./vendors.ts";

const base: AuthSchemeConfigHMAC = { schemeType: "hmac", name: "X-Signature", in: "header", algorithm: "sha256", digestInputs: ["body"] };
const secret = canary("signing");
const digest = (content: string, key: string | Buffer = secret, algorithm = "sha256") =>
  createHmac(algorithm, key).update(content).digest();
const hex = (...given: Parameters<typeof digest>) => digest(...given).toString("hex");
const sent = (signature: string, given: Parameters<typeof received>[0] = {}) =>
  received({ ...given, headers: [["X-Signature", signature], ...(given.headers ?? [])] });

function told(config: AuthSchemeConfigHMAC, request: Received, key: CredentialSecrets = text(secret)): string {
  const { verification } = createVerifier([checking(config, key)]).verify(request, "hints");
  expect(verification.passed).toBe(false);
  return JSON.stringify(verification.steps);
}

describe("whoever asks why a delivery fails is told", () => {
  it.each<{ name: string; request: Received; says: RegExp; config?: AuthSchemeConfigHMAC; key?: CredentialSecrets }>([
    {
      name: "a header that is missing, and those that came",
      request: received({ headers: [["X-Sig", "1"]] }),
      says: /X-Signature is missing.*x-sig/,
    },
    { name: "a newline that was lost", request: sent(hex("{}"), { body: "{}\n" }), says: /with its trailing newline removed/ },
    { name: "a newline that was added", request: sent(hex("{}\n"), { body: "{}" }), says: /with a newline at its end/ },
    { name: "line ends that were changed", request: sent(hex("a\r\nb"), { body: "a\nb" }), says: /line ends as CRLF/ },
    { name: "JSON that was written again", request: sent(hex('{"a":1}'), { body: '{ "a": 1 }' }), says: /JSON is written without spaces/ },
    {
      name: "an address by another scheme",
      config: { ...base, digestInputs: ["url"] },
      request: sent(hex("https://a.example/x"), { url: "http://a.example/x" }),
      says: /address with https/,
    },
    {
      name: "an address without its query",
      config: { ...base, digestInputs: ["url", "body"] },
      request: sent(hex("https://a.example/x{}"), { url: "https://a.example/x?a=1", body: "{}" }),
      says: /address without its query/,
    },
    {
      name: "space around the secret",
      key: text(`${secret} `),
      request: sent(hex("{}"), { body: "{}" }),
      says: /without the space around/,
    },
    {
      name: "a secret that is base64",
      key: text("c2VjcmV0"),
      request: sent(hex("{}", "secret"), { body: "{}" }),
      says: /secretEncoding is base64/,
    },
    { name: "another hash", request: sent(hex("{}", secret, "sha512"), { body: "{}" }), says: /no sha256 digest.*algorithm is sha512/ },
    { name: "another encoding", request: sent(digest("{}").toString("base64"), { body: "{}" }), says: /encoding base64/ },
    { name: "a prefix", request: sent(`sha256=${hex("{}")}`, { body: "{}" }), says: /prefix sha256=/ },
    {
      name: "that it is as a known system signs",
      request: received({ headers: [["X-Hub-Signature-256", `sha256=${hex("{}")}`]], body: "{}" }),
      says: /use the preset github/,
    },
    {
      name: "another key, or something else signed",
      request: sent(hex("{}", "other"), { body: "{}" }),
      says: /something else, or made with another key/,
    },
    {
      name: "its age, and that all else is in order",
      config: presetOf("slack").authSchemeConfig,
      request: received({
        headers: [
          ["X-Slack-Request-Timestamp", `${receivedSeconds - 3 * 3600}`],
          ["X-Slack-Signature", `v0=${hex(`v0:${receivedSeconds - 3 * 3600}:{}`)}`],
        ],
        body: "{}",
      }),
      says: /3 h before it came.*But for the time, all is in order/,
    },
    {
      name: "a clock that is ahead",
      config: presetOf("slack").authSchemeConfig,
      request: received({
        headers: [
          ["X-Slack-Request-Timestamp", `${receivedSeconds + 900}`],
          ["X-Slack-Signature", "v0=00"],
        ],
      }),
      says: /15 min after it came/,
    },
  ])("$name", ({ config = base, request, says, key }) => {
    expect(told(config, request, key)).toMatch(says);
  });

  it.each([
    ["lists within lists", "[".repeat(120_000)],
    ["lists within lists that end", "[".repeat(120_000) + "]".repeat(120_000)],
    ["many values within many lists", `${"[".repeat(1_000)}${"1,".repeat(120_000)}1${"]".repeat(1_000)}`],
  ])("and %s cost no more than other bodies (L-2)", (_, body) => {
    expect(told(base, sent(hex("{}", "other"), { body }))).toMatch(/something else, or made with another key/);
    const longest = Math.max(...bodyVariants(Buffer.from(body)).map((variant) => variant.body.length));
    expect(longest).toBeLessThanOrEqual(2 * body.length);
  });

  it("a secret whose time has passed", () => {
    const config = base;
    const predecessor = { secrets: text("old"), validUntil: receivedAt };
    const { verification } = createVerifier([checking(config, text(secret), predecessor)]).verify(
      sent(hex("{}", "old"), { body: "{}" }),
      "hints",
    );
    expect(verification).toMatchObject({
      passed: false,
      steps: [{}, { what: "hint", message: expect.stringMatching(/the secret before/) }],
    });
  });
});

describe("no step shows the secret, nor what would have passed (V-7)", () => {
  it("whatever is wrong", () => {
    const key = text(secret);
    for (const request of [
      received({ body: "{}" }),
      sent("", { body: "{}" }),
      sent(hex("[]"), { body: "{}" }),
      sent(hex("{}"), { body: "{}\n" }),
      sent(secret, { body: "{}" }),
    ]) {
      const shown = told(base, request, key);
      for (const hidden of [secret, hex("{}"), hex("{}\n"), digest("{}").toString("base64")]) expect(shown).not.toContain(hidden);
    }
  });

  it("nor what stands where a time was expected", () => {
    const config: AuthSchemeConfigHMAC = {
      ...base,
      signature: { content: "{{ timestamp }}{{ body }}", timestamp: { in: "header", name: "X-Key" } },
    };
    expect(told(config, sent("00", { headers: [["X-Key", secret]] }))).not.toContain("Can4ry");
  });
});
