import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { retryDelayMs } from "../../src/gateway/retry.ts";
import { createRetryBudget } from "../../src/gateway/retry-budget.ts";
import { proxyPath, rig, valuesOf } from "./rig.ts";

const asking = (retries: number, ...headers: string[]) => ["Mooring-Retries", String(retries), ...headers];

/** Waits of no time, which are written down. */
function patience() {
  const waits: number[] = [];
  return {
    waits,
    doors: {
      random: () => 0.5,
      wait(ms: number, go: () => void) {
        waits.push(ms);
        const timer = setImmediate(go);
        return () => clearImmediate(timer);
      },
    },
  };
}

/** An upstream that fails `failures` times in the way of `fail`, and then answers with what it was sent. */
function failing(failures: number, fail: (response: ServerResponse, request: IncomingMessage) => void) {
  let calls = 0;
  return (request: IncomingMessage, response: ServerResponse) => {
    calls += 1;
    if (calls > failures) request.pipe(response);
    else request.resume().on("end", () => fail(response, request));
  };
}

const answering = (status: number, headers = {}) => failing(2, (response) => response.writeHead(status, headers).end("not now"));

describe("a call that asks for retries (L-5)", () => {
  it.each([429, 502, 503, 504])("gets the answer after %d", async (status) => {
    const { waits, doors } = patience();
    const { call, seen } = await rig({ upstream: answering(status), doors });
    const answer = await call("/a?b", { method: "PUT", headers: asking(2), body: "sent again" });
    expect(answer).toMatchObject({ status: 200, headers: { "mooring-attempts": "3", "mooring-origin": "upstream" } });
    expect(answer.body.toString()).toBe("sent again");
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(["PUT /a?b", "PUT /a?b", "PUT /a?b"]);
    expect(seen.flatMap((one) => valuesOf(one, "mooring-retries"))).toEqual([]);
    expect(waits).toEqual([50, 100]);
  });

  it.each([
    ["closed", failing(2, (_response, request) => void request.socket.destroy())],
    ["reset", failing(2, (_response, request) => void request.socket.resetAndDestroy())],
  ])("gets the answer after a connection that was %s before any", async (_how, upstream) => {
    const { call } = await rig({ upstream, doors: patience().doors });
    expect(await call("/", { headers: asking(2) })).toMatchObject({ status: 200, headers: { "mooring-attempts": "3" } });
  });

  it.each(["GET", "POST"])("gets the answer after a connection that was not opened: %s", async (method) => {
    const server = createServer((request, response) => void request.pipe(response));
    const port = await freePort();
    const { call } = await rig({
      snapshot: { baseUrl: `http://127.0.0.1:${port}` },
      doors: {
        random: () => 0,
        wait(_ms, go) {
          server.listen(port, "127.0.0.1", go);
          return () => {};
        },
      },
    });
    const answer = await call("/", { method, headers: asking(1), body: "once" });
    server.closeAllConnections();
    server.close();
    expect(answer).toMatchObject({ status: 200, headers: { "mooring-attempts": "2" } });
    expect(answer.body.toString()).toBe("once");
  });

  it.each(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH", "PROPFIND"])(
    "is sent again only if that does no harm: %s",
    async (method) => {
      const isIdempotent = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"].includes(method);
      const { call, seen } = await rig({ upstream: answering(503), doors: patience().doors });
      const answer = await call("/", { method, headers: asking(2), ...(method === "PUT" && { body: "" }) });
      expect(answer.status).toBe(isIdempotent ? 200 : 503);
      expect(seen).toHaveLength(isIdempotent ? 3 : 1);
      expect(answer.headers["mooring-attempts"]).toBe(isIdempotent ? "3" : undefined);
    },
  );

  it("is sent again whatever its method when it has an Idempotency-Key that reaches the upstream", async () => {
    for (const [headers, status] of [
      [["idempotency-KEY", "1"], 200],
      [["Idempotency-Key", "1", "Mooring-Ignore-Headers", "Idempotency-Key"], 503],
    ] as const) {
      const { call } = await rig({ upstream: answering(503), doors: patience().doors });
      expect(await call("/", { method: "POST", headers: asking(2, ...headers), body: "x" })).toMatchObject({ status });
    }
  });

  it.each([
    ["200", answering(200), "/", 200],
    ["400", answering(400), "/", 400],
    ["401", answering(401), "/", 401],
    ["404", answering(404), "/", 404],
    ["500", answering(500), "/", 500],
    ["501", answering(501), "/", 501],
    ["an answer that is no HTTP", failing(2, (_response, request) => void request.socket.end("220 mail\r\n")), "/", 502],
  ])("is not sent again after %s", async (_what, upstream, path, status) => {
    const { call, seen } = await rig({ upstream, doors: patience().doors });
    const answer = await call(path, { headers: asking(5) });
    expect(answer).toMatchObject({ status });
    expect(answer.headers).not.toHaveProperty("mooring-attempts");
    expect(seen).toHaveLength(1);
  });

  it("is not sent again once its answer has begun", async () => {
    const { call, seen } = await rig({
      upstream: failing(2, (response, request) => {
        response.write("half");
        setImmediate(() => request.socket.destroy());
      }),
      doors: patience().doors,
    });
    await expect(call("/", { headers: asking(5) })).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(seen).toHaveLength(1);
  });

  it("is not sent again after what the gateway refuses", async () => {
    const { call } = await rig({ allow: [], doors: patience().doors });
    const answer = await call("/", { headers: asking(5) });
    expect(answer).toMatchObject({ status: 403, error: { code: "egress_denied" } });
    expect(answer.headers).not.toHaveProperty("mooring-attempts");
  });

  it.each([
    ["more than 64 KiB", ["Content-Length", String(64 * 1024 + 1)], Buffer.alloc(64 * 1024 + 1)],
    ["of a length nobody knows", ["Transfer-Encoding", "chunked"], Buffer.from("x")],
  ])("is sent once when its body is %s, because that is not held", async (_what, framing, body) => {
    const { call, seen } = await rig({ upstream: answering(503), doors: patience().doors });
    expect(await call("/", { method: "PUT", headers: asking(2, ...framing), body })).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(1);
  });

  it("gets the last answer as it is when the retries are used up", async () => {
    const { call, seen } = await rig({
      upstream: failing(9, (response) => response.writeHead(503, { "X-Own": "1", "Retry-After": "0" }).end("not now")),
      doors: patience().doors,
    });
    const answer = await call("/", { headers: asking(3) });
    expect(answer).toMatchObject({ status: 503, headers: { "x-own": "1", "retry-after": "0", "mooring-attempts": "4" } });
    expect(answer.body.toString()).toBe("not now");
    expect(seen).toHaveLength(4);
  });

  it("gets a failure of ours when the last attempt had no answer", async () => {
    const { call } = await rig({ upstream: (request) => void request.socket.destroy(), doors: patience().doors });
    expect(await call("/", { headers: asking(2) })).toMatchObject({
      status: 502,
      headers: { "mooring-attempts": "3", "mooring-origin": "gateway" },
      error: { code: "upstream_unreachable" },
    });
  });

  it.each(["0", "5"])("may ask for %s", async (retries) => {
    const { call, seen } = await rig({ upstream: failing(9, (response) => response.writeHead(503).end()), doors: patience().doors });
    expect(await call("/", { headers: ["Mooring-Retries", retries] })).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(1 + Number(retries));
  });

  it.each(["6", "-1", "1.5", "yes", "", "10"])("may not ask for %j", async (retries) => {
    const { call, seen } = await rig();
    expect(await call("/", { headers: ["Mooring-Retries", retries] })).toMatchObject({ status: 400, error: { code: "invalid_request" } });
    expect(seen).toEqual([]);
  });

  it.each([
    { set: 2, asked: undefined, attempts: 3 },
    { set: 2, asked: 0, attempts: 1 },
    { set: 2, asked: 1, attempts: 2 },
    { set: 0, asked: undefined, attempts: 1 },
    { set: 0, asked: 2, attempts: 3 },
  ])("may leave it to its environment: $set set and $asked asked for is $attempts attempts", async ({ set, asked, attempts }) => {
    const { call, seen } = await rig({
      snapshot: { retries: set },
      upstream: failing(9, (response) => response.writeHead(503).end()),
      doors: patience().doors,
    });
    expect(await call("/", { headers: asked === undefined ? [] : asking(asked) })).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(attempts);
  });

  it("is the only one that is sent again", async () => {
    const { call, seen } = await rig({ upstream: answering(503), doors: patience().doors });
    expect(await call("/")).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(1);
  });

  it("leaves the connection of a small answer to the next attempt, and does not read a large one to its end", async () => {
    const sockets = new Set<unknown>();
    let written = 0;
    const { call } = await rig({
      upstream: (request, response) => {
        sockets.add(request.socket);
        if (request.url === "/small") return void response.writeHead(sockets.size > 0 && written++ < 1 ? 503 : 200).end("small");
        response.writeHead(503);
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(16 * 1024))) written += 16 * 1024;
        };
        response.on("drain", more).on("error", () => {});
        more();
        if (sockets.size > 1) response.end();
      },
      doors: {
        random: () => 1,
        wait(_ms, go) {
          setTimeout(go, 50);
          return () => {};
        },
      },
    });
    expect(await call("/small", { headers: asking(1) })).toMatchObject({ status: 200, headers: { "mooring-attempts": "2" } });
    expect(sockets.size).toBe(1);
    expect(await call("/large", { headers: asking(1) })).toMatchObject({ status: 503, headers: { "mooring-attempts": "2" } });
    expect(sockets.size).toBe(2);
    expect(written).toBeLessThan(16 * 1024 * 1024);
  });
});

