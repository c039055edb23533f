import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { call, proxyPath, rig } from "./rig.ts";

const MiB = 1024 * 1024;
const piece = Buffer.alloc(64 * 1024, "x");

describe("streams", () => {
  it("gives the caller the first byte long before the last exists", async () => {
    const { promise: firstSeen, resolve: sawFirst } = Promise.withResolvers<void>();
    const { port } = await rig({
      upstream: async (_, response) => {
        response.writeHead(200, { "Content-Type": "text/event-stream" });
        response.write("first");
        await firstSeen;
        response.end("last");
      },
    });
    const response = await opened(port, {});
    const text: string[] = [];
    response.on("data", (data: Buffer) => {
      text.push(data.toString());
      if (text.join("") === "first") sawFirst();
    });
    await once(response, "end");
    expect(text.join("")).toBe("firstlast");
  });

  it("gives the caller the head before there is a body", async () => {
    const { promise: headSeen, resolve: sawHead } = Promise.withResolvers<void>();
    const { port } = await rig({
      upstream: async (_, response) => {
        response.writeHead(200, { "Content-Length": "4" }).flushHeaders();
        await headSeen;
        response.end("body");
      },
    });
    const response = await opened(port, {});
    sawHead();
    expect(response.headers["content-length"]).toBe("4");
    expect((await read(response)).toString()).toBe("body");
  });

  it("gives the upstream the first byte long before the last exists", async () => {
    const { promise: firstSeen, resolve: sawFirst } = Promise.withResolvers<void>();
    const { port } = await rig({
      upstream: (request, response) => {
        const text: string[] = [];
        request.on("data", (data: Buffer) => {
          text.push(data.toString());
          sawFirst();
        });
        request.on("end", () => response.end(`${text.join("")} ${request.headers["transfer-encoding"]}`));
      },
    });
    const sent = started(port, { method: "POST" });
    sent.write("first");
    await firstSeen;
    sent.end("last");
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect((await read(response)).toString()).toBe("firstlast chunked");
  });

  it("passes 64 MiB down and up, with never more than a part of it on the way (S-9)", async () => {
    const total = 64 * MiB;
    let [given, taken, most] = [0, 0, 0];
    const give = (bytes: number) => {
      given += bytes;
      most = Math.max(most, given - taken);
    };
    const { port } = await rig({
      upstream: async (request, response) => {
        if (request.method === "GET") return pour(response, total, give);
        for await (const data of request) taken += (data as Buffer).length;
        response.end("taken");
      },
    });
    for await (const data of await opened(port, {})) taken += (data as Buffer).length;
    expect([given, taken]).toEqual([total, total]);

    const sent = started(port, { method: "POST", headers: ["Content-Length", String(total)] });
    await pour(sent, total, give);
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    expect((await read(answer)).toString()).toBe("taken");
    expect([given, taken]).toEqual([2 * total, 2 * total]);
    // The buffers of four sockets count too.
    expect(most).toBeLessThan(32 * MiB);
  });

  it("stops reading from the upstream while the caller does not take it", async () => {
    let written = 0;
    const { port, gateway } = await rig({
      upstream: (_, response) => {
        const more = () => {
          while (response.write(piece)) written += piece.length;
          written += piece.length;
        };
        response.on("drain", more);
        more();
      },
    });
    const response = await opened(port, {});
    response.pause();
    await still(() => written);
    expect(written).toBeLessThan(32 * MiB);
    response.destroy();
    await until(() => gateway.stats().inFlight === 0);
  });

  it("stops reading from the caller while the upstream does not take it", async () => {
    const { port } = await rig({ upstream: (request) => request.pause() });
    const sent = started(port, { method: "POST" });
    sent.on("error", () => {});
    let written = 0;
    const more = () => {
      while (sent.write(piece)) written += piece.length;
      written += piece.length;
    };
    sent.on("drain", more);
    more();
    await still(() => written);
    expect(written).toBeLessThan(32 * MiB);
    sent.destroy();
  });
});

