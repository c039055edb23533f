import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTemplate, resolve } from "../../src/domain/template.ts";
import { trials } from "../harness/profile.ts";

const propertyTimeoutMs = trials({ change: 60_000, long: 900_000 });

const values = (entries: Record<string, string>) => ({ env: new Map(Object.entries(entries)) });

describe("a template (I-1, I-4)", () => {
  it.each([
    { text: "https://{{ env.region }}.example.com", expected: "https://eu.example.com" },
    { text: "{{env.region}}", expected: "eu" },
    { text: "{{ .env.region }}", expected: "eu" },
    { text: "{{.env.region}}-{{\tenv.tenant }}", expected: "eu-acme" },
    { text: "{{ env.dotted.name-1 }}", expected: "dotted" },
    { text: 'no placeholder: {"a":{"b":1}}', expected: 'no placeholder: {"a":{"b":1}}' },
    { text: "", expected: "" },
  ])("reads $text", ({ text, expected }) => {
    const found = resolve(parseTemplate(text), values({ region: "eu", tenant: "acme", "dotted.name-1": "dotted" }));
    expect(found).toBe(expected);
  });

  it.each([
    "{{",
    "{{ env.region",
    "{{ region }}",
    "{{ secret.key }}",
    "{{ env. }}",
    "{{ env.a b }}",
    "{{{ env.a }}}",
    "{{ env.a | upper }}",
    "{{ ..env.a }}",
  ])("refuses %s", (text) => {
    const template = parseTemplate(`before ${text} after`);
    expect(template.faults).not.toEqual([]);
    expect(() => resolve(template, values({ a: "1", region: "eu" }))).toThrow(expect.objectContaining({ code: "template_unresolved" }));
  });

  it("names every placeholder without a value, once each", () => {
    const template = parseTemplate("{{ env.a }}/{{ env.missing }}/{{ env.missing }}/{{ param.id }}");
    expect(() => resolve(template, values({ a: "1" }))).toThrow(/no value for \{\{ env\.missing \}\}, \{\{ param\.id \}\}\.$/);
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("takes %s for a name like any other", (name) => {
    const template = parseTemplate(`{{ env.${name} }}`);
    expect(() => resolve(template, values({}))).toThrow(expect.objectContaining({ code: "template_unresolved" }));
    expect(resolve(template, { env: new Map([[name, "plain"]]) })).toBe("plain");
  });

  it("puts any value in literally and never scans it again", { timeout: propertyTimeoutMs }, () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("{{ env.b }}", "{{ env.a }}", "}}{{", "__proto__", "$&", "$1", "{{ param.x }}"),
    );
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        expect(resolve(parseTemplate("<{{ env.a }}|{{ env.b }}>"), values({ a, b }))).toBe(`<${a}|${b}>`);
      }),
      { numRuns: trials({ change: 10_000, long: 1_000_000 }) },
    );
  });
});
