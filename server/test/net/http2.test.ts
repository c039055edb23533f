import type { ServerHttp2Stream } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { headersForHttp2 } from "../../src/net/http2.ts";
import { createTestClock } from "../harness/clock.ts";
import { flag, frame, identity, number32, ok, startFrames, startHttp2, trustFixtures } from "./http2-server.ts";
import { listen, openNet, send } from "./outside.ts";

trustFixtures();

const said = (stream: ServerHttp2Stream, text: string, headers = {}) => {
  stream.respond({ ":status": 200, ...headers });
  stream.end(text);
};

const stopped = (stream: ServerHttp2Stream) => {
  stream.respond({ ":status": 200 });
  stream.write("part");
};

describe("a call over HTTP/2", () => {
  it("carries method, path, headers and body out, and the answer back", async () => {
    const api = await startHttp2((stream, headers) => {
      const { ":method": method, ":path": path, ":authority": authority, "x-key": key, "content-length": length } = headers;
      stream.respond({ ":status": 201 });
      stream.write([method, path, authority, key, length, "host" in headers].join(" "));
      stream.pipe(stream);
    });
    const outcome = await send(openNet(), {
      origin: api.origin,
      method: "POST",
      path: "/a?b=%20",
      headers: ["X-Key", "\u00e9"],
      body: Buffer.from(" two"),
    });
    const host = new URL(api.origin).host;
    expect(outcome).toEqual({ status: 201, body: `POST /a?b=%20 ${host} \u00e9 4 false two` });
  });

  it("is spoken over HTTP/1.1 where that is all the other side offers", async () => {
    const server = createHttpsServer({ ...identity, ALPNProtocols: ["http/1.1"] }, (request, response) =>
      response.end(`HTTP/${request.httpVersion}`),
    );
    const { port } = await listen(server, "127.0.0.1");
    const net = openNet();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(net, { origin: `https://127.0.0.1:${port}` })));
    expect(outcomes).toEqual(outcomes.map(() => ({ status: 200, body: "HTTP/1.1" })));
  });

  it("has a connection in common with as many others as the other side takes", async () => {
    const api = await startHttp2((stream) => void setImmediate(() => said(stream, "one")), { settings: { maxConcurrentStreams: 50 } });
    const net = openNet();
    for (let round = 0; round < 2; round += 1) {
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => send(net, { origin: api.origin })));
      expect(outcomes).toEqual(outcomes.map(() => ({ status: 200, body: "one" })));
    }
    expect(api.sessions()).toBe(1);
    const many = await Promise.all(Array.from({ length: 400 }, () => send(net, { origin: api.origin })));
    expect(many.filter(({ status }) => status === 200)).toHaveLength(400);
    expect(api.sessions()).toBeLessThan(16);
  });

  it("gives interim answers to nobody", async () => {
    const api = await startHttp2((stream) => {
      stream.additionalHeaders({ ":status": 103, link: "</style.css>" });
      said(stream, "final");
    });
    expect(await send(openNet(), { origin: api.origin })).toEqual({ status: 200, body: "final" });
  });

  it.each([
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ])("may have no body: %s %d", async (method, status) => {
    const api = await startHttp2((stream) => stream.respond({ ":status": status, "content-length": "5" }, { endStream: true }));
    const sent = send(openNet(), { origin: api.origin, method });
    expect(await sent).toMatchObject(status === 204 ? {} : { status, body: "" });
  });

  it("goes on in both ways at once, no faster than it is taken", { timeout: 30_000 }, async () => {
    const piece = Buffer.alloc(64 * 1024, "x");
    const api = await startHttp2((stream) => {
      stream.respond({ ":status": 200 });
      stream.pipe(stream);
    });
    let left = 256;
    const body = new Readable({
      read() {
        left -= 1;
        this.push(left < 0 ? null : piece);
      },
    });
    let taken = 0;
    const done = Promise.withResolvers<void>();
    openNet().dispatch(
      { org: "one", origin: api.origin, path: "/", method: "POST", headers: [], body },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData(controller, chunk) {
          taken += chunk.length;
          if (taken % 7 !== 0) return;
          controller.pause();
          setImmediate(() => controller.resume());
        },
        onResponseEnd: () => done.resolve(),
        onResponseError: (_controller, error) => done.reject(error),
      },
    );
    await done.promise;
    expect(taken).toBe(256 * piece.length);
  });

  it("keeps little of an answer that is not taken, and holds nobody else up (S-9)", async () => {
    let written = 0;
    const api = await startHttp2((stream, { ":path": path }) => {
      if (path === "/other") return said(stream, "other");
      stream.respond({ ":status": 200 });
      const more = () => {
        do written += 16 * 1024;
        while (!stream.destroyed && stream.write(Buffer.alloc(16 * 1024)));
      };
      stream.on("drain", more);
      more();
    });
    const net = openNet();
    const begun = Promise.withResolvers<void>();
    const call = net.dispatch(
      { org: "one", origin: api.origin, path: "/large", method: "GET", headers: [], body: null },
      {
        onRequestStart() {},
        onResponseStart(controller) {
          controller.pause();
          begun.resolve();
        },
        onResponseData() {},
        onResponseEnd() {},
        onResponseError() {},
      },
    );
    await begun.promise;
    for (let count = 0; count < 20; count += 1) {
      expect(await send(net, { origin: api.origin, path: "/other" })).toEqual({ status: 200, body: "other" });
    }
    // The window of the stream, and what the server itself holds.
    expect(written).toBeLessThan(512 * 1024);
    expect(api.sessions()).toBe(1);
    call.abort(new Error("enough"));
  });
});

