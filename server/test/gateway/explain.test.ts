import type { AuthSchemeConfig, Explanation } from "@mooring/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitsServed } from "../../../contract/test/validators.ts";
import type { CredentialSecrets } from "../../src/domain/credential.ts";
import type { AppliedCredential } from "../../src/domain/snapshot.ts";
import type { HeldToken } from "../../src/domain/token.ts";
import { targetOf } from "../../src/gateway/target.ts";
import { Problem } from "../../src/kernel/errors.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { canary, canaryFile, leaksIn } from "../harness/canary.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import * as rigs from "./rig.ts";
import { actor, type CallOptions, call, connectionId, org, proxyPath, type Rig, rig } from "./rig.ts";

type Hmac = Extract<AuthSchemeConfig, { schemeType: "hmac" }>;

const secret = canary("explained", { lines: false });
const plain = canary("header").replace(/[^\x20-\x7e]/g, "");
const explainPath = proxyPath.replace(/proxy$/, "explain");

const apiKey = (place: "header" | "query" | "cookie", name: string) =>
  rigs.apiKey(place, name, place === "query" ? secret : plain.replace(/[",;\\ ]/g, "_"));
const basicAuth = rigs.basicAuth("sam", secret);
const signing = (changes: Partial<Hmac> = {}): AppliedCredential =>
  rigs.applied(
    { schemeType: "hmac", name: "X-Signature", in: "header", algorithm: "sha256", digestInputs: ["url"], ...changes },
    { type: "string", value: new Secret(secret) },
  );

/** Asks the gateway of `of` to explain, and holds the answer against the document that is served and against every secret (V-7). */
async function explained({ port }: Rig, path: string, options?: CallOptions): Promise<Explanation> {
  const answer = await call(port, explainPath + path, options);
  expect(answer, answer.body.toString()).toMatchObject({
    status: 200,
    headers: { "mooring-origin": "gateway", "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
  });
  const told = JSON.parse(answer.body.toString()) as Explanation;
  expect(fitsServed("Explanation", told).errors).toEqual([]);
  expect(leaksIn(answer.body.toString() + JSON.stringify(answer.rawHeaders))).toEqual([]);
  return told;
}

const headersOf = ({ request }: Explanation) => Object.fromEntries((request?.headers ?? []).map(({ name, value }) => [name, value]));

describe("an explanation", () => {
  it("is the request that would leave, with a mask for whatever a credential sets, and sends nothing", async () => {
    const credentials = [
      apiKey("header", "X-Api-Key"),
      basicAuth,
      apiKey("query", "key"),
      apiKey("cookie", "sid"),
      signing({ in: "query", name: "sig" }),
    ];
    const made = await rig({ snapshot: { credentials, variables: new Map([["shop", "a b"]]) } });
    const path = "/{{env.shop}}/orders?page=2&key=mine";
    const options = { method: "POST", headers: ["Accept", "*/*", "X-Api-Key", "mine", "Cookie", "a=mine"], body: "hello" };
    const told = await explained(made, path, options);
    expect(made.seen).toEqual([]);
    expect(made.net.stats()).toEqual({ pools: 0, connections: 0, calls: 0 });
    expect(told).toMatchObject({
      wouldSend: true,
      request: { method: "POST", url: `${made.base}/a%20b/orders?page=2&key=********&sig=********`, body: { held: false, bytes: 5 } },
      egress: { allowed: true, origin: made.base },
    });
    expect(headersOf(told)).toEqual({
      Accept: "*/*",
      "X-Api-Key": "********",
      Authorization: "Basic ********",
      Cookie: "sid=********",
      "content-length": "5",
    });

    // And that is what leaves.
    await made.call(path, options);
    const [{ url, rawHeaders }] = made.seen as [rigs.Seen];
    expect(url.replace(encodeURIComponent(secret).replaceAll("'", "%27"), "********").replace(/[0-9a-f]{64}$/, "********")).toBe(
      told.request?.url.slice(made.base.length),
    );
    const sent = rawHeaders.filter((_, at) => at % 2 === 0).slice(2);
    expect(told.request?.headers.map(({ name }) => name)).toEqual(sent);
  });

  it("has one step for each credential, in order, also where one cannot be applied", async () => {
    const google: CredentialSecrets = { type: "binary", valueBase64: new Secret(canaryFile("google")) };
    const credentials = [
      { ...apiKey("query", "key"), credentialName: "Shop key" },
      rigs.apiKey("header", "X-Broken", canary("broken")),
      rigs.applied({ schemeType: "none" }, { type: "none" }),
      signing({ digestInputs: ["url", "body"] }),
      signing({ algorithm: "sha1" }),
      rigs.applied({ schemeType: "hmac", name: "X-File", in: "header", algorithm: "sha512", digestInputs: [] }, google),
    ];
    const told = await explained(await rig({ snapshot: { credentials } }), "/", { method: "POST", body: "x" });
    const id = credentials[0]?.credentialId;
    expect(told.wouldSend).toBe(false);
    expect(told.request?.body).toEqual({ held: true, bytes: 1 });
    expect(told.steps).toEqual([
      { credential: { id, name: "Shop key" }, scheme: "api-key", sets: [{ in: "query", name: "key" }] },
      {
        credential: { id },
        scheme: "api-key",
        sets: [],
        problem: { code: "credential_unusable", message: expect.stringContaining("X-Broken") },
      },
      { credential: { id }, scheme: "none", sets: [] },
      { credential: { id }, scheme: "hmac", sets: [{ in: "header", name: "X-Signature" }], signs: ["url", "body"] },
      { credential: { id }, scheme: "hmac", sets: [], problem: { code: "credential_unusable", message: expect.stringContaining("sha1") } },
      { credential: { id }, scheme: "hmac", sets: [{ in: "header", name: "X-File" }], signs: [] },
    ]);
  });

  it("says which credential is overwritten, and by which", async () => {
    const credentials = [
      basicAuth,
      apiKey("query", "k"),
      apiKey("header", "authorization"),
      signing({ in: "query", name: "k" }),
      apiKey("query", "k"),
    ];
    const told = await explained(await rig({ snapshot: { credentials } }), "/");
    expect(told.steps.map(({ overwritten }) => overwritten)).toEqual([
      [{ in: "header", name: "Authorization", by: 2 }],
      [{ in: "query", name: "k", by: 3 }],
      undefined,
      [{ in: "query", name: "k", by: 4 }],
      undefined,
    ]);
    expect(told.request?.url).toMatch(/\/\?k=\*{8}$/);
    expect(headersOf(told)).toEqual({ authorization: "********" });
  });

  it("tells of the token that a credential stands for, and of a call that could not get one", async () => {
    const endpoints = { authorizeUrl: "https://id.example.com/authorize", tokenUrl: "https://id.example.com/token" };
    const config: AuthSchemeConfig = { schemeType: "oauth2", ...endpoints, scopes: [], flows: { clientCredentials: {} } };
    const client: CredentialSecrets = { type: "oauth2-client", clientId: "id", clientSecret: new Secret(canary("client")), ...endpoints };
    const nowMs = Date.now();
    const token: HeldToken = {
      accessToken: new Secret(plain.replaceAll(" ", "")),
      isRenewable: true,
      version: 1,
      scopes: undefined,
      obtainedAtMs: nowMs - 600_000,
      expiresAtMs: nowMs + 3_000_000,
      renewingUntilMs: undefined,
      reason: undefined,
      nextTryAtMs: undefined,
      needsPerson: false,
    };
    const gone = { ...token, needsPerson: true, reason: "The grant was withdrawn.", expiresAtMs: nowMs - 1 };
    const credentials = [token, gone].map((one) => ({ ...rigs.applied(config, client), token: one }));
    const made = await rig({ snapshot: { credentials } });
    const told = await explained(made, "/");
    expect(told.steps).toMatchObject([
      { scheme: "oauth2", token: { state: "ok", ageSeconds: 600, renewal: { would: false } } },
      { scheme: "oauth2", sets: [], token: { state: "reauth_required" }, problem: { code: "reauth_required", message: gone.reason } },
    ]);
    const asked = await explained(made, "/", { headers: ["Mooring-Refresh-Credential", "true"] });
    expect(asked.steps[0]?.token?.renewal).toEqual({ would: true, why: expect.stringContaining("asks for it") });
  });

  it("tells of the caller's headers that do not go on, and why", async () => {
    const headers = [
      "Authorization",
      "Bearer x",
      "X-Key",
      "mine",
      "X-Hop",
      "1",
      "Connection",
      "close, x-hop",
      "Mooring-Timeout-Ms",
      "5",
      "Forwarded",
      "for=a",
    ];
    const told = await explained(await rig({ snapshot: { credentials: [apiKey("header", "X-Key")] } }), "/", { headers });
    expect(Object.fromEntries(told.dropped.map(({ name, why }) => [name, why]))).toEqual({
      Host: expect.stringContaining("connection"),
      Authorization: expect.stringContaining("for Mooring"),
      "X-Key": "A credential sets it.",
      "X-Hop": expect.stringContaining("names it"),
      Connection: expect.stringContaining("connection"),
      "Mooring-Timeout-Ms": "It is for the gateway.",
      Forwarded: expect.stringContaining("who the client is"),
    });
  });

  it.each([
    {
      name: "a private address that no rule lists",
      given: { allow: [] },
      egress: { allowed: false, reason: expect.stringContaining("MOORING_EGRESS_ALLOW") },
    },
    { name: "a metadata service", given: { snapshot: { baseUrl: "http://169.254.169.254" } }, egress: { allowed: false } },
    {
      name: "an address of the internet",
      given: { snapshot: { baseUrl: "https://8.8.8.8" } },
      egress: { allowed: true, addresses: ["8.8.8.8"] },
    },
    { name: "plain http to the internet", given: { snapshot: { baseUrl: "http://8.8.8.8" } }, egress: { allowed: false } },
  ])("says what the egress policy says: $name", async ({ given, egress }) => {
    const told = await explained(await rig(given), "/");
    expect(told.egress).toMatchObject(egress);
    expect(told.wouldSend).toBe(egress.allowed);
  });

  it("keeps addresses inside the operator's network to itself, as a call does", async () => {
    expect((await explained(await rig(), "/")).egress).not.toHaveProperty("addresses");
  });

  it.each([
    { given: [], totalMs: 300_000, connectMs: 5000, headersMs: 30_000 },
    { given: ["Mooring-Timeout-Ms", "1000"], totalMs: 1000, connectMs: 1000, headersMs: 1000 },
    { given: ["Mooring-Timeout-Ms", "20000"], totalMs: 20_000, connectMs: 5000, headersMs: 20_000 },
  ])("has the deadlines of the call: $totalMs ms in all", async ({ given, ...expected }) => {
    const { deadlines } = await explained(await rig(), "/", { headers: given });
    expect(deadlines).toMatchObject(expected);
  });

  it.each([
    { name: "a placeholder without a value", path: "/{{env.missing}}", code: "template_unresolved", told: /env\.missing/ },
    { name: "a path that leaves the base URL", path: "/../a", code: "invalid_request", told: /\.\./ },
    {
      name: "a variable that chooses the host",
      path: "/",
      headers: ["Mooring-Variables", "port=1"],
      code: "variable_refused",
      told: /host/,
    },
    { name: "a deadline that is none", path: "/", headers: ["Mooring-Timeout-Ms", "0"], code: "invalid_request", told: /Timeout/ },
    { name: "a method that is not passed on", path: "/", method: "TRACE", code: "method_not_allowed", told: /TRACE/ },
  ])("tells of $name, and all the rest too", async ({ path, code, told: pattern, ...options }) => {
    const made = await rig({ snapshot: { baseUrl: "http://127.0.0.1:{{ env.port }}", credentials: [apiKey("query", "key")] } });
    const told = await explained(made, path, options);
    expect(told).toMatchObject({ wouldSend: false, problem: { code, message: expect.stringMatching(pattern) } });
    expect(told).not.toHaveProperty("request");
    expect(told.steps).toMatchObject([{ sets: [{ in: "query", name: "key" }] }]);
    expect(told.egress).toEqual({ allowed: true, origin: made.base });
  });

  it("tells of a host that lacks a value, and asks nobody for it", async () => {
    const told = await explained(await rig({ snapshot: { baseUrl: "https://{{ env.host }}" } }), "/");
    expect(told).toMatchObject({ wouldSend: false, problem: { code: "template_unresolved" } });
    expect(told).not.toHaveProperty("egress");
  });

  it.each([
    { name: "fits", length: 1024 * 1024, wouldSend: true },
    { name: "is too long", length: 1024 * 1024 + 1, wouldSend: false, problem: { code: "too_large" } },
  ])("says whether a body that is signed $name", async ({ name: _, length, ...expected }) => {
    const made = await rig({ snapshot: { credentials: [signing({ digestInputs: ["body"] })] } });
    const told = await explained(made, "/", { method: "PUT", body: Buffer.alloc(length) });
    expect(told).toMatchObject({ ...expected, request: { body: { held: true, bytes: length } } });
    expect(made.seen).toEqual([]);
  });

  it.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])("takes %s", async (method) => {
    expect((await explained(await rig(), "/a?b=c", { method })).request).toMatchObject({ method });
  });

  it("answers HEAD with a head", async () => {
    const { port } = await rig();
    const answer = await call(port, `${explainPath}/`, { method: "HEAD" });
    expect(answer).toMatchObject({ status: 200, headers: { "mooring-origin": "gateway" } });
    expect(answer.body.length).toBe(0);
  });

  it("counts as no call", async () => {
    const made = await rig();
    await explained(made, "/");
    expect(made.gateway.stats()).toMatchObject({ inFlight: 0, ended: { upstream: 0, gateway: 0, aborted: 0 } });
  });
});

describe("whatever credentials an environment has", () => {
  it("its explanation fits the document that is served, and holds no secret in any spelling (V-7)", {
    timeout: propertyTimeoutMs,
  }, async () => {
    const place = fc.constantFrom("header", "query", "cookie") as fc.Arbitrary<"header" | "query" | "cookie">;
    const name = fc.constantFrom("Authorization", "X-Key", "Cookie", "key", "********");
    const value = fc.constantFrom(
      secret,
      plain,
      `Bearer ${plain}`,
      `Basic ${Buffer.from(secret).toString("base64")}`,
      canary("with a line break"),
    );
    const key = fc.tuple(place, name, value).map(([part, called, text]) => rigs.apiKey(part, called, text));
    const login = value.map((text) => rigs.basicAuth("sam", text));
    const signature = fc
      .tuple(place, name, fc.constantFrom("sha256", "sha512", "sha1"), fc.subarray(["url", "body"] as const))
      .map(([part, called, algorithm, digestInputs]) => signing({ in: part, name: called, algorithm, digestInputs } as Partial<Hmac>));
    const credentials: AppliedCredential[] = [];
    const made = await rig({ snapshot: { credentials } });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(key, login, signature), { maxLength: 6 }), async (given) => {
        credentials.splice(0, credentials.length, ...given);
        const told = await explained(made, "/orders?key=mine", { method: "POST", body: "x" });
        expect(told.steps.map(({ scheme }) => scheme)).toEqual(given.map(({ config }) => config.schemeType));
      }),
      { numRuns: trials({ change: 300, long: 20_000 }) },
    );
    expect(made.seen).toEqual([]);
  });
});

