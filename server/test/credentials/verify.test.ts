import { createHmac } from "node:crypto";
import type { AuthSchemeConfig } from "@mooring/contract";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/credentials/verify.ts";
import { checking, password, received, text, verifyReceived } from "../schemes/received.ts";

const key = (place: "header" | "query" | "cookie", name = "X-Key"): AuthSchemeConfig => ({ schemeType: "api-key", name, in: place });
const hmac = {
  schemeType: "hmac",
  name: "X-Signature",
  in: "header",
  algorithm: "sha256",
  digestInputs: ["body"],
} as const satisfies AuthSchemeConfig;
const basic: AuthSchemeConfig = { schemeType: "basic-auth" };
const none = checking({ schemeType: "none" }, { type: "none" });
const sign = (body: string) => createHmac("sha256", "signing").update(body).digest("hex");
const basicOf = (pair: string) => `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;

const passes = (...given: Parameters<typeof verifyReceived>) => verifyReceived(...given).verification.passed;

describe("trigger credentials", () => {
  it("none at all take nothing, whatever comes", () => {
    expect(verifyReceived([], received())).toMatchObject({ verification: { passed: false, steps: [{ what: "credentials" }] } });
  });

  it("must all pass, and are checked in their order up to the first that does not", () => {
    const both = [checking(key("header"), text("k")), checking(hmac, text("signing"))];
    const headers = [
      ["x-key", "k"],
      ["x-signature", sign("{}")],
    ] as const;
    expect(passes(both, received({ headers, body: "{}" }))).toBe(true);
    expect(passes(both, received({ headers: [headers[1]], body: "{}" }))).toBe(false);
    expect(passes(both, received({ headers: [headers[0]], body: "{}" }))).toBe(false);
    const { steps } = verifyReceived(both, received({ headers: [headers[1]], body: "{}" })).verification;
    expect(steps).toMatchObject([{ scheme: "api-key", what: "key", passed: false }]);
    expect(verifyReceived([none, ...both], received({ body: "{}" })).verification.steps).toHaveLength(2);
  });

  it.each(["oauth2", "google-service-account"] as const)("of %s take nothing, and say so", (schemeType) => {
    const { verification } = verifyReceived([checking({ schemeType } as AuthSchemeConfig, { type: "none" }), none], received());
    expect(verification).toMatchObject({ passed: false, steps: [{ what: "scheme", message: expect.stringContaining(schemeType) }] });
  });
});

describe("a key", () => {
  const places = [
    { place: "header", sent: (value: string) => received({ headers: [["x-key", value]] }) },
    { place: "query", sent: (value: string) => received({ url: `https://hooks.example/t/x?a=1&X-Key=${encodeURIComponent(value)}` }) },
    { place: "cookie", sent: (value: string) => received({ headers: [["Cookie", `a=1; X-Key=${value}`]] }) },
  ] as const;

  it.each(places)("in a $place passes when it is the credential's, and no other does", ({ place, sent }) => {
    const credentials = [checking(key(place), text("s3cr3t/+="))];
    expect(passes(credentials, sent("s3cr3t/+="))).toBe(true);
    for (const wrong of ["", "s3cr3t/+", "s3cr3t/+==", "S3CR3T/+=", "x".repeat(9_000)])
      expect(passes(credentials, sent(wrong))).toBe(false);
    expect(passes(credentials, received())).toBe(false);
  });

  it("that is empty passes nothing: whoever sends nothing would have it", () => {
    for (const { place, sent } of places) expect(passes([checking(key(place), text(""))], sent(""))).toBe(false);
  });

  it("that comes twice passes nothing, not even twice the good one", () => {
    const twice = received({
      headers: [
        ["X-Key", "k"],
        ["x-key", "k"],
      ],
    });
    expect(passes([checking(key("header"), text("k"))], twice)).toBe(false);
    expect(passes([checking(key("query"), text("k"))], received({ url: "https://a.example/?X-Key=k&X%2DKey=k" }))).toBe(false);
    expect(passes([checking(key("cookie"), text("k"))], received({ headers: [["Cookie", "X-Key=k; X-Key=k"]] }))).toBe(false);
  });

  it.each(["latin1", "utf8"] as const)("beyond ASCII passes in a header as %s", (encoding) => {
    const headers = [["X-Key", Buffer.from("schl\u00fcssel", encoding).toString("latin1")]] as const;
    expect(passes([checking(key("header"), text("schl\u00fcssel"))], received({ headers }))).toBe(true);
  });
});