describe("what breaks off", () => {
  it.each([
    { framing: "length", headers: { "Content-Length": "1000" } },
    { framing: "chunks", headers: {} },
  ])("an answer by $framing that ends too early never looks whole", async ({ headers }) => {
    const { port } = await rig({
      upstream: (request, response) => {
        response.writeHead(200, headers).write("half");
        setImmediate(() => request.socket.destroy());
      },
    });
    const response = await opened(port, {});
    await expect(read(response)).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("an answer that ends too early never looks whole to a caller of HTTP/1.0 either", async () => {
    const { port } = await rig({
      upstream: (request, response) => {
        response.write("half");
        setImmediate(() => request.socket.destroy());
      },
    });
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET ${proxyPath}/ HTTP/1.0\r\n\r\n`);
    const [error] = (await once(socket.resume(), "error").catch((failure) => [failure])) as [{ code: string }];
    expect(error.code).toBe("ECONNRESET");
  });

  it("an upstream that goes silent in its answer is given up", async () => {
    const { port } = await rig({ upstream: (_, response) => void response.write("half"), deadlines: { idleMs: 100 } });
    await expect(read(await opened(port, {}))).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it.each(["before the answer", "in the answer", "in its own body"])(
    "a caller that goes away %s ends the upstream's exchange",
    async (when) => {
      const { promise: ended, resolve: onEnd } = Promise.withResolvers<void>();
      const { promise: begun, resolve: onBegin } = Promise.withResolvers<void>();
      const { port, gateway, net } = await rig({
        upstream: (request, response) => {
          request.socket.on("close", onEnd);
          request.on("error", () => {}).resume();
          if (when === "in the answer") response.write("half");
          onBegin();
        },
      });
      const sent = started(port, { method: "POST" });
      sent.on("error", () => {});
      if (when === "in its own body") sent.write("half");
      else sent.end("whole");
      await begun;
      if (when === "in the answer") await once(sent, "response");
      sent.destroy();
      await ended;
      await until(() => gateway.stats().inFlight === 0 && net.stats().calls === 0);
      expect(gateway.stats().ended.aborted).toBe(1);
    },
  );
});

describe("an answer before the end of the caller's body", () => {
  it.each([
    { whose: "the upstream's", path: "/", status: 413 },
    { whose: "the gateway's", path: "/..%2f", status: 400 },
  ])("$whose arrives, the rest is thrown away, and the connection goes on", async ({ path, status }) => {
    const { port, seen } = await rig({
      upstream: (request, response) => void response.writeHead(request.method === "POST" ? 413 : 200).end("early"),
    });
    const socket = connect(port, "127.0.0.1");
    const read = reader(socket);
    socket.write(`POST ${proxyPath}${path} HTTP/1.1\r\nHost: m\r\nContent-Length: ${2 * MiB}\r\n\r\n`);
    socket.write(Buffer.alloc(MiB));
    await read(new RegExp(`^HTTP/1.1 ${status} `));
    socket.write(Buffer.alloc(MiB));
    socket.write(`GET ${proxyPath}/next HTTP/1.1\r\nHost: m\r\n\r\n`);
    await read(/HTTP\/1.1 200 [\s\S]*early/);
    expect(seen.at(-1)).toMatchObject({ method: "GET", url: "/next" });
    socket.destroy();
  });

  it("arrives too when the rest never ends, and then the connection is closed", async () => {
    const { port } = await rig({ upstream: (_, response) => void response.writeHead(413).end("early"), lingerMs: 50 });
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    const read = reader(socket);
    socket.write(`POST ${proxyPath}/ HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n`);
    const closed = once(socket, "close");
    await read(/^HTTP\/1.1 413 [\s\S]*early/);
    await closed;
  });

  it("Expect: 100-continue gets its go-ahead, and the upstream never sees it", async () => {
    const { port, seen } = await rig({ upstream: (request, response) => void request.pipe(response) });
    const sent = started(port, { method: "POST", headers: ["Expect", "100-continue", "Content-Length", "4"] });
    sent.flushHeaders();
    await once(sent, "continue");
    sent.end("body");
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect((await read(response)).toString()).toBe("body");
    expect(seen[0]?.rawHeaders.map((one) => one.toLowerCase())).not.toContain("expect");
  });

  it("interim answers of the upstream stay with the gateway", async () => {
    const { port } = await rig({
      upstream: (_, response) => {
        response.writeEarlyHints({ link: "</style.css>; rel=preload" });
        response.end("final");
      },
    });
    const answer = await call(port, `${proxyPath}/`);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body.toString()).toBe("final");
  });
});

function started(port: number, { method = "GET", headers = [] }: { method?: string; headers?: string[] }) {
  return httpRequest({
    port,
    host: "127.0.0.1",
    method,
    path: `${proxyPath}/stream`,
    agent: false,
    headers: ["Host", "mooring.test", ...headers],
  });
}

async function opened(port: number, options: { method?: string }): Promise<IncomingMessage> {
  const sent = started(port, options);
  sent.on("error", () => {});
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return response;
}

async function read(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const data of response) pieces.push(data as Buffer);
  return Buffer.concat(pieces);
}

async function pour(sink: ServerResponse | ReturnType<typeof httpRequest>, total: number, give: (bytes: number) => void): Promise<void> {
  for (let sent = 0; sent < total; sent += piece.length) {
    give(piece.length);
    if (!sink.write(piece)) await once(sink, "drain");
  }
  sink.end();
}

/** Waits until `figure` has stopped growing. */
async function still(figure: () => number): Promise<void> {
  for (let before = -1; before !== figure(); await pause(150)) before = figure();
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(5);
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Collects what a socket says; each read waits until the text since the last one matches. */
function reader(socket: ReturnType<typeof connect>) {
  let text = "";
  socket.on("data", (data) => {
    text += data.toString("latin1");
  });
  return async (expected: RegExp) => {
    await until(() => expected.test(text));
    text = "";
  };
}