describe("an explanation is for those who may call:", () => {
  const refuse = () => {
    throw new Problem("unauthenticated");
  };
  const limited = (limits: object) => ({ authenticate: () => ({ ...actor, ...limits }) });
  it.each([
    { name: "nobody known", given: { authenticate: refuse }, status: 401, code: "unauthenticated" },
    { name: "a key without the scope", given: limited({ scopes: new Set() }), status: 403, code: "forbidden" },
    { name: "a key limited to other connections", given: limited({ connections: new Set(["x"]) }), status: 403, code: "forbidden" },
    { name: "a key limited to other environments", given: limited({ environments: new Set(["x"]) }), status: 403, code: "forbidden" },
    { name: "somebody of another organisation", given: limited({ org: "01KA0RG0000000000000000002" }), status: 404, code: "not_found" },
  ])("$name gets $status", async ({ given, status, code }) => {
    const { port } = await rig(given);
    expect(await call(port, `${explainPath}/`)).toMatchObject({ status, error: { code } });
  });

  it("an unknown environment is 404, and so is an address that only looks like one", async () => {
    const { port } = await rig();
    const elsewhere = `/o/${org}/connections/${connectionId}/environments/staging/explain/`;
    expect(await call(port, elsewhere)).toMatchObject({ status: 404, error: { code: "not_found" } });
    for (const path of ["", "/", "/a/b?c", "?a"]) expect(targetOf(explainPath + path)).toBeDefined();
    const lookalikes = ["actions/a/b/explain", "actions//explain", "actions/a/explain/", "actions/a", "action/a/explain", "a?/explain"];
    for (const url of [`${explainPath}x`, `${explainPath}proxy`, ...lookalikes.map((path) => explainPath.replace("explain", path))]) {
      expect(targetOf(url)).toBeUndefined();
    }
  });
});
