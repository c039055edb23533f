import { describe, expect, it } from "vitest";
import { sortHeaders } from "../../src/protocols/http/request-headers.ts";
import { relayHeaders, unprompted } from "../../src/protocols/http/response-headers.ts";

const casings = [(name: string) => name.toLowerCase(), (name: string) => name.toUpperCase(), titled];
const forwarded = (raw: string[], injected: string[] = []) => sortHeaders(raw, new Set(injected)).forwarded;

describe("a caller's headers (S-6)", () => {
  const dropped = [
    ..."Host Content-Length Transfer-Encoding Connection Keep-Alive TE Trailer Upgrade Expect HTTP2-Settings".split(" "),
    ..."Proxy Proxy-Authorization Proxy-Authenticate Proxy-Connection Proxy-Anything".split(" "),
    ..."Forwarded X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Forwarded-Port X-Forwarded-Server X-Forwarded-Prefix X-Real-IP".split(
      " ",
    ),
    ..."Authorization Cookie Cookie2".split(" "),
    ..."Mooring-Variables Mooring-Ignore-Headers Mooring-Refresh-Credential Mooring-Timeout-Ms Mooring-Csrf Mooring-Anything".split(" "),
    // To a server that makes variables of headers, these are the same as the above.
    ..."X_Forwarded_For Proxy_Authorization Content_Length Mooring_Anything X_Real_IP".split(" "),
  ];
  const kept =
    "Accept Accept-Encoding Accept-Language Content-Type Content-Encoding User-Agent If-Match Range X-Custom X-Api-Key Idempotency-Key Traceparent".split(
      " ",
    );

  it.each(dropped)("%s never goes on", (name) => {
    for (const cased of casings) expect(forwarded([cased(name), "x", "Accept", "*/*"])).toEqual(["Accept", "*/*"]);
  });

  it.each(kept)("%s goes on in the caller's spelling, as often as it came", (name) => {
    for (const cased of casings) expect(forwarded([cased(name), "1", cased(name), "2"])).toEqual([cased(name), "1", cased(name), "2"]);
  });

  it.each(["X-Api-Key", "x-api-key", "X_API_KEY", "X-API_key"])("%s gives way to a credential's", (name) => {
    expect(forwarded([name, "mine", "Accept", "*/*"], ["x-api-key"])).toEqual(["Accept", "*/*"]);
  });

  it("drops what Connection and Mooring-Ignore-Headers name", () => {
    const raw = [
      "X-Hop",
      "1",
      "Accept",
      "*/*",
      "Connection",
      "close, x-hop",
      "User-Agent",
      "me",
      "mooring-ignore-headers",
      "USER-agent , x-none",
      "X-Stay",
      "2",
    ];
    expect(forwarded(raw)).toEqual(["Accept", "*/*", "X-Stay", "2"]);
  });

  it("tells what was meant for the gateway", () => {
    const raw = ["Mooring-Variables", "a=b", "Mooring-Timeout-Ms", "5", "Content-Length", "7", "Upgrade", "h2c"];
    expect(sortHeaders(raw, new Set())).toEqual({
      forwarded: [],
      variables: "a=b",
      timeoutMs: "5",
      contentLength: "7",
      upgrade: "h2c",
    });
  });
});

describe("an upstream's headers (S-8)", () => {
  const stripped = [
    ..."connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade".split(" "),
    ..."set-cookie set-cookie2 clear-site-data strict-transport-security public-key-pins alt-svc nel report-to reporting-endpoints".split(
      " ",
    ),
    ..."content-security-policy content-security-policy-report-only x-content-type-options expect-ct service-worker-allowed accept-ch".split(
      " ",
    ),
    ..."access-control-allow-origin access-control-allow-credentials access-control-allow-methods access-control-allow-headers".split(" "),
    ..."access-control-expose-headers access-control-max-age access-control-allow-private-network".split(" "),
    ..."mooring-origin mooring-request-id mooring-anything".split(" "),
  ];
  const kept = [
    ..."content-type content-length content-encoding content-language content-disposition content-range content-location".split(" "),
    ..."cache-control etag expires last-modified age vary pragma date location retry-after link accept-ranges allow".split(" "),
    ..."www-authenticate server via warning x-request-id x-ratelimit-remaining x-frame-options referrer-policy x-custom".split(" "),
  ];

  it.each(stripped)("%s is stripped", (name) => {
    expect(relayHeaders({ [name]: "x", "x-custom": "1" }, 200)).toEqual(["x-custom", "1"]);
  });

  it.each(kept)("%s is relayed, as often as it came", (name) => {
    expect(relayHeaders({ [name]: ["1", "2"] }, 200)).toEqual([name, "1", name, "2"]);
  });

  it("hides a challenge from a browser, which would ask for a password as if it were Mooring's", () => {
    const relayed = relayHeaders({ "www-authenticate": 'Basic realm="x"', "x-custom": "www-authenticate" }, 401);
    expect(unprompted(relayed)).toEqual(["mooring-www-authenticate", 'Basic realm="x"', "x-custom", "www-authenticate"]);
  });

  it("strips what Connection names", () => {
    const headers = { connection: "close, X-Hop", "x-hop": "1", "x-stay": "2" };
    expect(relayHeaders(headers, 200)).toEqual(["x-stay", "2"]);
    expect(relayHeaders({ ...headers, connection: ["close", "x-hop"] }, 200)).toEqual(["x-stay", "2"]);
  });

  it("gives no length where none may be (RFC 9110 section 8.6, RFC 9112 section 6.3)", () => {
    expect(relayHeaders({ "content-length": "5" }, 204)).toEqual([]);
    expect(relayHeaders({ "content-length": "5", "transfer-encoding": "chunked" }, 200)).toEqual([]);
    expect(relayHeaders({ "content-length": "5" }, 304)).toEqual(["content-length", "5"]);
  });

  it("relays names that mean something to JavaScript", () => {
    const headers = Object.defineProperty({ constructor: "1" }, "__proto__", { value: "2", enumerable: true }) as unknown as Record<
      string,
      string
    >;
    expect(relayHeaders(headers, 200)).toEqual(["constructor", "1", "__proto__", "2"]);
  });
});

function titled(name: string): string {
  return name.toLowerCase().replace(/(^|[-_])[a-z]/g, (letter) => letter.toUpperCase());
}