describe("user name and password", () => {
  const credentials = [checking(basic, password("hook", "pass:w\u00f6rd"))];
  const sent = (...values: string[]) => received({ headers: values.map((value) => ["Authorization", value] as const) });

  it("pass when they are the credential's", () => {
    expect(passes(credentials, sent(basicOf("hook:pass:w\u00f6rd")))).toBe(true);
    expect(passes(credentials, sent(basicOf("hook:pass:wo\u0308rd").replace("Basic", "BASIC")))).toBe(true);
  });

  it.each([
    { name: "another password", sent: [basicOf("hook:password")] },
    { name: "another user", sent: [basicOf("hooks:pass:w\u00f6rd")] },
    { name: "no colon", sent: [basicOf("hook")] },
    { name: "no base64", sent: ["Basic !!!"] },
    { name: "another scheme", sent: ["Bearer aG9vazpwYXNzOnfDtnJk"] },
    { name: "nothing", sent: [] },
    { name: "twice the good ones", sent: [basicOf("hook:pass:w\u00f6rd"), basicOf("hook:pass:w\u00f6rd")] },
  ])("$name does not pass", ({ sent: values }) => {
    expect(passes(credentials, sent(...values))).toBe(false);
  });

  it("with an empty password pass nothing", () => {
    expect(passes([checking(basic, password("hook", ""))], sent(basicOf("hook:")))).toBe(false);
  });
});

describe("a repeated request (W-4)", () => {
  const signed = (body: string) =>
    verifyReceived([checking(hmac, text("signing"))], received({ headers: [["X-Signature", sign(body)]], body }));

  it("has the key of the first, and another request another", () => {
    expect(signed("{}").dedupeKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(signed("{}").dedupeKey).toBe(signed("{}").dedupeKey);
    expect(signed("[]").dedupeKey).not.toBe(signed("{}").dedupeKey);
  });

  it("has none where nothing that is signed tells, or nothing passed", () => {
    expect(verifyReceived([none], received({ body: "{}" })).dedupeKey).toBeUndefined();
    expect(verifyReceived([checking(hmac, text("signing"))], received({ body: "{}" })).dedupeKey).toBeUndefined();
    // Every event to this address has this signature.
    const url = "https://hooks.example/t/token";
    const ofUrl = verifyReceived(
      [checking({ ...hmac, digestInputs: ["url"] }, text("signing"))],
      received({ headers: [["X-Signature", sign(url)]], url, body: "{}" }),
    );
    expect(ofUrl).toMatchObject({ verification: { passed: true }, dedupeKey: undefined });
  });
});

describe("what is kept of a request (V-7)", () => {
  const canary = "c4n4ry/+=";

  it("has masks for whatever carries a secret", () => {
    const headers = [
      ["Host", "hooks.example"],
      ["AUTHORIZATION", basicOf(`hook:${canary}`)],
      ["Cookie", `session=${canary}`],
      ["proxy-authorization", canary],
      ["x_key", canary],
      ["X-GitHub-Event", "push"],
    ] as const;
    const url = `https://hooks.example/o/1/triggers/t?a=%31&key=${encodeURIComponent(canary)}&k%65y=${canary}&b`;
    const kept = createVerifier([checking(key("header"), text("k")), checking(key("query", "key"), text("k"))]).mask(
      received({ headers, url }),
    );
    expect(kept).toEqual({
      headers: [
        "Host",
        "hooks.example",
        "AUTHORIZATION",
        "Basic ********",
        "Cookie",
        "********",
        "proxy-authorization",
        "********",
        "x_key",
        "********",
        "X-GitHub-Event",
        "push",
      ],
      target: "/o/1/triggers/t?a=%31&key=********&k%65y=********&b",
    });
  });

  it("does not tell a short address, which is as good as a key", () => {
    expect(createVerifier([]).mask(received({ url: "https://hooks.example/t/s3cr3t?x=1" })).target).toBe("/t/********?x=1");
    expect(createVerifier([]).mask(received({ url: "https://hooks.example/mooring/t/s3cr3t" })).target).toBe("/mooring/t/********");
  });
});
