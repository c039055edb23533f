import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../../src/kernel/errors.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { startHttp2, trustFixtures } from "../net/http2-server.ts";
import { actor, proxyPath, rig } from "./rig.ts";

trustFixtures();

describe("bodies", () => {
  it("arrive byte for byte, in whatever pieces and framing, in both ways", { timeout: propertyTimeoutMs }, async () => {
    const { port } = await rig({
      upstream: async (request, response) => {
        const pieces = JSON.parse(String(request.headers["x-pieces"])) as number[];
        const whole = await collected(request);
        if (request.headers["x-framing"] === "length") response.setHeader("Content-Length", whole.length);
        else response.flushHeaders();
        let at = 0;
        for (const length of [...pieces, whole.length]) {
          if (length > 0 && at < whole.length) response.write(whole.subarray(at, at + length));
          at += length;
          await new Promise(setImmediate);
        }
        response.end();
      },
    });
    const pieces = fc.array(fc.oneof(fc.nat(10), fc.nat(100_000)), { maxLength: 6 });
    const framing = fc.constantFrom("length", "chunks");
    await fc.assert(
      fc.asyncProperty(
        pieces,
        pieces,
        framing,
        framing,
        fc.constantFrom([], ["Mooring-Retries", "1"]),
        async (up, down, there, back, retries) => {
          const body = Buffer.alloc(up.reduce((sum, length) => sum + length, 0));
          for (let at = 0; at < body.length; at += 1) body[at] = (at * 31 + (at >> 8)) & 0xff;
          const length = there === "length" ? ["Content-Length", String(body.length)] : ["Transfer-Encoding", "chunked"];
          const sent = httpRequest({
            port,
            host: "127.0.0.1",
            method: "PUT",
            path: `${proxyPath}/`,
            agent: false,
            headers: ["Host", "m", "X-Pieces", JSON.stringify(down), "X-Framing", back, ...length, ...retries],
          });
          let at = 0;
          for (const size of up) {
            sent.write(body.subarray(at, at + size));
            at += size;
            await new Promise(setImmediate);
          }
          sent.end();
          const [response] = (await once(sent, "response")) as [IncomingMessage];
          expect(response.statusCode).toBe(200);
          expect((await collected(response)).equals(body)).toBe(true);
          expect(response.headers["content-length"]).toBe(back === "length" ? String(body.length) : undefined);
        },
      ),
      { numRuns: trials({ change: 60, long: 3_000 }) },
    );
  });

  const text = Buffer.from("the same again, ".repeat(500));
  it.each([
    ["gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["br", brotliCompressSync(text)],
    ["zstd", zstdCompressSync(text)],
    ["gzip", Buffer.from("not gzip at all")],
  ])("that are compressed stay so: %s", async (coding, squeezed) => {
    const { call, seen } = await rig({
      upstream: async (request, response) => {
        const isSame = (await collected(request)).equals(squeezed);
        response.writeHead(isSame ? 200 : 400, { "Content-Encoding": coding, Vary: "Accept-Encoding" }).end(squeezed);
      },
    });
    const answer = await call("/", {
      method: "PUT",
      headers: ["Content-Encoding", coding, "Accept-Encoding", "gzip, br, zstd"],
      body: squeezed,
    });
    expect(answer).toMatchObject({ status: 200, headers: { "content-encoding": coding, vary: "Accept-Encoding" } });
    expect(answer.body.equals(squeezed)).toBe(true);
    expect(seen[0]?.rawHeaders.join()).toContain(`Content-Encoding,${coding},Accept-Encoding,gzip, br, zstd`);
  });

  it.each([
    [206, ["Range", "bytes=2-4", "If-Range", '"1"']],
    [416, ["Range", "bytes=99-"]],
    [304, ["If-None-Match", '"1"']],
    [412, ["If-Match", '"2"']],
  ])("may be asked for in part or on a condition: %d", async (status, headers) => {
    const { call, seen } = await rig({
      upstream: (_request, response) => {
        response.writeHead(status, { "Content-Range": "bytes 2-4/9", ETag: '"1"', "Accept-Ranges": "bytes" });
        response.end(status === 304 ? undefined : "par");
      },
    });
    const answer = await call("/", { headers });
    expect(answer).toMatchObject({ status, headers: { "content-range": "bytes 2-4/9", etag: '"1"', "accept-ranges": "bytes" } });
    expect(answer.body.toString()).toBe(status === 304 ? "" : "par");
    expect(seen[0]?.rawHeaders.slice(4)).toEqual(headers);
  });
});

describe("what comes little by little", () => {
  it("is seen before the next is sent: server-sent events", async () => {
    const events: (() => void)[] = [];
    const { port } = await rig({
      upstream: (_request, response) => {
        response.writeHead(200, { "Content-Type": "text/event-stream" });
        let count = 0;
        events.push(() => {
          count += 1;
          if (count > 5) response.end();
          else response.write(`data: ${count}\n\n`);
        });
        events[0]?.();
      },
    });
    const response = await opened(port);
    const seen: string[] = [];
    for await (const event of response) {
      seen.push(String(event));
      events[0]?.();
    }
    expect(seen).toEqual([1, 2, 3, 4, 5].map((count) => `data: ${count}\n\n`));
  });

  it("ends when the upstream is silent for longer than the idle deadline, and not before (S-9)", async () => {
    const { port } = await rig({
      upstream: async (_request, response) => {
        for (let count = 0; count < 4; count += 1) {
          response.write("tick");
          await new Promise((done) => setTimeout(done, 400));
        }
      },
      deadlines: { idleMs: 1_000 },
    });
    const response = await opened(port);
    let text = "";
    response.on("data", (data) => {
      text += data;
    });
    const [error] = await once(response, "error");
    expect(error).toMatchObject({ code: "ECONNRESET" });
    expect(text).toBe("ticktickticktick");
  });
});

describe("trailers", () => {
  const upstream = {
    "X-Sum": "9",
    Server: "me",
    "Content-Type": "text/html",
    "Set-Cookie": "a=1",
    "Mooring-Origin": "forged",
    Location: "/",
  };
  const names = Object.keys(upstream).join(", ");

  it.each([
    { te: "trailers", trailers: { "x-sum": "9", server: "me" } },
    { te: "deflate;q=0.5, Trailers", trailers: { "x-sum": "9", server: "me" } },
    { te: "trailers;q=0, gzip", trailers: {} },
    { te: undefined, trailers: {} },
  ])("reach a caller who takes them, without those that belong in a head: TE $te", async ({ te, trailers }) => {
    const { port } = await rig({
      upstream: (_request, response) => {
        response.writeHead(200, { Trailer: names });
        response.write("body");
        response.addTrailers(upstream);
        response.end();
      },
    });
    for (const retries of [[], ["Mooring-Retries", "1"]]) {
      const response = await opened(port, te === undefined ? retries : ["TE", te, "Connection", "TE", ...retries]);
      expect(response.headers.trailer).toBe(Object.keys(trailers).length > 0 ? "x-sum, server" : undefined);
      expect((await collected(response)).toString()).toBe("body");
      expect(response.trailers).toEqual(trailers);
    }
  });

  it("reach a caller from HTTP/2 as well", async () => {
    const api = await startHttp2((stream) => {
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "9", "content-type": "text/html" }));
      stream.end("body");
    });
    const { port } = await rig({ snapshot: { baseUrl: api.origin } });
    const response = await opened(port, ["TE", "trailers"]);
    expect((await collected(response)).toString()).toBe("body");
    expect(response.trailers).toEqual({ "x-sum": "9" });
  });

  it.each([
    ["HEAD", 200, {}],
    ["GET", 204, {}],
    ["GET", 304, {}],
    ["GET", 200, { "Content-Length": "4" }],
  ])("have no place in %s %d %j, which is answered all the same", async (method, status, headers) => {
    const { call } = await rig({
      upstream: (_request, response) => {
        response.writeHead(status, headers);
        response.end(status === 200 ? "body" : undefined);
      },
    });
    const answer = await call("/", { method, headers: ["TE", "trailers"] });
    expect(answer.status).toBe(status);
    expect(answer.headers).not.toHaveProperty("trailer");
  });

  it("of a caller end at the gateway", async () => {
    const { port, seen } = await rig({ upstream: (request, response) => void request.pipe(response) });
    const said = await exchanged(
      port,
      `POST ${proxyPath}/ HTTP/1.1\r\nHost: m\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 9\r\n\r\n`,
    );
    expect(said).toMatch(/body/);
    expect(seen[0]?.rawHeaders.join().toLowerCase()).not.toContain("x-sum");
  });
});

