import type { ActionHTTPParameter } from "@mooring/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HttpActionDocument } from "../../src/domain/action.ts";
import { type ActionInput, readInput } from "../../src/protocols/http/action/input.ts";
import { readyAction } from "../../src/protocols/http/action/ready.ts";
import { type BuiltRequest, builtRequest } from "../../src/protocols/http/action/request.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";

const runs = { numRuns: trials({ change: 10_000, long: 1_000_000 }) };
const boundary = () => "boundary";
const variables = new Map<string, string>();

function built(
  parameters: readonly ActionHTTPParameter[],
  values: unknown,
  path = "/a/{{ param.id }}/z",
): BuiltRequest | ActionInput["faults"] {
  const document: HttpActionDocument = { type: "http", method: "GET", path, parameters, responses: [] };
  const action = readyAction(document, []);
  const input = readInput(action, Buffer.from(JSON.stringify({ parameters: values })), { boundary, isChecked: () => false });
  return input.faults.length > 0 ? input.faults : builtRequest(action, input, variables);
}

const parameter = (place: ActionHTTPParameter["in"], changes: Partial<ActionHTTPParameter> = {}): ActionHTTPParameter => ({
  name: "id",
  in: place,
  required: false,
  type: "string",
  ...changes,
});
const list = { schema: { type: "array", items: { type: "string" } } };
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.constantFrom("{{ env.a }}", "a,b", "..", "%2e%2e", "a/../b", "a b|c", "ä", "a;b=c"),
);

const isBuilt = (one: ReturnType<typeof built>): one is BuiltRequest => "path" in one;

/** Reads as servers do. */
const read = {
  path: ({ path }: BuiltRequest) => path.split("/").slice(2, -1).map(decodeURIComponent),
  query: ({ query }: BuiltRequest) => [...new URLSearchParams(query)],
  cookies: ({ cookies }: BuiltRequest) =>
    cookies
      .join("; ")
      .split("; ")
      .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)] as const),
};

describe("what an action's parameters become on the wire", () => {
  it(
    "in the path is one segment that reads as it was given, or is refused (I-1, I-2, I-3)",
    () => {
      let sent = 0;
      fc.assert(
        fc.property(text, (value) => {
          const request = built([parameter("path")], { id: value });
          if (!isBuilt(request)) return;
          sent += 1;
          expect(request.path.split("/")).toHaveLength(4);
          expect(read.path(request)).toEqual([value]);
          expect(new URL(`http://a${request.path}`).pathname.split("/")).toHaveLength(4);
        }),
        runs,
      );
      expect(sent).toBeGreaterThan(runs.numRuns / 4);
    },
    propertyTimeoutMs,
  );

  it(
    "in the query is one pair with that name and value, whatever both hold (I-3)",
    () => {
      fc.assert(
        fc.property(text, text, fc.boolean(), (name, value, isWhole) => {
          fc.pre(name.isWellFormed() && name !== "__proto__");
          const request = built([parameter("query", { name })], { [name]: value }, "/");
          if (!isBuilt(request)) return expect(value.isWellFormed()).toBe(false);
          expect(read.query(request)).toEqual([[name, value]]);
          expect(isWhole || request.path).toBeTruthy();
        }),
        runs,
      );
    },
    propertyTimeoutMs,
  );

  it(
    "as a list is that list again, in each way to write one (I-3)",
    () => {
      const styles: {
        place: ActionHTTPParameter["in"];
        style?: ActionHTTPParameter["style"];
        explode?: boolean;
        read: (one: BuiltRequest) => string[];
      }[] = [
        { place: "query", read: (one) => read.query(one).map(([, value]) => value) },
        { place: "query", style: "form", explode: false, read: ({ query }) => query.slice(3).split(",").map(decodeURIComponent) },
        { place: "query", style: "spaceDelimited", read: (one) => read.query(one)[0]?.[1]?.split(" ") ?? [] },
        { place: "query", style: "pipeDelimited", explode: false, read: (one) => read.query(one)[0]?.[1]?.split("|") ?? [] },
        { place: "path", read: ({ path }) => path.split("/")[2]?.split(",").map(decodeURIComponent) ?? [] },
        { place: "header", read: ({ headers }) => headers[1]?.split(",") ?? [] },
        { place: "cookie", read: (one) => read.cookies(one).map(([, value]) => value) },
        { place: "cookie", explode: false, read: (one) => read.cookies(one)[0]?.[1]?.split(",") ?? [] },
      ];
      const counts = new Map(styles.map((style) => [style, 0]));
      fc.assert(
        fc.property(
          fc.array(fc.oneof(text, fc.stringMatching(/^[a-z.-]{1,5}$/)), { minLength: 1, maxLength: 4 }),
          fc.constantFrom(...styles),
          (values, one) => {
            const { place, style, explode } = one;
            const way = { ...(style && { style }), ...(explode !== undefined && { explode }) };
            const request = built([parameter(place, { ...list, ...way })], { id: values }, place === "path" ? undefined : "/");
            if (!isBuilt(request)) return;
            expect(one.read(request)).toEqual(values);
            counts.set(one, (counts.get(one) ?? 0) + 1);
          },
        ),
        runs,
      );
      for (const [style, count] of counts) expect(count, JSON.stringify(style)).toBeGreaterThan(runs.numRuns / 200);
    },
    propertyTimeoutMs,
  );

  it(
    "in a header or a cookie is that text, with no line and no cookie more (I-3)",
    () => {
      fc.assert(
        fc.property(text, (value) => {
          const inHeader = built([parameter("header")], { id: value }, "/");
          if (isBuilt(inHeader)) expect(inHeader.headers).toEqual(["id", value]);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
          if (isBuilt(inHeader)) expect(inHeader.headers[1]).not.toMatch(/[\x00-\x08\x0a-\x1f]/);
          const inCookie = built([parameter("cookie")], { id: value }, "/");
          if (isBuilt(inCookie)) expect(inCookie.cookies).toEqual([`id=${value}`]);
          if (isBuilt(inCookie)) expect(value).not.toMatch(/[;,\s]/);
        }),
        runs,
      );
    },
    propertyTimeoutMs,
  );

  it.each([
    ["1", "1"],
    ["-0", "0"],
    ["1e3", "1000"],
    ["12345678901234567890", "12345678901234567890"],
    ["1e21", "1000000000000000000000"],
    ["1.0", "1"],
  ])("of the whole number %s are its digits, none lost", (given, sent) => {
    const action = readyAction(
      { type: "http", method: "GET", path: "/", parameters: [parameter("query", { type: "integer" })], responses: [] },
      [],
    );
    const input = readInput(action, Buffer.from(`{"parameters":{"id":${given}}}`), { boundary, isChecked: () => false });
    expect(input.faults).toEqual([]);
    expect(builtRequest(action, input, variables).query).toBe(`id=${sent}`);
  });
});
