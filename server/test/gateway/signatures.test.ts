import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { AuthSchemeConfig } from "@mooring/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CredentialSecrets } from "../../src/domain/credential.ts";
import type { AppliedCredential } from "../../src/domain/snapshot.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { heldBody } from "../../src/traffic/held-body.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { apiKey, applied, basicAuth, canary, proxyPath, type Rig, rig, valuesOf } from "./rig.ts";

type Hmac = Extract<AuthSchemeConfig, { schemeType: "hmac" }>;
const MiB = 1024 * 1024;

const key = Buffer.from(`${canary} \u00e4`, "utf8");
const asText: CredentialSecrets = { type: "string", value: new Secret(key.toString("utf8")) };
const asFile: CredentialSecrets = { type: "binary", valueBase64: new Secret(key.toString("base64")) };
const signing = (changes: Partial<Hmac> = {}, secrets: CredentialSecrets = asText): AppliedCredential =>
  applied(
    { schemeType: "hmac", name: "X-Signature", in: "header", algorithm: "sha256", digestInputs: ["url", "body"], ...changes },
    secrets,
  );

/** HMAC written down from RFC 2104, so that what is held against Mooring's is not what Mooring uses. */
function hmac(algorithm: "sha256" | "sha512", secret: Buffer, text: Buffer): string {
  const hash = (...pieces: Buffer[]) => createHash(algorithm).update(Buffer.concat(pieces)).digest();
  const block = Buffer.alloc(algorithm === "sha512" ? 128 : 64);
  (secret.length > block.length ? hash(secret) : secret).copy(block);
  const padded = (pad: number) => Buffer.from(block.map((byte) => byte ^ pad));
  return hash(padded(0x5c), hash(padded(0x36), text)).toString("hex");
}

interface Received {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

/** A rig whose upstream keeps what it received in whole. */
async function verifying(credentials: readonly AppliedCredential[]): Promise<Rig & { received: Received[] }> {
  const received: Received[] = [];
  const made = await rig({
    snapshot: { credentials },
    upstream: (request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        received.push({ request, body: Buffer.concat(pieces) });
        response.end("received");
      });
    },
  });
  return { ...made, received };
}

const bytesOf = (base: string, url: string) => Buffer.from(base + url, "latin1");