describe("what breaks off on HTTP/2", () => {
  const half = (stream: number) =>
    Buffer.concat([
      frame("headers", { flags: flag.endHeaders, stream, payload: ok }),
      frame("data", { stream, payload: Buffer.from("half") }),
    ]);
  const reset = (stream: number, code: number) => frame("reset", { stream, payload: number32(code) });
  const goaway = (last: number, code: number) => frame("goaway", { payload: Buffer.concat([number32(last), number32(code)]) });

  it.each([
    ["a reset with NO_ERROR", (stream: number) => [half(stream), reset(stream, 0)]],
    ["a reset with INTERNAL_ERROR", (stream: number) => [half(stream), reset(stream, 2)]],
    ["a reset with REFUSED_STREAM", (stream: number) => [half(stream), reset(stream, 7)]],
    ["a reset with CANCEL", (stream: number) => [half(stream), reset(stream, 8)]],
    ["a reset before the answer", (stream: number) => [reset(stream, 0)]],
    ["a reset with CANCEL before the answer", (stream: number) => [reset(stream, 8)]],
    ["GOAWAY and the end of the connection", (stream: number) => [half(stream), goaway(stream, 0), undefined]],
    ["GOAWAY with an error", (stream: number) => [half(stream), goaway(0, 2), undefined]],
    ["the end of the connection", (stream: number) => [half(stream), undefined]],
    ["what is no HTTP/2", () => [Buffer.from("HTTP/1.1 200 OK\r\n\r\n")]],
  ])("%s: never looks whole", async (_what, steps) => {
    const { origin } = await startFrames((socket, stream) => {
      for (const step of steps(stream)) step ? socket.write(step) : socket.end();
    });
    const net = openNet();
    expect(await send(net, { origin })).toMatchObject({ code: "upstream_unreachable" });
    expect(net.stats().calls).toBe(0);
  });

  it("a reset after the whole answer does it no harm (RFC 9113 section 8.1)", async () => {
    const { origin } = await startFrames((socket, stream) => {
      socket.write(Buffer.concat([half(stream), frame("data", { flags: flag.endStream, stream }), reset(stream, 0)]));
    });
    const body = new Readable({ read() {} });
    body.push("never all of it");
    expect(await send(openNet(), { origin, method: "POST", body })).toEqual({ status: 200, body: "half" });
    expect(body.destroyed).toBe(true);
  });

  it("an early answer ends the upload, also where the other side would let it go on", async () => {
    const { promise: ended, resolve: onEnded } = Promise.withResolvers<void>();
    const api = await startHttp2((stream) => {
      stream.on("close", onEnded);
      said(stream, "early");
    });
    const net = openNet();
    const body = new Readable({ read() {} });
    body.push("never all of it");
    expect(await send(net, { origin: api.origin, method: "POST", body })).toEqual({ status: 200, body: "early" });
    await ended;
    expect(await send(net, { origin: api.origin })).toEqual({ status: 200, body: "early" });
    expect(api.sessions()).toBe(1);
  });

  it("GOAWAY lets the calls under way end, and the next one is on another connection", async () => {
    const api = await startHttp2((stream, { ":path": path }) => {
      if (path !== "/first") return said(stream, "next");
      stream.respond({ ":status": 200 });
      stream.write("first ");
      stream.session?.goaway();
      setImmediate(() => stream.end("whole"));
    });
    const net = openNet();
    const first = send(net, { origin: api.origin, path: "/first" });
    expect(await first).toEqual({ status: 200, body: "first whole" });
    expect(await send(net, { origin: api.origin })).toEqual({ status: 200, body: "next" });
    expect(api.sessions()).toBe(2);
  });

  it("a call that is aborted takes its stream along and nothing else", async () => {
    const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
    const { promise: begun, resolve: onBegun } = Promise.withResolvers<void>();
    const waiting: (() => void)[] = [];
    const api = await startHttp2((stream, { ":path": path }) => {
      if (path === "/slow") return void waiting.push(() => said(stream, "slow"));
      stream.on("close", onClosed);
      onBegun();
    });
    const net = openNet();
    const slow = send(net, { origin: api.origin, path: "/slow" });
    await expect.poll(() => waiting.length).toBe(1);
    const hanging = send(net, { origin: api.origin, path: "/hang" });
    await begun;
    hanging.call.abort(new Error("the caller went away"));
    expect(await hanging).toMatchObject({ code: "internal" });
    await closed;
    waiting[0]?.();
    expect(await slow).toEqual({ status: 200, body: "slow" });
    expect(api.sessions()).toBe(1);
  });

  it("a call that is aborted on its way to another connection leaves those beside it alone", async () => {
    const clock = createTestClock();
    const again = Promise.withResolvers<{ address: string; ttlSeconds: number }[]>();
    const asked: Promise<{ address: string; ttlSeconds: number }[]>[] = [
      Promise.resolve([{ address: "127.0.0.1", ttlSeconds: 1 }]),
      again.promise,
    ];
    const waiting: number[] = [];
    const { origin } = await startFrames((socket, stream) => {
      if (asked.length === 0) socket.write(Buffer.concat([half(stream), frame("data", { flags: flag.endStream, stream })]));
      else if (waiting.push(stream) === 2) {
        clock.advance(5_000);
        socket.write(goaway(0, 0));
      }
    });
    const net = openNet({ clock, resolve: () => asked.shift() ?? Promise.reject(new Error("asked too often")) });
    const there = origin.replace("127.0.0.1", "upstream.test");
    const [first, second] = [send(net, { origin: there }), send(net, { origin: there })];
    await expect.poll(() => asked.length).toBe(0);
    first.call.abort(new Error("the caller went away"));
    again.resolve([{ address: "127.0.0.1", ttlSeconds: 1 }]);
    expect(await first).toMatchObject({ code: "internal" });
    expect(await second).toEqual({ status: 200, body: "half" });
  });

  it.each(["GET", "PUT", "POST"])("%s whose connection breaks is not sent twice", async (method) => {
    const api = await startHttp2((stream) => stream.session?.destroy());
    expect(await send(openNet(), { origin: api.origin, method })).toMatchObject({ code: "upstream_unreachable" });
    expect(api.streams()).toBe(1);
  });
});

