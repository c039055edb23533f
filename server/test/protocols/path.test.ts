import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinPath, joinQuery } from "../../src/protocols/http/path.ts";
import { trials } from "../harness/profile.ts";

const propertyTimeoutMs = trials({ change: 60_000, long: 900_000 });

const origin = "https://api.example.com";

describe("the path of a call (S-5)", () => {
  it.each([
    { base: "", rest: "", path: "/" },
    { base: "", rest: "/", path: "/" },
    { base: "/api", rest: "", path: "/api" },
    { base: "/api", rest: "/", path: "/api/" },
    { base: "/api", rest: "/orders/7.json", path: "/api/orders/7.json" },
    { base: "/api", rest: "//evil.com/x", path: "/api//evil.com/x" },
    { base: "", rest: "//evil.com/x", path: "//evil.com/x" },
    { base: "", rest: "/@evil.com", path: "/@evil.com" },
    { base: "/api", rest: "/a%2Fb/%E4/%zz/a+b;c=d", path: "/api/a%2Fb/%E4/%zz/a+b;c=d" },
    { base: "/api", rest: "/a/../b", path: "/api/a/../b" },
    { base: "/api", rest: "/a..b/...", path: "/api/a..b/..." },
    { base: "/api", rest: "/\xe4", path: "/api/\xe4" },
  ])("$base and $rest give $path, byte for byte", ({ base, rest, path }) => {
    expect(joinPath(base, rest)).toBe(path);
  });

  it.each([
    "/..",
    "/../",
    "/../admin",
    "/a/../..",
    "/%2e%2e/admin",
    "/.%2E/admin",
    "/..%2fadmin",
    "/..%5cadmin",
    "/a%2f..%2f..%2fadmin",
    "/a%2fb/../..",
    "/a//../..",
    "/./../admin",
    "/..;/admin",
    "/a/..;x=y/..;/admin",
    "/\\evil.com",
    "/a\\..\\b",
    "/a\tb",
    "/a\r\nHost: evil",
    "/a\0",
    "/a b",
    "/a#b",
  ])("%j is refused", (rest) => {
    expect(() => joinPath("/api", rest)).toThrow(expect.objectContaining({ code: "invalid_request", status: 400 }));
  });

  it("never leads to another origin, nor out of the base path, whatever the caller sends", { timeout: propertyTimeoutMs }, () => {
    const pieces = ["/", "//", "\\", "@", ":", "evil.com", "..", ".", "%2e", "%2E", "%2f", "%5c", "\t", ";", "?", "#", "a", "http:"];
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }).map((text) => `/${text}`),
      fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => `/${parts.join("")}`),
    );
    fc.assert(
      fc.property(hostile, fc.constantFrom("", "/api", "/api/v1"), (rest, base) => {
        const path = tried(() => joinPath(base, rest));
        if (path === undefined) return;
        const url = new URL(origin + path);
        expect(url.origin).toBe(origin);
        expect(url.username + url.password + url.hash).toBe("");
        expect(url.pathname.startsWith(base)).toBe(true);
      }),
      { numRuns: trials({ change: 10_000, long: 1_000_000 }) },
    );
  });
});

describe("the query of a call", () => {
  const none = { queryNames: [], query: "" };
  const key = { queryNames: ["api key"], query: "api%20key=s" };
  it.each([
    { given: "", proof: none, query: "" },
    { given: "a=1&&b=%zz&a=2", proof: none, query: "a=1&&b=%zz&a=2" },
    { given: "", proof: key, query: "api%20key=s" },
    { given: "a=1", proof: key, query: "a=1&api%20key=s" },
    { given: "api%20key=mine&a=1&api+key=mine&%61pi key".replace(" ", "%20"), proof: key, query: "a=1&api%20key=s" },
    { given: "API%20KEY=1&x", proof: key, query: "API%20KEY=1&x&api%20key=s" },
  ])("$given becomes $query", ({ given, proof, query }) => {
    expect(joinQuery(given, proof)).toBe(query);
  });

  it.each(["a=\r\n", "a=\0", "a#b", "a b"])("%j is refused", (given) => {
    expect(() => joinQuery(given, none)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});

function tried<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