describe("Expect: 100-continue", () => {
  const head = (method: string, more = "") =>
    `${method} ${proxyPath}/ HTTP/1.1\r\nHost: m\r\nContent-Length: 4\r\nExpect: 100-continue\r\n${more}\r\n`;

  it.each(["", "Mooring-Retries: 1\r\n"])("is answered with one go-ahead when the body is wanted: %j", async (more) => {
    const { port, seen } = await rig({ upstream: (request, response) => void request.pipe(response) });
    const socket = connect(port, "127.0.0.1");
    socket.write(head("PUT", `Connection: close\r\n${more}`));
    expect(String((await once(socket, "data"))[0])).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("body");
    let said = "";
    for await (const data of socket) said += data;
    expect(said).toMatch(/^HTTP\/1.1 200 [\s\S]*body/);
    expect(said).not.toContain("100 Continue");
    expect(seen[0]?.rawHeaders.join().toLowerCase()).not.toContain("expect");
  });

  it.each([
    ["nobody known", 401, "PUT"],
    ["TRACE", 405, "TRACE"],
  ])("is answered with the refusal alone: %s", async (_who, status, method) => {
    const { port, seen } = await rig({
      authenticate: () => {
        if (status === 401) throw new Problem("unauthenticated");
        return actor;
      },
      lingerMs: 50,
    });
    const said = await exchanged(port, head(method));
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(said).toMatch(/connection: close/i);
    expect(said).not.toContain("100 Continue");
    expect(seen).toEqual([]);
  });

  it("is nothing to HTTP/1.0 (RFC 9110 section 10.1.1)", async () => {
    const { port } = await rig({ upstream: (request, response) => void request.pipe(response) });
    const said = await exchanged(port, `${head("PUT").replace("HTTP/1.1", "HTTP/1.0")}body`);
    expect(said).toMatch(/^HTTP\/1.1 200 [\s\S]*body/);
  });
});

async function opened(port: number, headers: string[] = []): Promise<IncomingMessage> {
  const sent = httpRequest({ port, host: "127.0.0.1", path: `${proxyPath}/`, agent: false, headers: ["Host", "m", ...headers] });
  sent.on("error", () => {}).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return response;
}

async function collected(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** All that is said on a connection on which `text` was sent, up to its end. */
async function exchanged(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  let said = "";
  for await (const data of socket) said += data;
  return said;
}