describe("every wait ends on HTTP/2 (S-9)", () => {
  it.each([
    ["headers that do not come", { headersMs: 50 }, () => {}],
    ["a body that stops", { idleMs: 50 }, stopped],
    ["the whole", { totalMs: 50 }, () => {}],
  ])("for %s, and another call on the connection does well", async (_what, deadlines, answer) => {
    const api = await startHttp2((stream, { ":path": path }) => (path === "/well" ? said(stream, "well") : answer(stream)));
    const net = openNet({ deadlines });
    expect(await send(net, { origin: api.origin })).toMatchObject({ code: "upstream_timeout" });
    expect(await send(openNet(), { origin: api.origin, path: "/well" })).toEqual({ status: 200, body: "well" });
    expect(net.stats().calls).toBe(0);
  });

  it("refuses headers larger than 32 KiB", async () => {
    const api = await startHttp2((stream) => said(stream, "large", { "x-large": "a".repeat(33_000) }));
    expect(await send(openNet(), { origin: api.origin })).toMatchObject({ code: "upstream_unreachable" });
  });

  it("fails all who wait behind one attempt to connect together with it", async () => {
    let attempts = 0;
    const { port } = await listen(
      createTcpServer(() => {
        attempts += 1;
      }),
      "127.0.0.1",
    );
    const net = openNet({ deadlines: { tlsMs: 50 } });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => send(net, { origin: `https://127.0.0.1:${port}` })));
    expect(outcomes.map(({ code }) => code)).toEqual(outcomes.map(() => "upstream_timeout"));
    expect(attempts).toBe(1);
  });
});

describe("headers", () => {
  it("in two spellings do not end the connection for others", async () => {
    const waiting: (() => void)[] = [];
    const api = await startHttp2((stream, headers) => {
      if (headers[":path"] === "/slow") waiting.push(() => said(stream, "slow"));
      else said(stream, `${headers["user-agent"]}`);
    });
    const net = openNet();
    const slow = send(net, { origin: api.origin, path: "/slow" });
    await expect.poll(() => waiting.length).toBe(1);
    const headers = ["User-Agent", "one", "user-agent", "two"];
    expect(await send(net, { origin: api.origin, headers })).toEqual({ status: 200, body: "one, two" });
    waiting[0]?.();
    expect(await slow).toEqual({ status: 200, body: "slow" });
  });

  it.each(["TE", "Upgrade", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "HTTP2-Settings"])(
    "of one connection are refused: %s",
    async (name) => {
      const api = await startHttp2((stream) => said(stream, "sent"));
      expect(await send(openNet(), { origin: api.origin, headers: [name, "x"] })).toMatchObject({ code: "invalid_request" });
      expect(api.sessions()).toBe(0);
    },
  );

  it("stay as they are where nothing is in the way", () => {
    const given = ["A", "1", "B", "2", "A", "3"];
    expect(headersForHttp2(given)).toBe(given);
    expect(headersForHttp2(["A", "1", "a", "2", "A", "3", "b", "4"])).toEqual(["A", "1", "A", "2", "A", "3", "b", "4"]);
  });
});
