import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Actor } from "../../src/domain/actor.ts";
import { targetOf } from "../../src/gateway/target.ts";
import { Problem } from "../../src/kernel/errors.ts";
import { isUlid, type OrganisationId } from "../../src/kernel/ids.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { trials } from "../harness/profile.ts";
import { type Answer, actor, apiKey, applied, basicAuth, call, canary, connectionId, org, proxyPath, rig, valuesOf } from "./rig.ts";

const propertyTimeoutMs = trials({ change: 60_000, long: 900_000 });

describe("a call", () => {
  it("reaches the base URL with every credential applied in order, and answers with the upstream's own", async () => {
    const credentials = [apiKey("header", "X-Api-Key"), basicAuth("aladdin"), apiKey("query", "key"), apiKey("cookie", "session")];
    const { call, seen } = await rig({
      snapshot: { credentials },
      upstream: (_, response) => response.writeHead(201, { "X-Own": "1" }).end("made"),
    });
    const answer = await call("/orders/7?page=2", { method: "POST", headers: ["Accept", "text/plain"], body: "hello" });
    expect(answer).toMatchObject({ status: 201, headers: { "x-own": "1", "mooring-origin": "upstream" } });
    expect(answer.body.toString()).toBe("made");
    expect(isUlid(answer.headers["mooring-request-id"] as string)).toBe(true);
    expect(seen).toMatchObject([{ method: "POST", url: `/orders/7?page=2&key=${canary}` }]);
    const [request] = seen as [(typeof seen)[0]];
    expect(valuesOf(request, "x-api-key")).toEqual([canary]);
    expect(valuesOf(request, "authorization")).toEqual([`Basic ${Buffer.from(`aladdin:${canary}`).toString("base64")}`]);
    expect(valuesOf(request, "cookie")).toEqual([`session=${canary}`]);
    expect(valuesOf(request, "content-length")).toEqual(["5"]);
  });

  it("never lets a caller's header, query parameter or Connection header stand in a credential's way (S-6)", async () => {
    const credentials = [apiKey("header", "X-Api-Key"), basicAuth("a"), apiKey("query", "key"), apiKey("cookie", "c")];
    const { call, seen } = await rig({ snapshot: { credentials } });
    const theirs = ["x-API-key", "mine", "x_api_key", "mine", "Authorization", "Bearer mine", "Cookie", "c=mine; d=mine"];
    await call("/?key=mine&k%65y=mine&a=1", { headers: [...theirs, "Connection", "close, authorization, x-api-key, cookie"] });
    const [request] = seen as [(typeof seen)[0]];
    expect(valuesOf(request, "x-api-key")).toEqual([canary]);
    expect(valuesOf(request, "cookie")).toEqual([`c=${canary}`]);
    expect(valuesOf(request, "authorization")).toEqual([expect.stringMatching(/^Basic /)]);
    expect(request.url).toBe(`/?a=1&key=${canary}`);
    expect(request.rawHeaders.join("\n")).not.toContain("mine");
  });

  it("sends the upstream's own host, and nothing that says who called Mooring", async () => {
    const { call, seen, upstreamPort } = await rig();
    await call("/", { headers: ["X-Forwarded-For", "1.2.3.4", "Forwarded", "for=1.2.3.4", "Via", "1.1 mine", "User-Agent", "me"] });
    expect(seen[0]?.rawHeaders).toEqual([
      "host",
      `127.0.0.1:${upstreamPort}`,
      "connection",
      "keep-alive",
      "Via",
      "1.1 mine",
      "User-Agent",
      "me",
    ]);
  });

  it.each(["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])("passes %s on", async (method) => {
    const { call, seen } = await rig();
    expect(await call("/x", { method })).toMatchObject({ status: 200 });
    expect(seen).toMatchObject([{ method, url: "/x" }]);
  });

  it("gives a head alone for HEAD, 204 and 304, and goes on with the connection", async () => {
    const { call } = await rig({
      upstream: (request, response) => {
        if (request.method === "HEAD") response.writeHead(200, { "Content-Length": "12345" }).end();
        else response.writeHead(Number(request.url?.slice(1)), { ETag: '"1"' }).end();
      },
    });
    expect(await call("/", { method: "HEAD" })).toMatchObject({
      status: 200,
      headers: { "content-length": "12345", "mooring-origin": "upstream" },
    });
    for (const status of [204, 304]) {
      const answer = await call(`/${status}`);
      expect(answer).toMatchObject({ status, headers: { etag: '"1"' } });
      expect(answer.body.length).toBe(0);
      expect(answer.headers).not.toHaveProperty("transfer-encoding");
    }
  });

  it.each([301, 302, 303, 307, 308, 400, 401, 404, 418, 500, 503])(
    "gives %d to the caller as it is: nothing is followed or tried again (S-4)",
    async (status) => {
      const { call, seen } = await rig({
        upstream: (_, response) => response.writeHead(status, { Location: "http://127.0.0.1:1/" }).end("as it is"),
      });
      const answer = await call("/");
      expect(answer).toMatchObject({ status, headers: { location: "http://127.0.0.1:1/", "mooring-origin": "upstream" } });
      expect(answer.body.toString()).toBe("as it is");
      expect(seen).toHaveLength(1);
    },
  );

  it("strips what would act on Mooring's own origin, and sandboxes the rest (S-8)", async () => {
    const { call } = await rig({
      upstream: (_, response) =>
        response
          .writeHead(200, [
            "Set-Cookie",
            "a=1",
            "Set-Cookie",
            "b=2",
            "Access-Control-Allow-Origin",
            "*",
            "Content-Security-Policy",
            "x",
            "Mooring-Origin",
            "forged",
            "Alt-Svc",
            "h3",
          ])
          .end("<script>"),
    });
    const answer = await call("/");
    for (const name of ["set-cookie", "access-control-allow-origin", "alt-svc"]) expect(valuesOf(answer, name)).toEqual([]);
    expect(valuesOf(answer, "content-security-policy")).toEqual(["sandbox"]);
    expect(valuesOf(answer, "x-content-type-options")).toEqual(["nosniff"]);
    expect(valuesOf(answer, "mooring-origin")).toEqual(["upstream"]);
  });

  it("leaves a compressed body as it is", async () => {
    const squeezed = Buffer.from("1f8b08000000000000034b040043beb7e801000000", "hex");
    const { call } = await rig({ upstream: (_, response) => response.writeHead(200, { "Content-Encoding": "gzip" }).end(squeezed) });
    const answer = await call("/", { headers: ["Accept-Encoding", "gzip"] });
    expect(answer.headers["content-encoding"]).toBe("gzip");
    expect(answer.body.equals(squeezed)).toBe(true);
  });

  it("passes every byte value, in bodies of both ways", async () => {
    const bytes = Buffer.from(Array.from({ length: 1024 }, (_, at) => at % 256));
    const { call } = await rig({ upstream: (request, response) => request.pipe(response) });
    expect((await call("/", { method: "POST", body: bytes })).body.equals(bytes)).toBe(true);
  });
});