describe("a signed call", () => {
  const places = {
    header: { name: "X-Signature", of: ({ request }: Received) => valuesOf(request, "x-signature") },
    query: { name: "sig n", of: ({ request }: Received) => new URL(`http://h${request.url}`).searchParams.getAll("sig n") },
    cookie: {
      name: "sig",
      of: ({ request }: Received) =>
        valuesOf(request, "cookie").flatMap((text) => text.split("; ").flatMap((pair) => (pair.startsWith("sig=") ? [pair.slice(4)] : []))),
    },
  };
  const inputs: Hmac["digestInputs"][] = [["body"], ["url"], ["url", "body"], ["body", "url"], []];
  const cases = (["header", "query", "cookie"] as const).flatMap((place) =>
    (["sha256", "sha512"] as const).flatMap((algorithm) =>
      inputs.map((digestInputs, index) => ({ place, algorithm, digestInputs, secrets: index % 2 === 0 ? asText : asFile })),
    ),
  );

  it.each(cases)("has the $algorithm of $digestInputs in the $place", async ({ place, algorithm, digestInputs, secrets }) => {
    const { name, of } = places[place];
    const { call, received, base } = await verifying([
      signing({ in: place, name, algorithm, digestInputs }, secrets),
      apiKey("query", "key", "k"),
      apiKey("cookie", "other", "c"),
    ]);
    const body = Buffer.from('{ "odd" :\t1 }\r\n\0\xff', "latin1");
    const answer = await call(`/orders/%7e?a=1&sig%20n=mine`, {
      method: "POST",
      headers: ["X-Signature", "mine", "Cookie", "sig=mine"],
      body,
    });
    expect(answer.status).toBe(200);
    const [seen] = received as [Received];
    // What is signed is the URL before this signature is in it.
    const url = place === "query" ? `/orders/%7e?a=1&key=k` : seen.request.url;
    expect(url).toBe(place === "header" || place === "cookie" ? `/orders/%7e?a=1&sig%20n=mine&key=k` : `/orders/%7e?a=1&key=k`);
    const pieces = digestInputs.map((input) => (input === "body" ? body : bytesOf(base, url ?? "")));
    expect(of(seen)).toEqual([hmac(algorithm, key, Buffer.concat(pieces))]);
    expect(seen.body.equals(body)).toBe(true);
    expect(valuesOf(seen.request, "cookie")).toEqual([expect.stringMatching(/^other=c/)]);
  });

  it("carries its signatures in their order, each over what was set before it, beside other proofs in whatever order", async () => {
    const { call, received, base } = await verifying([
      signing({ in: "query", name: "s1", digestInputs: ["url"] }),
      apiKey("header", "X-Api-Key"),
      signing({ in: "query", name: "s2", digestInputs: ["url", "body"], algorithm: "sha512" }, asFile),
      basicAuth("aladdin"),
      signing({ name: "X-Whole", digestInputs: ["body", "url"] }),
      apiKey("query", "key", "k"),
    ]);
    await call("/a", { method: "PUT", body: "text" });
    const [{ request }] = received as [Received];
    const first = hmac("sha256", key, bytesOf(base, "/a?key=k"));
    const second = hmac("sha512", key, Buffer.concat([bytesOf(base, `/a?key=k&s1=${first}`), Buffer.from("text")]));
    expect(request.url).toBe(`/a?key=k&s1=${first}&s2=${second}`);
    expect(valuesOf(request, "x-whole")).toEqual([
      hmac("sha256", key, Buffer.concat([Buffer.from("text"), bytesOf(base, request.url ?? "")])),
    ]);
    expect(valuesOf(request, "x-api-key")).toEqual([canary]);
    expect(valuesOf(request, "authorization")).toEqual([`Basic ${Buffer.from(`aladdin:${canary}`).toString("base64")}`]);
  });

  it.each([
    { name: "no body", options: {} },
    { name: "an empty body", options: { method: "POST", body: "" } },
    { name: "an empty body in chunks", options: { method: "POST", headers: ["Transfer-Encoding", "chunked"], body: "" } },
    { name: "HEAD", options: { method: "HEAD" } },
  ])("with $name signs nothing for the body", async ({ options }) => {
    const { call, received, base } = await verifying([signing()]);
    expect((await call("", options)).status).toBe(200);
    const [{ request }] = received as [Received];
    expect(valuesOf(request, "x-signature")).toEqual([hmac("sha256", key, bytesOf(base, "/"))]);
    expect(valuesOf(request, "transfer-encoding")).toEqual([]);
  });

  it("of a header Cookie, or in a cookie, joins the cookies of others (RFC 6265 section 5.4)", async () => {
    const { call, received, base } = await verifying([
      signing({ in: "cookie", name: "sig" }),
      apiKey("cookie", "a", "1"),
      signing({ in: "header", name: "Cookie" }),
    ]);
    await call("/");
    const expected = hmac("sha256", key, bytesOf(base, "/"));
    expect(valuesOf((received as [Received])[0].request, "cookie")).toEqual([`a=1; sig=${expected}; ${expected}`]);
  });

  it("of a config with sha1, older than the rule, sends nothing", async () => {
    const { call, seen } = await rig({ snapshot: { credentials: [signing({ algorithm: "sha1" })] } });
    expect(await call("/")).toMatchObject({
      status: 422,
      error: { code: "credential_unusable", message: expect.stringContaining("sha1") },
    });
    expect(seen).toEqual([]);
  });

  it("is signed as it leaves, whatever path, query and body it has, in one piece or in chunks", {
    timeout: propertyTimeoutMs,
  }, async () => {
    const { call, received, base } = await verifying([
      apiKey("query", "key", "k"),
      signing({ digestInputs: ["url", "body"] }),
      signing({ in: "query", name: "s", digestInputs: ["body", "url"] }),
    ]);
    const wire = fc.stringMatching(/^[!-"$-[\]-~]{0,20}$/).map((text) => text.replaceAll("{{", "").replaceAll("..", ""));
    const bodies = fc.option(fc.uint8Array({ maxLength: 5000 }).map(Buffer.from), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(wire, wire, bodies, fc.boolean(), async (path, query, body, isChunked) => {
        received.length = 0;
        const headers = body !== undefined && isChunked ? ["Transfer-Encoding", "chunked"] : [];
        const given = { method: "POST", headers, ...(body !== undefined && { body }) };
        const answer = await call(`/${path.replaceAll("?", "")}?${query.replaceAll("%7", "%6")}`.replaceAll(/%7b%7b/gi, ""), given);
        expect(answer.status).toBe(200);
        const [seen] = received as [Received];
        const sent = body ?? Buffer.alloc(0);
        expect(seen.body.equals(sent)).toBe(true);
        const url = seen.request.url ?? "";
        const [, before = "", second] = /^(.*)[?&]s=([0-9a-f]{64})$/.exec(url) ?? [];
        expect(valuesOf(seen.request, "x-signature")).toEqual([hmac("sha256", key, Buffer.concat([bytesOf(base, before), sent]))]);
        expect(second).toBe(hmac("sha256", key, Buffer.concat([sent, bytesOf(base, before)])));
      }),
      { numRuns: trials({ change: 300, long: 10_000 }) },
    );
  });
});

describe("the body of a signed call", () => {
  it("is not held when no signature is over it", async () => {
    const { promise: firstSeen, resolve: sawFirst } = Promise.withResolvers<void>();
    const { port } = await rig({
      snapshot: { credentials: [signing({ digestInputs: ["url"] })] },
      upstream: (request, response) => {
        request.once("data", () => sawFirst());
        request.on("end", () => response.end("received"));
      },
    });
    const sent = started(port, {});
    sent.write("first");
    await firstSeen;
    sent.end("last");
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    response.resume();
  });

  it.each(["length", "chunks"])("leaves with Content-Length, however it came: by %s", async (framing) => {
    const { call, received } = await verifying([signing()]);
    const body = Buffer.alloc(MiB, "x");
    await call("/", { method: "POST", headers: framing === "chunks" ? ["Transfer-Encoding", "chunked"] : [], body });
    const [{ request, body: arrived }] = received as [Received];
    expect(arrived.equals(body)).toBe(true);
    expect(valuesOf(request, "content-length")).toEqual([String(MiB)]);
    expect(valuesOf(request, "transfer-encoding")).toEqual([]);
  });

  it.each(["length", "chunks"])("may have 1 MiB and not a byte more, by %s: 413 that says why, and nothing sent", async (framing) => {
    const { call, seen, gateway } = await rig({ snapshot: { credentials: [signing()] } });
    const headers = framing === "chunks" ? ["Transfer-Encoding", "chunked"] : [];
    const answer = await call("/", { method: "POST", headers, body: Buffer.alloc(MiB + 1) });
    expect(answer).toMatchObject({
      status: 413,
      headers: { "mooring-origin": "gateway" },
      error: { code: "too_large", message: expect.stringContaining("signs the body") },
    });
    expect(seen).toEqual([]);
    expect(gateway.stats()).toMatchObject({ inFlight: 0, ended: { gateway: 1 } });
    expect(await call("/", { method: "POST", body: "small" })).toMatchObject({ status: 200 });
  });

  it("that its caller breaks off sends nothing", async () => {
    const { port, seen, gateway } = await rig({ snapshot: { credentials: [signing()] } });
    const sent = started(port, { "content-length": "10" });
    sent.on("error", () => {});
    sent.write("half");
    await until(() => gateway.stats().inFlight === 1);
    sent.destroy();
    await until(() => gateway.stats().inFlight === 0);
    expect(gateway.stats().ended).toEqual({ upstream: 0, gateway: 0, aborted: 1 });
    expect(seen).toEqual([]);
  });

  it("is waited for no longer than its time", async () => {
    const server = createServer((request, response) => {
      heldBody(request, { length: undefined, bytesMax: 10, timeoutMs: 20, why: "It is held" }).catch(({ code }: { code: string }) =>
        response.end(code),
      );
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const sent = started((server.address() as AddressInfo).port, {});
    sent.write("a");
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect(Buffer.concat(await response.toArray()).toString()).toBe("invalid_request");
    sent.destroy();
    server.close();
  });
});

function started(port: number, headers: Record<string, string>) {
  return httpRequest({ port, host: "127.0.0.1", method: "POST", path: `${proxyPath}/`, agent: false, headers });
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
