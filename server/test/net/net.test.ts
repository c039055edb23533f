import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { LogFields } from "../../src/kernel/log.ts";
import { listen, openNet, send, startApi } from "./outside.ts";

const silent = () => {};

describe("a call", () => {
  it("carries method, path, headers and body out, and the answer back", async () => {
    const api = await startApi(
      (request, response) => void request.pipe(response.writeHead(201, { "x-seen": `${request.method} ${request.url}` })),
    );
    const outcome = await send(openNet(), {
      origin: api.origin,
      method: "POST",
      path: "/a?b=%20",
      headers: ["X-Key", "one"],
      body: Buffer.from("twö"),
    });
    expect(outcome).toEqual({ status: 201, body: "twö" });
    expect(api.seen[0]).toMatchObject({ method: "POST", url: "/a?b=%20", headers: { host: new URL(api.origin).host, "x-key": "one" } });
  });

  it("streams a body out", async () => {
    const api = await startApi((request, response) => void request.pipe(response));
    const body = Readable.from(["one ", "two"].map((part) => Buffer.from(part)));
    expect(await send(openNet(), { origin: api.origin, method: "PUT", body })).toEqual({ status: 200, body: "one two" });
  });

  it("is not redirected (S-4)", async () => {
    const api = await startApi((_request, response) => response.writeHead(307, { location: "/elsewhere" }).end());
    expect(await send(openNet(), { origin: api.origin })).toMatchObject({ status: 307 });
    expect(api.seen).toHaveLength(1);
  });

  it("reports the final answer only", async () => {
    const api = await startApi((_request, response) => {
      response.writeEarlyHints({ link: "</style.css>" });
      response.end("final");
    });
    expect(await send(openNet(), { origin: api.origin })).toEqual({ status: 200, body: "final" });
  });

  it.each(["GET", "POST", "PUT", "DELETE"])("is never sent twice: %s whose connection breaks fails", async (method) => {
    const api = await startApi((request, response) => (request.url === "/break" ? request.socket.destroy() : response.end()));
    const net = openNet();
    expect(await send(net, { origin: api.origin })).toMatchObject({ status: 200 });
    expect(await send(net, { origin: api.origin, method, path: "/break" })).toMatchObject({ code: "upstream_unreachable" });
    expect(api.seen.filter(({ url }) => url === "/break")).toHaveLength(1);
  });

  it.each([
    ["a line break in a header", { headers: ["x-key", "one\r\nx-other: two"] }],
    ["a header name with a space", { headers: ["x key", "one"] }],
    ["a line break in the path", { path: "/a\r\nb" }],
    ["a method that is none", { method: "GET /" }],
    ["Transfer-Encoding of its own", { headers: ["transfer-encoding", "chunked"] }],
    ["a tunnel", { method: "CONNECT" }],
  ])("with %s is refused, and nothing is sent", async (_what, request) => {
    const api = await startApi((_request, response) => response.end());
    expect(await send(openNet(), { origin: api.origin, ...request })).toMatchObject({ code: "invalid_request" });
    expect(api.seen).toEqual([]);
  });

  it.each([
    ["headers larger than 32 KiB", `HTTP/1.1 200 OK\r\nx-large: ${"a".repeat(33_000)}\r\n\r\n`],
    ["an answer that is not HTTP", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["a body shorter than announced", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcde"],
  ])("that gets %s is upstream_unreachable (S-7, S-9)", async (_what, answer) => {
    const { port } = await listen(
      createTcpServer((socket) => void socket.once("data", () => socket.end(answer))),
      "127.0.0.1",
    );
    expect(await send(openNet(), { origin: `http://127.0.0.1:${port}` })).toMatchObject({ code: "upstream_unreachable" });
  });
});

describe("the policy", () => {
  it.each([
    ["http://8.8.8.8", "Plain http:"],
    ["https://10.0.0.1", "a private network"],
    ["https://169.254.169.254", "metadata"],
    ["http://[fd00:ec2::254]", "metadata"],
    ["ftp://8.8.8.8", "Only http: and https:"],
    ["https://8.8.8.8/", "Only http: and https:"],
    ["null", "Only http: and https:"],
  ])("refuses %s: %s", async (origin, message) => {
    const outcome = { code: "egress_denied", message: expect.stringContaining(message) };
    expect(await send(openNet({ rules: ["169.254.0.0/16", "fd00::/8"] }), { origin })).toMatchObject(outcome);
  });

  it("refuses Mooring's own port, even when it is listed (S-2)", async () => {
    const api = await startApi((_request, response) => response.end());
    expect(await send(openNet({ own: { port: api.port } }), { origin: api.origin })).toMatchObject({ code: "egress_denied" });
    expect(api.seen).toEqual([]);
  });

  it("tells what it would do, without a connection", async () => {
    const resolve = async (name: string) =>
      (name === "mixed.test" ? ["8.8.8.8", "10.0.0.1"] : ["8.8.8.8", "2606:4700::1"]).map((address) => ({ address, ttlSeconds: 1 }));
    const net = openNet({ resolve });
    expect(await net.check(new URL("https://good.test/a?b"))).toEqual({ allowed: true, addresses: ["8.8.8.8", "2606:4700::1"] });
    expect(await net.check(new URL("https://mixed.test"))).toEqual({
      allowed: false,
      code: "egress_denied",
      reason: expect.stringContaining("a private network"),
    });
    expect(await net.check(new URL("http://good.test"))).toEqual({
      allowed: false,
      code: "egress_denied",
      reason: expect.stringContaining("Plain http:"),
    });
    expect(await net.check(new URL("mailto:a@good.test"))).toEqual({
      allowed: false,
      code: "egress_denied",
      reason: expect.stringContaining("Only http:"),
    });
    expect(await openNet().check(new URL("https://unknown.test"))).toEqual({
      allowed: false,
      code: "upstream_unreachable",
      reason: expect.stringContaining("does not resolve"),
    });
    expect(net.stats()).toEqual({ pools: 0, connections: 0, calls: 0 });
  });

  it("says in the log what was refused, and once per origin what a rule opened (S-10)", async () => {
    const lines: [string, LogFields | undefined][] = [];
    const log = { debug: silent, info: keep, warn: keep, error: keep };
    const api = await startApi((_request, response) => response.setHeader("connection", "close").end());
    const net = openNet({ log });
    for (const origin of [api.origin, api.origin, "https://10.0.0.1"]) await send(net, { origin });
    expect(lines).toEqual([
      [`Egress to 127.0.0.1 port ${api.port} opened by a rule.`, { organisation: "one" }],
      ["Egress to 10.0.0.1 port 443 refused.", { organisation: "one" }],
    ]);
    function keep(message: string, fields?: LogFields) {
      lines.push([message, fields]);
    }
  });
});

describe("every wait ends with upstream_timeout (S-9)", () => {
  const never = () => new Promise<never>(() => {});

  it("for a name that does not resolve in time", async () => {
    expect(await send(openNet({ resolve: never, deadlines: { connectMs: 20 } }), { origin: "https://slow.test" })).toMatchObject({
      code: "upstream_timeout",
    });
  });

  it("for headers that do not come", async () => {
    const api = await startApi(silent);
    expect(await send(openNet({ deadlines: { headersMs: 20 } }), { origin: api.origin })).toMatchObject({ code: "upstream_timeout" });
  });

  it("for a body that stops", async () => {
    const api = await startApi((_request, response) => response.write("part"));
    expect(await send(openNet({ deadlines: { idleMs: 20 } }), { origin: api.origin })).toMatchObject({ code: "upstream_timeout" });
  });

  it.each([{ deadlines: { totalMs: 50 } }, { timeoutMs: 50 }])(
    "for an answer that goes on and on: %j",
    async ({ deadlines, timeoutMs }) => {
      const api = await startApi((_request, response) => {
        const drip = setInterval(() => response.write("drop"), 5);
        response.on("close", () => clearInterval(drip));
      });
      const net = openNet({ ...(deadlines ? { deadlines } : {}) });
      const outcome = await send(net, { origin: api.origin, ...(timeoutMs ? { timeoutMs } : {}) });
      expect(outcome).toMatchObject({ code: "upstream_timeout", message: expect.stringContaining("total time") });
      expect(net.stats().calls).toBe(0);
    },
  );

  it("for a call that has no connection yet", async () => {
    const net = openNet({ resolve: never, deadlines: { totalMs: 50 } });
    expect(await send(net, { origin: "https://slow.test" })).toMatchObject({
      code: "upstream_timeout",
      message: expect.stringContaining("total time"),
    });
  });
});

describe("an aborted call", () => {
  const reason = new Error("the caller went away");

  it("closes its connection", async () => {
    const api = await startApi(silent);
    const net = openNet();
    const sent = send(net, { origin: api.origin });
    await expect.poll(() => api.seen.length).toBe(1);
    const closed = once(api.seen[0]?.socket ?? process, "close");
    sent.call.abort(reason);
    expect(await sent).toMatchObject({ code: "internal" });
    await closed;
    expect(net.stats()).toMatchObject({ calls: 0, connections: 0 });
  });

  it("is not sent when it has no connection yet, and leaves the connection to others", async () => {
    const api = await startApi((_request, response) => response.end("for another"));
    const answer = Promise.withResolvers<{ address: string; ttlSeconds: number }[]>();
    const net = openNet({ resolve: () => answer.promise });
    const origin = `http://later.test:${api.port}`;
    const first = send(net, { origin, path: "/aborted" });
    const second = send(net, { origin, path: "/wanted" });
    first.call.abort(reason);
    expect(await first).toMatchObject({ code: "internal" });
    answer.resolve([{ address: "127.0.0.1", ttlSeconds: 60 }]);
    expect(await second).toEqual({ status: 200, body: "for another" });
    await expect.poll(() => net.stats().connections).toBe(2);
    expect(api.seen.map(({ url }) => url)).toEqual(["/wanted"]);
  });

  it("is aborted once: what comes later does nothing", async () => {
    const api = await startApi((_request, response) => response.end());
    const sent = send(openNet(), { origin: api.origin });
    expect(await sent).toMatchObject({ status: 200 });
    sent.call.abort(reason);
    sent.call.abort(reason);
  });
});

describe("connections", () => {
  it("are kept for the next call of the same organisation, and never serve another (T-3)", async () => {
    const api = await startApi((request, response) => response.end(String(request.socket.remotePort)));
    const net = openNet();
    const ports: (string | undefined)[] = [];
    for (const org of ["one", "one", "two", "two", "one"]) {
      ports.push((await send(net, { origin: api.origin, org })).body);
      // A connection is free again only after a turn of the event loop, in which it shows that nothing more comes.
      await setTimeout(5);
    }
    expect(ports).toEqual([ports[0], ports[0], ports[2], ports[2], ports[0]]);
    expect(ports[2]).not.toBe(ports[0]);
  });

  it("are at most 256 per origin; further calls wait", async () => {
    const waiting: (() => void)[] = [];
    const api = await startApi((_request, response) => void waiting.push(() => response.end()));
    const net = openNet();
    const sent = Array.from({ length: 270 }, () => send(net, { origin: api.origin }));
    await expect.poll(() => waiting.length).toBe(256);
    expect(net.stats()).toEqual({ pools: 1, connections: 256, calls: 270 });
    const answer = setInterval(() => {
      for (const end of waiting.splice(0)) end();
    }, 5);
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(new Array(270).fill(200));
    clearInterval(answer);
    expect(api.sockets.size).toBe(256);
  });

  it("beyond 512 calls per origin are refused as overloaded", async () => {
    const net = openNet({ resolve: () => new Promise(() => {}), deadlines: { totalMs: 100 } });
    const sent = Array.from({ length: 513 }, () => send(net, { origin: "https://slow.test" }));
    expect(await sent[512]).toMatchObject({ code: "overloaded" });
    expect(await sent[0]).toMatchObject({ code: "upstream_timeout" });
    await Promise.all(sent);
  });

  it("of the origin that was idle longest make room, and those with a call in flight never do", async () => {
    const answer = (request: { url?: string | undefined }, response: { end: () => void }) =>
      void (request.url === "/hang" || response.end());
    const [first, second, third] = await Promise.all([startApi(answer), startApi(answer), startApi(answer)]);
    const net = openNet({ poolsMax: 2 });
    const hanging = [send(net, { origin: first.origin, path: "/hang" })];
    await send(net, { origin: second.origin });
    expect(await send(net, { origin: third.origin })).toMatchObject({ status: 200 });
    expect(net.stats().pools).toBe(2);
    await expect.poll(() => second.sockets.size).toBe(0);
    hanging.push(send(net, { origin: third.origin, path: "/hang" }));
    expect(await send(net, { origin: second.origin })).toMatchObject({ code: "overloaded" });
    for (const { call } of hanging) call.abort(new Error("enough"));
    await Promise.all(hanging);
    expect(await send(net, { origin: second.origin })).toMatchObject({ status: 200 });
  });

  it("close when Mooring does: calls in flight end well, new ones are refused", async () => {
    const waiting: (() => void)[] = [];
    const api = await startApi((_request, response) => void waiting.push(() => response.end("done")));
    const net = openNet();
    const sent = send(net, { origin: api.origin });
    await expect.poll(() => waiting.length).toBe(1);
    const closed = net.close();
    expect(await send(net, { origin: api.origin })).toMatchObject({ code: "overloaded" });
    waiting[0]?.();
    expect(await sent).toEqual({ status: 200, body: "done" });
    await closed;
    await expect.poll(() => api.sockets.size).toBe(0);
  });
});