describe("templates", () => {
  it("are filled from the environment, and by a call's own variables where those leave the origin alone", async () => {
    const { call, seen } = await rig({ snapshot: { baseUrl: "http://127.0.0.1:{{ env.port }}/{{ env.version }}" } });
    expect(await call("/a")).toMatchObject({
      status: 422,
      error: { code: "template_unresolved", message: expect.stringContaining("{{ env.version }}") },
    });
    expect(seen).toEqual([]);
    expect(await call("/a", { headers: ["Mooring-Variables", "version=v%202&other={{env.port}}"] })).toMatchObject({ status: 200 });
    expect(seen).toMatchObject([{ url: "/v%202/a" }]);
  });

  it("refuses variables that change or choose the origin, with nothing sent (S-5)", async () => {
    const { call, seen } = await rig({
      snapshot: { baseUrl: "http://{{ env.host }}:{{ env.port }}/", credentials: [apiKey("header", "K")] },
    });
    for (const variables of [`host=127.0.0.1`, "host=evil.example", "host=127.0.0.1&port=1"]) {
      expect(await call("/", { headers: ["Mooring-Variables", variables] })).toMatchObject({
        status: 422,
        error: { code: "variable_refused" },
      });
    }
    expect(seen).toEqual([]);
  });

  it("takes variables that leave the origin as it is stored", async () => {
    const { call, upstreamPort } = await rig({ snapshot: { baseUrl: "http://127.0.0.1:{{ env.port }}/" } });
    expect(await call("/", { headers: ["Mooring-Variables", `port=${upstreamPort}`] })).toMatchObject({ status: 200 });
    expect(await call("/", { headers: ["Mooring-Variables", `port=${upstreamPort + 1}`] })).toMatchObject({
      status: 422,
      error: { code: "variable_refused" },
    });
  });
});

