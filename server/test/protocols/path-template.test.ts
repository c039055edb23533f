import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinPath } from "../../src/protocols/http/path.ts";
import { filledTarget } from "../../src/protocols/http/path-template.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";

const variables = new Map([
  ["id", "7/8"],
  ["name", "é &="],
  ["constructor", "plain"],
]);
const filled = (path: string, query = "", overrides?: Record<string, string>) =>
  filledTarget({ path, query }, variables, overrides && new Map(Object.entries(overrides)));
const unresolved = expect.objectContaining({ code: "template_unresolved", status: 422 });

describe("placeholders in the path and query of a call", () => {
  it.each([
    { path: "/orders/{{env.id}}", expected: "/orders/7%2F8" },
    { path: "/orders/{{%20env.id%20}}/x", expected: "/orders/7%2F8/x" },
    { path: "/%7B%7B%20env.id%20%7D%7D", expected: "/7%2F8" },
    { path: "/%7b%7B.env.id%7d%7D", expected: "/7%2F8" },
    { path: "/{%7Benv%2Eid%7D}", expected: "/7%2F8" },
    { path: "/v-{{env.id}}.json;a={{env.constructor}}", expected: "/v-7%2F8.json;a=plain" },
    { path: "/%zz/%41//{{env.id}}", expected: "/%zz/%41//7%2F8" },
    { path: "/{{env.id}}}", expected: "/7%2F8}" },
  ])("$path becomes $expected", ({ path, expected }) => {
    expect(filled(path).path).toBe(expected);
  });

  it.each([
    { query: "q={{env.name}}&b={{+env.id+}}", expected: "q=%C3%A9%20%26%3D&b=7%2F8" },
    { query: "%7B%7B+env.name+%7D%7D=1&&c", expected: "%C3%A9%20%26%3D=1&&c" },
  ])("$query becomes $expected", ({ query, expected }) => {
    expect(filled("/", query).query).toBe(expected);
  });

  it("take the call's own variables first", () => {
    expect(filled("/{{env.id}}/{{env.own}}", "", { id: "9", own: "o" }).path).toBe("/9/o");
  });

  it.each(["/a", "", "/{a}", "/{", "/%7Ba%7D", "/%7", "/}}", "/%7D%7D", '/{"a":{"b":1}}', "/%70%7e"])(
    "%j is passed on as it is",
    (text) => {
      const target = { path: text, query: text.slice(1) };
      expect(filledTarget(target, variables, undefined)).toEqual(target);
    },
  );

  it("cost nothing where there are none: not even another object is made", () => {
    const target = { path: "/orders/7", query: "page=2" };
    expect(filledTarget(target, variables, undefined)).toBe(target);
  });

  it.each([
    "/{{",
    "/{{env.id",
    "/{{env.id}",
    "/{{id}}",
    "/{{secret.id}}",
    "/{{{env.id}}}",
    "/{{env.a/b}}",
    "/{{+env.id+}}",
    "/{{%zz}}",
    "/{{env.missing}}",
    "/{{param.id}}",
    "/{{env.toString}}",
    "/{{env.__proto__}}",
  ])("%j is refused, with nothing sent (I-4)", (path) => {
    expect(() => filled(path)).toThrow(unresolved);
  });

  it.each([
    { path: "/{{env.dot}}", overrides: { dot: "." } },
    { path: "/{{env.dot}}{{env.dot}}", overrides: { dot: "." } },
    { path: "/.{{env.dot}}", overrides: { dot: "%2e" } },
    { path: "/.%2{{env.e}}", overrides: { e: "e" } },
    { path: "/%2{{env.e}}", overrides: { e: "E" } },
    { path: "/a/{{env.dot}}/b", overrides: { dot: "" } },
  ])("$path with $overrides makes no . or .. segment and no empty one", ({ path, overrides }) => {
    expect(() => filled(path, "", overrides)).toThrow(unresolved);
  });

  it("names what has no value, and repeats no value that does not fit", () => {
    expect(() => filled("/{{env.a}}/{{param.b}}")).toThrow(/no value for \{\{ env\.a \}\}, \{\{ param\.b \}\}/);
    expect(() => filled("/{{env.a}}", "", { a: "../hidden" })).toThrow(/^((?!hidden).)*$/);
  });

  it("is read in the time of its length, however hostile", () => {
    for (const text of [
      "{".repeat(16_000),
      `${"{{".repeat(8000)}}`,
      "%7b".repeat(10_000),
      "{{env.id}}".repeat(3000),
      `${"{{".repeat(8000)}}}`,
    ]) {
      const found = tried(() => filled(`/${text}`, text));
      if (found) expect(found.path).toBe(`/${"7%2F8".repeat(3000)}`);
    }
  });

  it("change neither origin nor the number of segments or parameters, whatever the values (S-5, I-1, I-2)", {
    timeout: propertyTimeoutMs,
  }, () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 10 }),
      fc.constantFrom(
        "//evil.com",
        "@evil.com",
        "..",
        "%2e%2e",
        "\t",
        "\\",
        "?a",
        "#a",
        "{{ env.b }}",
        "%7B%7Benv.b%7D%7D",
        "&x=1",
        "constructor",
      ),
    );
    const literal = fc.stringMatching(/^[a-z.;@:%0-9]{0,4}$/);
    const braces = fc.constantFrom(["{{", "}}"], ["%7B%7B", "%7D%7D"], ["%7b{", "}%7d"]);
    fc.assert(
      fc.property(hostile, hostile, literal, literal, braces, (a, b, before, after, [open, close]) => {
        const path = `/x/${before}${open}env.a${close}${after}/${open}env.b${close}`;
        const query = `p=${open}env.a${close}&${open}env.b${close}=q`;
        const found = tried(() => filled(path, query, { a, b }));
        if (!found) return;
        expect(found.path.split("/").length).toBe(path.split("/").length);
        expect(decodeURIComponent(found.path.split("/").at(-1) ?? "")).toBe(b);
        expect(found.query).toBe(`p=${strict(a)}&${strict(b)}=q`);
        const joined = tried(() => joinPath("/base", found.path));
        if (joined === undefined) return;
        const url = new URL(`https://api.example.com${joined}?${found.query}`);
        expect(url.origin).toBe("https://api.example.com");
        expect(url.pathname.split("/").length).toBe(path.split("/").length + 1);
        expect([...url.searchParams].length).toBe(2);
      }),
      { numRuns: trials({ change: 10_000, long: 1_000_000 }) },
    );
  });
});

const strict = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

function tried<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
