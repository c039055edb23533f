import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { apiKey, basicAuth, canary, proxyPath, rig, valuesOf } from "./rig.ts";

const casings: ((name: string) => string)[] = [
  (name) => name.toLowerCase(),
  (name) => name.toUpperCase(),
  (name) => name.replace(/[a-z]/gi, (letter, at: number) => (at % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase())),
];

/** What a caller may try to set, with a value that reaches the gateway where the usual one would not. */
const theirs: Record<string, string> = {
  ...Object.fromEntries(
    [
      ..."Authorization Cookie Cookie2 X-Api-Key X_Api_Key Proxy Proxy-Authorization Proxy-Authenticate Proxy-Connection Proxy-Anything".split(
        " ",
      ),
      ..."Forwarded X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Forwarded-Port X-Forwarded-Server X-Forwarded-Prefix".split(" "),
      ..."X-Forwarded-Anything X_Forwarded_For X-Real-IP X_Real_IP Keep-Alive TE Trailer HTTP2-Settings Upgrade".split(" "),
      ..."Mooring-Ignore-Headers Mooring-Refresh-Credential Mooring-Csrf Mooring-Origin Mooring-Request-Id Mooring-Attempts".split(" "),
      ..."Mooring_Anything Content_Length Transfer_Encoding Proxy_Authorization".split(" "),
    ].map((name) => [name, "mine"]),
  ),
  Connection: "mine",
  Expect: "100-continue",
  "Content-Length": "0",
  "Transfer-Encoding": "chunked",
  "Mooring-Retries": "0",
  "Mooring-Timeout-Ms": "299999",
  "Mooring-Variables": "mine=mine",
};

describe("a header of a caller (S-6)", () => {
  it("is tried in forty and more ways", () => expect(Object.keys(theirs).length).toBeGreaterThanOrEqual(40));

  it.each(Object.keys(theirs))("never reaches the upstream, whatever its casing: %s", async (name) => {
    for (const cased of casings) {
      const { port, seen, upstreamPort } = await rig({ snapshot: { credentials: [apiKey("header", "X-Api-Key"), basicAuth("a")] } });
      const end = name === "Transfer-Encoding" ? "0\r\n\r\n" : "";
      const said = await exchanged(
        port,
        `GET ${proxyPath}/ HTTP/1.1\r\nHost: m\r\nX-Stays: 1\r\n${cased(name)}: ${theirs[name]}\r\nConnection: close\r\n\r\n${end}`,
      );
      expect(said).toMatch(/HTTP\/1\.1 200 /);
      const [request] = seen as [(typeof seen)[0]];
      const names = request.rawHeaders.filter((_, at) => at % 2 === 0).map((one) => one.toLowerCase());
      expect(names).toEqual(["host", "connection", "x-stays", "x-api-key", "authorization"]);
      expect(valuesOf(request, "host")).toEqual([`127.0.0.1:${upstreamPort}`]);
      expect(request.rawHeaders.join("\n")).not.toContain("mine");
    }
  });

  it.each(["authorization", "Authorization", "AUTHORIZATION", "x-api-key", "X-API-KEY", "cookie", "host", "content-length"])(
    "named in Connection takes nothing of ours away: %s",
    async (name) => {
      const credentials = [apiKey("header", "X-Api-Key"), basicAuth("a"), apiKey("cookie", "c")];
      const { port, seen, upstreamPort } = await rig({ snapshot: { credentials } });
      const said = await exchanged(
        port,
        `PUT ${proxyPath}/ HTTP/1.1\r\nHost: m\r\nContent-Length: 4\r\nConnection: close, ${name}\r\n\r\nbody`,
      );
      expect(said).toMatch(/^HTTP\/1\.1 200 /);
      const [request] = seen as [(typeof seen)[0]];
      expect(valuesOf(request, "authorization")).toEqual([expect.stringMatching(/^Basic /)]);
      expect(valuesOf(request, "x-api-key")).toEqual([canary]);
      expect(valuesOf(request, "cookie")).toEqual([`c=${canary}`]);
      expect(valuesOf(request, "host")).toEqual([`127.0.0.1:${upstreamPort}`]);
      expect(valuesOf(request, "content-length")).toEqual(["4"]);
    },
  );
});

/** All that is said on a connection on which `text` was sent, up to its end. */
async function exchanged(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  let said = "";
  for await (const data of socket) said += data;
  return said;
}