describe("headers for the gateway", () => {
  it("never reach the upstream", async () => {
    const { call, seen } = await rig();
    const headers = [
      "Mooring-Ignore-Headers",
      "X-Mine, user-agent",
      "X-Mine",
      "1",
      "User-Agent",
      "me",
      "Mooring-Refresh-Credential",
      "true",
      "Mooring-Timeout-Ms",
      "5000",
      "X-Stay",
      "1",
    ];
    expect(await call("/", { headers })).toMatchObject({ status: 200 });
    expect(seen[0]?.rawHeaders.slice(4)).toEqual(["X-Stay", "1"]);
  });

  it.each(["0", "-1", "300001", "1e3", "5s", "", "9999999999"])("refuses the deadline %j", async (timeoutMs) => {
    const { call, seen } = await rig();
    expect(await call("/", { headers: ["Mooring-Timeout-Ms", timeoutMs] })).toMatchObject({
      status: 400,
      error: { code: "invalid_request" },
    });
    expect(seen).toEqual([]);
  });
});

describe("failures of ours", () => {
  const limited = (limits: Partial<Actor>) => ({ authenticate: () => ({ ...actor, ...limits }) });
  const elsewhere = "01KA0RG0000000000000000002" as OrganisationId;
  const unknown = { status: 404, error: { code: "not_found", message: "There is nothing at this address." } };
  const refuse = (): Actor => {
    throw new Problem("unauthenticated");
  };

  it.each([
    {
      name: "nobody known",
      given: { authenticate: refuse },
      expected: { status: 401, error: { code: "unauthenticated" }, headers: { "www-authenticate": "Bearer" } },
    },
    {
      name: "nobody known, found out later",
      given: { authenticate: async () => refuse() },
      expected: { status: 401, error: { code: "unauthenticated" } },
    },
    { name: "a key without the scope", given: limited({ scopes: new Set() }), expected: { status: 403, error: { code: "forbidden" } } },
    {
      name: "a key limited to other connections",
      given: limited({ connections: new Set(["x"]) }),
      expected: { status: 403, error: { code: "forbidden" } },
    },
    {
      name: "a key limited to other environments",
      given: limited({ environments: new Set(["x"]) }),
      expected: { status: 403, error: { code: "forbidden" } },
    },
    { name: "somebody of another organisation", given: limited({ org: elsewhere }), expected: unknown },
    { name: "a private address that no rule lists", given: { allow: [] }, expected: { status: 403, error: { code: "egress_denied" } } },
    {
      name: "a port where nobody listens",
      given: { snapshot: { baseUrl: "http://127.0.0.1:1" } },
      expected: { status: 502, error: { code: "upstream_unreachable" } },
    },
    {
      name: "a secret that no header holds",
      given: { snapshot: { credentials: [apiKey("header", "K", `${canary}\n`)] } },
      expected: { status: 422, error: { code: "credential_unusable" } },
    },
    {
      name: "a token that there is none of",
      given: {
        snapshot: { credentials: [applied({ schemeType: "google-service-account" }, { type: "binary", valueBase64: new Secret(canary) })] },
      },
      expected: { status: 502, error: { code: "token_unavailable" } },
    },
    {
      name: "an upstream that hangs up",
      given: { upstream: (request: { socket: { destroy(): void } }) => request.socket.destroy() },
      expected: { status: 502, error: { code: "upstream_unreachable" } },
    },
    {
      name: "an upstream that does not speak HTTP",
      given: { upstream: (request: { socket: { end(text: string): void } }) => request.socket.end("220 mail\r\n") },
      expected: { status: 502, error: { code: "upstream_unreachable" } },
    },
    {
      name: "an upstream that never answers",
      given: { upstream: () => {}, deadlines: { headersMs: 100 } },
      expected: { status: 504, error: { code: "upstream_timeout" } },
    },
    {
      name: "a call over its total time",
      given: { upstream: () => {}, deadlines: { totalMs: 100 } },
      expected: { status: 504, error: { code: "upstream_timeout" } },
    },
  ])("$name: $expected.status", async ({ given, expected }) => {
    const { call, gateway } = await rig({ snapshot: { credentials: [apiKey("header", "X-Api-Key")] }, ...given });
    const answer = await call("/");
    expect(answer).toMatchObject({
      ...expected,
      headers: { "mooring-origin": "gateway", "content-type": "application/json; charset=utf-8" },
    });
    expectClean(answer);
    expect(gateway.stats().ended.gateway).toBe(1);
  });

  it("honours a deadline of the call's own", async () => {
    const { call } = await rig({ upstream: () => {} });
    expect(await call("/", { headers: ["Mooring-Timeout-Ms", "50"] })).toMatchObject({ status: 504, error: { code: "upstream_timeout" } });
  });

  it("TRACE would show the credentials, and a WebSocket is not opened", async () => {
    const { call, seen } = await rig({ snapshot: { credentials: [apiKey("header", "K")] } });
    expect(await call("/", { method: "TRACE" })).toMatchObject({ status: 405, error: { code: "method_not_allowed" } });
    const upgrade = ["Connection", "Upgrade", "Upgrade", "websocket"];
    expect(await call("/", { headers: upgrade })).toMatchObject({ status: 400, error: { code: "invalid_request" } });
    expect(seen).toEqual([]);
  });

  it("an upgrade that may be ignored is", async () => {
    const { call, seen } = await rig();
    expect(
      await call("/", { headers: ["Connection", "Upgrade, HTTP2-Settings", "Upgrade", "h2c", "HTTP2-Settings", "AAMAAABkAAQ"] }),
    ).toMatchObject({ status: 200 });
    expect(seen[0]?.rawHeaders.slice(4)).toEqual([]);
  });

  it("a malformed, an unknown and a foreign id answer alike", async () => {
    const { port } = await rig();
    const at = (o: string, c: string, e: string) => `/o/${o}/connections/${c}/environments/${e}/proxy/x`;
    const other = "01KAC0NN000000000000000002";
    const paths = [
      at(elsewhere, connectionId, "prod"),
      at(org, other, "prod"),
      at(org, "nonsense", "prod"),
      at("nonsense", connectionId, "prod"),
      at(org, connectionId, "staging"),
      at(org, connectionId, "%zz"),
      at(org, connectionId.toLowerCase(), "prod"),
    ];
    for (const path of paths) {
      const answer = await call(port, path);
      expect(answer).toMatchObject({ status: 404, error: unknown.error });
      expect(answer.body.length).toBe(66);
    }
  });

  it("go on with the same connection to the upstream afterwards", async () => {
    let calls = 0;
    const { call } = await rig({
      upstream: (request, response) => {
        calls += 1;
        if (calls % 2 === 1) request.socket.destroy();
        else response.end("well");
      },
    });
    for (const status of [502, 200, 502, 200]) expect((await call("/")).status).toBe(status);
  });

  function expectClean(answer: Answer): void {
    const said = JSON.stringify(answer.rawHeaders) + answer.body.toString();
    for (const form of [canary, Buffer.from(canary).toString("base64"), encodeURIComponent(canary)]) expect(said).not.toContain(form);
  }
});