describe("the pause before a retry", () => {
  const now = new Date("2026-01-02T03:04:05Z");
  const at = (nth: number, retryAfter: string | undefined, random: number) => retryDelayMs(nth, { retryAfter, now, random: () => random });

  it("is a random share of a span that doubles up to 2 s", () => {
    expect([1, 2, 3, 4, 5].map((nth) => at(nth, undefined, 1))).toEqual([100, 200, 400, 800, 1600]);
    expect(at(9, undefined, 1)).toBe(2000);
    expect(at(5, undefined, 0)).toBe(0);
  });

  it.each([
    ["0", 50],
    ["2", 2050],
    ["10", 10_050],
    ["11", undefined],
    ["99999999999999999999", undefined],
    ["Fri, 02 Jan 2026 03:04:09 GMT", 4050],
    ["Friday, 02-Jan-26 03:04:09 GMT", 4050],
    ["Fri Jan  2 03:04:09 2026", 4050],
    ["Fri, 02 Jan 2026 03:04:01 GMT", 50],
    ["Fri, 02 Jan 2026 03:05:05 GMT", undefined],
    ["-1", 50],
    ["1.5", 50],
    ["1e1", 50],
    ["soon", 50],
    ["2026", undefined],
    ["", 50],
  ])("comes on top of Retry-After, of at most 10 s: %j", (retryAfter, delayMs) => {
    expect(at(1, retryAfter, 0.5)).toBe(delayMs);
  });

  it("is honoured as the upstream asks for it", async () => {
    for (const [retryAfter, expected] of [
      ["3", { status: 200, waits: [3050] }],
      ["60", { status: 503, waits: [] }],
    ] as const) {
      const { waits, doors } = patience();
      const upstream = failing(1, (response) => response.writeHead(503, { "Retry-After": retryAfter }).end());
      const { call } = await rig({ upstream, doors });
      expect(await call("/", { headers: asking(3) })).toMatchObject({ status: expected.status });
      expect(waits).toEqual(expected.waits);
    }
  });

  it("never leads past the end of the call's time", async () => {
    const { waits, doors } = patience();
    const { call, seen } = await rig({ upstream: answering(503, { "Retry-After": "2" }), doors });
    expect(await call("/", { headers: asking(3, "Mooring-Timeout-Ms", "1500") })).toMatchObject({ status: 503 });
    expect(waits).toEqual([]);
    expect(seen).toHaveLength(1);
  });

  it("counts for the call's time, as every attempt does", async () => {
    let calls = 0;
    const { call } = await rig({
      upstream: (_request, response) => {
        calls += 1;
        if (calls === 1) response.writeHead(503).end();
      },
    });
    expect(await call("/", { headers: asking(3, "Mooring-Timeout-Ms", "400") })).toMatchObject({
      status: 504,
      headers: { "mooring-attempts": "2" },
      error: { code: "upstream_timeout" },
    });
  });

  it("ends when the caller goes away", async () => {
    const { promise: pausing, resolve: onPause } = Promise.withResolvers<void>();
    const { promise: cancelled, resolve: onCancel } = Promise.withResolvers<void>();
    const { port, gateway, seen } = await rig({
      upstream: answering(503),
      doors: {
        random: () => 1,
        wait: () => {
          onPause();
          return onCancel;
        },
      },
    });
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET ${proxyPath}/ HTTP/1.1\r\nHost: m\r\nMooring-Retries: 3\r\n\r\n`);
    await pausing;
    socket.destroy();
    await cancelled;
    expect(seen).toHaveLength(1);
    expect(gateway.stats()).toMatchObject({ inFlight: 0, ended: { aborted: 1 } });
  });
});

describe("a body that is held", () => {
  it("must be there within the call's time", async () => {
    const { port, seen } = await rig();
    const socket = connect(port, "127.0.0.1");
    socket.write(`PUT ${proxyPath}/ HTTP/1.1\r\nHost: m\r\nMooring-Retries: 1\r\nMooring-Timeout-Ms: 50\r\nContent-Length: 9\r\n\r\nhalf`);
    const [said] = (await once(socket, "data")) as [Buffer];
    expect(said.toString()).toMatch(/^HTTP\/1\.1 504 /);
    expect(seen).toEqual([]);
    socket.destroy();
  });

  it("is not sent when the caller goes away in it", async () => {
    const { port, seen, gateway } = await rig();
    const socket = connect(port, "127.0.0.1");
    socket.write(`PUT ${proxyPath}/ HTTP/1.1\r\nHost: m\r\nMooring-Retries: 1\r\nContent-Length: 9\r\n\r\nhalf`);
    await expect.poll(() => gateway.stats().inFlight).toBe(1);
    socket.destroy();
    await expect.poll(() => gateway.stats()).toMatchObject({ inFlight: 0, ended: { aborted: 1 } });
    expect(seen).toEqual([]);
  });
});

describe("the retry budget (L-5)", () => {
  it("keeps the load on an upstream that is down at 1.1 times, whoever asks for how much", { timeout: 60_000 }, async () => {
    const { call, seen } = await rig({ upstream: (_request, response) => response.writeHead(503).end(), doors: patience().doors });
    for (let count = 0; count < 1_000; count += 50) {
      await Promise.all(Array.from({ length: 50 }, () => call("/", { headers: asking(5) })));
    }
    expect(seen.length).toBeLessThanOrEqual(1_100);
    expect(seen.length).toBeGreaterThan(1_050);
  });

  it("is one for each organisation and origin", () => {
    const budget = createRetryBudget();
    const spent = (org: string, origin: string) => Array.from({ length: 50 }, () => budget.spend(org, origin)).filter(Boolean).length;
    for (const [org, origin] of [
      ["one", "a"],
      ["one", "b"],
      ["two", "a"],
    ] as const) {
      budget.earn(org, origin);
      expect(spent(org, origin)).toBe(10);
    }
  });

  it("remembers only so many origins", () => {
    const budget = createRetryBudget({ originsMax: 2 });
    for (const origin of ["a", "b", "c"]) budget.earn("one", origin);
    expect(["a", "b", "c"].map((origin) => budget.spend("one", origin))).toEqual([false, true, true]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}
