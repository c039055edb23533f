import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Resolve } from "../../src/net/resolver.ts";
import { listen, openNet, send } from "./outside.ts";

// A private authority, and certificates of it for upstream.test and 127.0.0.1. The keys are for these tests only.
const fixture = (name: string) => readFileSync(join(import.meta.dirname, "fixtures", `${name}.pem`), "utf8");
const key = fixture("test-only-key");
const resolve: Resolve = async () => [{ address: "127.0.0.1", ttlSeconds: 1 }];
const usual = getCACertificates("default");

afterEach(() => {
  setDefaultCACertificates(usual);
  vi.unstubAllEnvs();
});

describe("TLS (S-10)", () => {
  it.each(["https://upstream.test", "https://127.0.0.1"])("reaches %s when its authority is trusted", async (origin) => {
    setDefaultCACertificates([fixture("test-authority")]);
    const port = await startTls("test-certificate");
    expect(await send(openNet({ resolve }), { origin: `${origin}:${port}` })).toEqual({
      status: 200,
      body: `${new URL(origin).hostname}:${port}`,
    });
  });

  it("refuses a certificate whose authority is not trusted", async () => {
    const port = await startTls("test-certificate");
    expect(await send(openNet({ resolve }), { origin: `https://upstream.test:${port}` })).toMatchObject({
      code: "upstream_unreachable",
      message: expect.stringMatching(/UNABLE_TO_VERIFY|SELF_SIGNED/),
    });
  });

  it("refuses it even where the environment turns verification off", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const port = await startTls("test-certificate");
    expect(await send(openNet({ resolve }), { origin: `https://upstream.test:${port}` })).toMatchObject({ code: "upstream_unreachable" });
  });

  it.each([
    ["test-certificate", "other.test", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["test-certificate", "localhost", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["test-expired", "upstream.test", "CERT_HAS_EXPIRED"],
  ])("refuses %s at %s", async (certificate, host, reason) => {
    setDefaultCACertificates([fixture("test-authority")]);
    const port = await startTls(certificate);
    const outcome = await send(openNet({ resolve }), { origin: `https://${host}:${port}` });
    expect(outcome).toMatchObject({ code: "upstream_unreachable", message: expect.stringContaining(reason) });
  });

  it("verifies against the origin, whatever Host header is sent", async () => {
    setDefaultCACertificates([fixture("test-authority")]);
    const port = await startTls("test-certificate");
    const outcome = await send(openNet({ resolve }), { origin: `https://other.test:${port}`, headers: ["host", "upstream.test"] });
    expect(outcome).toMatchObject({ code: "upstream_unreachable" });
  });

  it("resumes a session of its own origin, and sends nothing when the certificate has become another one", async () => {
    setDefaultCACertificates([fixture("test-authority")]);
    let resumed = 0;
    const port = await startTls("test-certificate", (server) => {
      server.on("secureConnection", (socket) => {
        if (socket.isSessionReused()) resumed += 1;
      });
    });
    const net = openNet({ resolve });
    const close = { headers: ["connection", "close"] };
    for (let count = 0; count < 3; count += 1) {
      expect(await send(net, { origin: `https://upstream.test:${port}`, ...close })).toMatchObject({ status: 200 });
    }
    expect(resumed).toBeGreaterThan(0);
    const before = resumed;
    expect(await send(net, { org: "two", origin: `https://upstream.test:${port}`, ...close })).toMatchObject({ status: 200 });
    expect(resumed).toBe(before);
  });

  it("ends with upstream_timeout when the handshake does not end", async () => {
    const { port } = await listen(createTcpServer(), "127.0.0.1");
    const net = openNet({ deadlines: { tlsMs: 30 } });
    expect(await send(net, { origin: `https://127.0.0.1:${port}` })).toMatchObject({
      code: "upstream_timeout",
      message: expect.stringContaining("TLS"),
    });
  });

  it("ends with upstream_unreachable when the connection is cut in the handshake, or is no TLS", async () => {
    const cut = await listen(
      createTcpServer((socket) => void socket.once("data", () => socket.resetAndDestroy())),
      "127.0.0.1",
    );
    const plain = await listen(
      createTcpServer((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
      "127.0.0.1",
    );
    for (const { port } of [cut, plain]) {
      expect(await send(openNet(), { origin: `https://127.0.0.1:${port}` })).toMatchObject({ code: "upstream_unreachable" });
    }
  });
});

async function startTls(certificate: string, prepare: (server: Server) => void = () => {}): Promise<number> {
  const server = createServer({ key, cert: fixture(certificate) }, (request, response) => response.end(request.headers.host));
  prepare(server);
  const { port } = await listen(server, "127.0.0.1");
  return port;
}