describe("whatever a caller asks for", () => {
  it("the upstream is the only one asked, below its base path (S-5)", { timeout: propertyTimeoutMs }, async () => {
    const { port, seen, base } = await rig({ snapshot: { credentials: [apiKey("header", "K")] } });
    const pieces = ["/", "//", "@", ":", "evil.com", "..", ".", "%2e", "%2f", "%5c", ";", "?", "a", "http:"];
    const paths = fc.array(fc.constantFrom(...pieces), { maxLength: 10 }).map((parts) => `/${parts.join("")}`);
    await fc.assert(
      fc.asyncProperty(paths, async (path) => {
        seen.length = 0;
        const answer = await call(port, proxyPath + path);
        expect([200, 400]).toContain(answer.status);
        expect(seen).toHaveLength(answer.status === 200 ? 1 : 0);
        if (answer.status === 200) expect(seen[0]?.url).toBe(path.replace(/^([^?]*)\?$/, "$1"));
        if (answer.status === 200) expect(new URL(base + seen[0]?.url).origin).toBe(base);
      }),
      { numRuns: trials({ change: 200, long: 5_000 }) },
    );
  });

  it("matches its own addresses only", () => {
    for (const path of ["", "/", "?a", "/a/b?c", "/proxy/proxy"]) expect(targetOf(proxyPath + path)).toBeDefined();
    for (const url of [
      "/",
      "/o/x",
      "/o/a/connections/b/environments/c",
      `${proxyPath}x`,
      `/o/a/connections/b?/environments/c/proxy/`,
      `http://h${proxyPath}`,
      "*",
    ]) {
      expect(targetOf(url)).toBeUndefined();
    }
  });
});
