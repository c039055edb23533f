import { AuthScheme, type AuthSchemeConfig } from "@mooring/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { proofOf } from "../../src/credentials/authenticate.ts";
import type { CredentialSecrets } from "../../src/domain/credential.ts";
import type { AppliedCredential } from "../../src/domain/snapshot.ts";
import type { HeldToken } from "../../src/domain/token.ts";
import { type CredentialId, isUlid } from "../../src/kernel/ids.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { protocols } from "../../src/protocols/protocols.ts";
import { authSchemes, schemesOf } from "../../src/schemes/schemes.ts";
import { trials } from "../harness/profile.ts";

const propertyTimeoutMs = trials({ change: 60_000, long: 900_000 });

const applied = (config: AuthSchemeConfig, secrets: CredentialSecrets): AppliedCredential => ({
  id: "01KAVSE0000000000000000001",
  credentialId: "01KACRED000000000000000001" as CredentialId,
  config,
  secrets,
});
const key = (place: "header" | "query" | "cookie", name: string, value: string) =>
  applied({ schemeType: "api-key", name, in: place }, { type: "string", value: new Secret(value) });
const basic = (username: string, password: string) =>
  applied({ schemeType: "basic-auth" }, { type: "basic-auth", username, password: new Secret(password) });

const heldToken: HeldToken = {
  accessToken: undefined,
  isRenewable: true,
  version: 1,
  scopes: undefined,
  obtainedAtMs: undefined,
  expiresAtMs: undefined,
  renewingUntilMs: undefined,
  reason: undefined,
  nextTryAtMs: undefined,
  needsPerson: false,
};

