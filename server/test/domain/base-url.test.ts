import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baseUrlFault, originOf, parseBaseUrl, resolveBaseUrl } from "../../src/domain/base-url.ts";
import { trials } from "../harness/profile.ts";

const propertyTimeoutMs = trials({ change: 60_000, long: 900_000 });

const variables = (entries: Record<string, string>) => new Map(Object.entries(entries));
const resolved = (text: string, entries: Record<string, string> = {}) => resolveBaseUrl(parseBaseUrl(text), variables(entries));

describe("a base URL", () => {
  it.each([
    { text: "https://example.com", origin: "https://example.com", path: "" },
    { text: "HTTPS://Example.com:443/Api/", origin: "https://example.com", path: "/Api" },
    { text: "http://127.0.0.1:8080/v1", origin: "http://127.0.0.1:8080", path: "/v1" },
    { text: "http://[::1]:8080", origin: "http://[::1]:8080", path: "" },
    { text: "https://{{ env.tenant }}.example.com/api/{{ env.version }}", origin: "https://acme.example.com", path: "/api/v2/x" },
    { text: "https://{{ env.host }}/api", origin: "https://example.org:8443", path: "/api" },
    { text: "https://example.com:{{ env.port }}", origin: "https://example.com:9443", path: "" },
    { text: "http://{{ env.tenant }}.example.com:{{ env.port }}", origin: "http://acme.example.com:9443", path: "" },
    { text: "{{ env.base }}", origin: "https://example.net", path: "/root" },
    { text: "{{ env.base }}/v2", origin: "https://example.net", path: "/root/v2" },
    { text: "https://example.com/{{ env.odd }}", origin: "https://example.com", path: "/a%20b%3Fc%23d%25" },
    { text: "https://example.com/ä{b}", origin: "https://example.com", path: "/%C3%A4%7Bb%7D" },
  ])("$text leads where it says", ({ text, origin, path }) => {
    const entries = {
      tenant: "acme",
      version: "v2/x",
      host: "example.org:8443",
      port: "9443",
      base: "https://example.net/root/",
      odd: "a b?c#d%",
    };
    expect(baseUrlFault(text)).toBeUndefined();
    expect(resolved(text, entries)).toEqual({ origin, path });
    expect(originOf(text, variables(entries))).toBe(origin);
  });

  it.each([
    "",
    "/relative",
    "example.com",
    "ftp://example.com",
    "javascript:alert(1)",
    "https://",
    "https:///example.com",
    "https:/example.com",
    "https://user@example.com",
    "https://user:password@example.com",
    "https://{{ env.user }}@example.com",
    "https://example.com?a=b",
    "https://example.com/#fragment",
    "https://example.com/a b",
    "https://example.com\\evil",
    "https://exam\tple.com",
    "https://example.com/a/../b",
    "https://example.com/%2e%2E/b",
    "https://example.com:99999",
    "https://exa{{ env.x",
    "https://{{ param.x }}.example.com",
    "{{ env.base }}.example.com",
    "{{ env.scheme }}://example.com",
    "https{{ env.s }}://example.com",
  ])("%s is refused", (text) => {
    expect(baseUrlFault(text)).toEqual(expect.any(String));
    expect(originOf(text, variables({ base: "https://a.com", user: "u", s: "", scheme: "https", x: "x" }))).toBeUndefined();
  });

  it.each([
    { text: "https://{{ env.x }}.example.com", value: "" },
    { text: "https://{{ env.x }}.example.com", value: "evil.com/" },
    { text: "https://{{ env.x }}.example.com", value: "evil.com#" },
    { text: "https://{{ env.x }}.example.com", value: "evil.com:80" },
    { text: "https://{{ env.x }}.example.com", value: "user@evil" },
    { text: "https://{{ env.x }}.example.com", value: "evil\\" },
    { text: "https://api{{ env.x }}", value: ".com/evil" },
    { text: "https://{{ env.x }}", value: "evil.com/path" },
    { text: "https://{{ env.x }}", value: "user@evil.com" },
    { text: "https://{{ env.x }}", value: "evil.com%2f" },
    { text: "{{ env.x }}", value: "ftp://evil.com" },
    { text: "{{ env.x }}", value: "https://user@evil.com" },
    { text: "{{ env.x }}", value: "https://evil.com?a" },
    { text: "{{ env.x }}", value: "https://{{ env.y }}.com" },
    { text: "https://example.com/{{ env.x }}", value: ".." },
    { text: "https://example.com/a/{{ env.x }}/b", value: "c/../../d" },
    { text: "https://example.com/.{{ env.x }}", value: "." },
  ])("$text refuses the value $value", ({ text, value }) => {
    expect(() => resolved(text, { x: value, y: "evil" })).toThrow(expect.objectContaining({ code: "template_unresolved", status: 422 }));
  });

  it("never says the value of a variable in what it refuses", () => {
    expect(() => resolved("https://{{ env.x }}.example.com", { x: "canary/value" })).toThrow(/^(?!.*canary)/);
  });

  it("keeps its origin whatever stands in its path (S-5)", { timeout: propertyTimeoutMs }, () => {
    const hostile = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[/\\.@:?#%2eEfF\t]{0,12}$/));
    fc.assert(
      fc.property(hostile, (value) => {
        const text = "https://api.example.com/a/{{ env.x }}/b";
        expect(originOf(text, variables({ x: value }))).toBe("https://api.example.com");
        const base = tried(() => resolved(text, { x: value }));
        if (base) expect(new URL(base.origin + base.path).origin).toBe("https://api.example.com");
      }),
      { numRuns: trials({ change: 10_000, long: 1_000_000 }) },
    );
  });

  it("stays below its own domain whatever stands for a label (S-5)", { timeout: propertyTimeoutMs }, () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[a-z./\\@:?#%2e-]{1,12}$/)), (value) => {
        const origin = originOf("https://{{ env.x }}.example.com", variables({ x: value }));
        if (origin !== undefined) expect(origin).toMatch(/^https:\/\/[^/@:?#\\]+\.example\.com$/);
      }),
      { numRuns: trials({ change: 10_000, long: 1_000_000 }) },
    );
  });
});

function tried<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
