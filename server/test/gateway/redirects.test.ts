import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { Secret } from "../../src/kernel/secret.ts";
import { apiKey, applied, basicAuth, call as callOn, canary, proxyPath, rig } from "./rig.ts";

const credentials = {
  bearer: apiKey("header", "Authorization", `Bearer ${canary}`),
  "header key": apiKey("header", "X-Api-Key"),
  "query key": apiKey("query", "key"),
  cookie: apiKey("cookie", "session"),
  basic: basicAuth("aladdin"),
  "signed body": applied(
    { schemeType: "hmac", in: "header", name: "X-Signature", algorithm: "sha256", digestInputs: ["url", "body"] },
    { type: "string", value: new Secret(canary) },
  ),
};

/** Where a redirect leads, seen from `http://127.0.0.1:{port}`; `other` is a port where somebody listens too. */
const targets: Record<string, (port: number, other: number) => string> = {
  "the same origin": (port) => `http://127.0.0.1:${port}/second`,
  "another port": (_port, other) => `http://127.0.0.1:${other}/`,
  "another host": (_port, other) => `http://localhost:${other}/`,
  "a subdomain": (_port, other) => `http://sub.localhost:${other}/`,
  "another scheme": (_port, other) => `https://127.0.0.1:${other}/`,
  "a private address": (_port, other) => `http://127.0.0.2:${other}/`,
};

describe("a redirect (S-4)", () => {
  const cases = [301, 302, 303, 307, 308].flatMap((status) => Object.keys(targets).map((where) => ({ status, where })));

  it.each(cases)("$status to $where goes to the caller, and nothing of any credential to the second origin", async ({ status, where }) => {
    const sentinel = await listening();
    for (const [name, credential] of Object.entries(credentials)) {
      const { upstreamPort, port, seen } = await rig({
        snapshot: { credentials: [credential], retries: 2 },
        upstream: (request, response) => {
          const location = targets[where]?.(Number(request.socket.localPort), sentinel.port) ?? "";
          request.resume().on("end", () => response.writeHead(status, { Location: location }).end());
        },
      });
      const answer = await callOn(port, `${proxyPath}/first`, { method: "POST", body: "content" });
      expect([name, answer.status, answer.headers.location]).toEqual([name, status, targets[where]?.(upstreamPort, sentinel.port)]);
      expect(JSON.stringify(answer.rawHeaders) + answer.body).not.toContain(canary);
      expect(seen.map(({ url }) => url?.split("?")[0])).toEqual(["/first"]);
      expect(JSON.stringify(seen)).toMatch({ basic: /Basic /, "signed body": /X-Signature/ }[name] ?? new RegExp(canary));
    }
    expect(sentinel.connections()).toBe(0);
  });
});

/** Counts who connects, on every address of loopback. */
async function listening(): Promise<{ port: number; connections(): number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((done) => server.listen(0, "0.0.0.0", done));
  onTestFinished(() => void server.close());
  return { port: (server.address() as { port: number }).port, connections: () => connections };
}