describe("credentials on a request", () => {
  it("adds nothing for none", () => {
    expect(proofOf([applied({ schemeType: "none" }, { type: "none" })])).toEqual({
      headers: [],
      queryNames: [],
      query: "",
      signatures: [],
    });
  });

  it("adds every one, in order", () => {
    const proof = proofOf([
      key("header", "X-Api-Key", "k"),
      basic("aladdin", "open sesame"),
      key("query", "api key", "a&b=c"),
      key("cookie", "sid", "s"),
    ]);
    expect(proof.headers).toEqual(["X-Api-Key", "k", "Authorization", "Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Cookie", "sid=s"]);
    expect(proof).toMatchObject({ queryNames: ["api key"], query: "api%20key=a%26b%3Dc" });
  });

  it.each([
    {
      what: "headers, whatever their case, and with _ as -",
      given: [key("header", "X-Key", "1"), key("header", "x_key", "2")],
      headers: ["x_key", "2"],
      query: "",
    },
    { what: "query parameters", given: [key("query", "k", "1"), key("query", "k", "2")], headers: [], query: "k=2" },
    { what: "cookies", given: [key("cookie", "k", "1"), key("cookie", "k", "2")], headers: ["Cookie", "k=2"], query: "" },
    {
      what: "basic over a header",
      given: [key("header", "authorization", "x"), basic("a", "")],
      headers: ["Authorization", "Basic YTo="],
      query: "",
    },
  ])("lets the later of two win: $what", ({ given, headers, query }) => {
    expect(proofOf(given)).toMatchObject({ headers, query });
  });

  it("joins cookies into one header, one given whole included (RFC 6265 section 5.4)", () => {
    const proof = proofOf([key("cookie", "a", "1"), key("header", "Cookie", "whole=yes"), key("cookie", "b", '"2"')]);
    expect(proof.headers).toEqual(["Cookie", 'whole=yes; a=1; b="2"']);
  });

  it("sends user name and password as UTF-8 (RFC 7617 section 2.1)", () => {
    expect(proofOf([basic("test", "123\u00a3")]).headers).toEqual(["Authorization", "Basic dGVzdDoxMjPCow=="]);
  });

  it("gives a query any secret so that the upstream decodes exactly it (I-3)", { timeout: propertyTimeoutMs }, () => {
    const text = fc.string({ unit: "binary" }).filter((one) => one.isWellFormed());
    fc.assert(
      fc.property(text, text, (name, value) => {
        const { query } = proofOf([key("query", name, value)]);
        expect(query).toMatch(/^[A-Za-z0-9._~%-]*=[A-Za-z0-9._~%-]*$/);
        expect([...new URLSearchParams(query)]).toEqual(query === "=" ? [["", ""]] : [[name, value]]);
      }),
      { numRuns: trials({ change: 2_000, long: 1_000_000 }) },
    );
  });

  const canary = "canary-5ecret";
  const unsendable = ["\r", "\n", "\r\nX-Evil: 1", "\0", "\x7f", "\x01", "\u0100", "\ud83d\ude00"];
  it.each([
    ...unsendable.map((bad) => ({ name: `header with ${JSON.stringify(bad)}`, given: key("header", "X-Key", canary + bad) })),
    ...[...unsendable, ";", ",", " ", "\\", 'a"b', "\u00e9"].map((bad) => ({
      name: `cookie with ${JSON.stringify(bad)}`,
      given: key("cookie", "k", canary + bad),
    })),
    { name: "user name with a colon", given: basic(`${canary}:x`, "p") },
    { name: "user name with a line break", given: basic(`${canary}\n`, "p") },
    { name: "password with NUL", given: basic("u", `${canary}\0`) },
  ])("refuses a $name, without saying it", ({ given }) => {
    const refused = caught(() => proofOf([given]));
    expect(refused).toMatchObject({ code: "credential_unusable", status: 422 });
    expect(JSON.stringify([refused.message, refused.stack])).not.toContain(canary);
  });

  it("sends a whole header through for anything that a header may hold", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\t -~\x80-\xff]{0,40}$/), (value) => {
        expect(proofOf([key("header", "X-Key", value)]).headers).toEqual(["X-Key", value]);
      }),
      { numRuns: 500 },
    );
  });

  const secret = new Secret("s");
  const client = { clientId: "c", clientSecret: secret, authorizeUrl: "https://a.example", tokenUrl: "https://a.example" };
  const oauth2 = { schemeType: "oauth2" as const, authorizeUrl: "https://a.example", tokenUrl: "https://a.example", scopes: [] };
  const bearers: { config: AuthSchemeConfig; secrets: CredentialSecrets }[] = [
    { config: { ...oauth2, flows: { clientCredentials: {} } }, secrets: { type: "oauth2-client", ...client } },
    { config: { schemeType: "google-service-account" }, secrets: { type: "binary", valueBase64: secret } },
  ];
  it.each(bearers)("sends the access token of $config.schemeType as it is (RFC 6750), and nothing without one", ({ config, secrets }) => {
    const token = (text: string | undefined): HeldToken => ({
      ...heldToken,
      accessToken: text === undefined ? undefined : new Secret(text),
    });
    expect(proofOf([{ ...applied(config, secrets), token: token("a.b-c~+/=") }]).headers).toEqual(["Authorization", "Bearer a.b-c~+/="]);
    for (const none of [applied(config, secrets), { ...applied(config, secrets), token: token(undefined) }]) {
      expect(caught(() => proofOf([none]))).toMatchObject({ code: "token_unavailable", status: 502 });
    }
    const refused = caught(() => proofOf([{ ...applied(config, secrets), token: token(`${canary}\n`) }]));
    expect(refused).toMatchObject({ code: "credential_unusable" });
    expect(JSON.stringify([refused.message, refused.stack])).not.toContain(canary);
  });
});

describe("what is listed", () => {
  it("describes each scheme once, with a stable id", () => {
    expect(authSchemes.map(({ type }) => type)).toEqual(["none", "api-key", "basic-auth", "oauth2", "google-service-account", "hmac"]);
    expect(new Set(authSchemes.map(({ id }) => id)).size).toBe(6);
    for (const scheme of authSchemes) {
      expect(isUlid(scheme.id)).toBe(true);
      expect(Object.keys(scheme).sort()).toEqual(Object.keys(AuthScheme.properties).sort());
    }
  });

  it("describes each protocol once, and knows the schemes of each and of no other", () => {
    expect(protocols.map(({ slug, id }) => [slug, isUlid(id)])).toEqual([
      ["http", true],
      ["bigquery", true],
    ]);
    expect(schemesOf("http")).toEqual(["none", "api-key", "basic-auth", "oauth2", "hmac"]);
    expect(schemesOf("bigquery")).toEqual(["oauth2", "google-service-account"]);
    for (const other of ["", "ftp", "__proto__", "constructor"]) expect(schemesOf(other)).toEqual([]);
  });
});

function caught(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown.");
}
