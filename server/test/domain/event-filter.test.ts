import { isDeepStrictEqual } from "node:util";
import type { EventFilter } from "@mooring/contract";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { filterFaults, fitsFilter } from "../../src/domain/event-filter.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";

const order = Buffer.from(
  JSON.stringify({
    type: "order.paid",
    amount: 120,
    at: "2026-01-02T03:04:05Z",
    lines: [{ sku: "a" }, { sku: "b" }],
    "a/b": { "m~n": 1 },
    none: null,
  }),
);

/** Whether the body fits. */
const rows: [EventFilter["pointer"], EventFilter["is"], unknown, boolean][] = [
  ["/type", "equals", "order.paid", true],
  ["/type", "equals", "order", false],
  ["/type", "not_equals", "order", true],
  ["/type", "not_equals", "order.paid", false],
  ["/type", "in", ["order.sent", "order.paid"], true],
  ["/type", "in", [], false],
  ["/type", "exists", undefined, true],
  ["/kind", "exists", undefined, false],
  ["/kind", "absent", undefined, true],
  ["/none", "exists", undefined, true],
  ["/none", "equals", null, true],
  ["/kind", "equals", null, false],
  ["/kind", "not_equals", null, true],
  ["/kind", "in", [null], false],
  ["/amount", "greater", 100, true],
  ["/amount", "greater", 120, false],
  ["/amount", "less", 121, true],
  ["/amount", "less", "121", false],
  ["/at", "greater", "2026-01-01", true],
  ["/at", "less", "2026-01-01", false],
  ["/none", "less", 1, false],
  ["/lines/1/sku", "equals", "b", true],
  ["/lines/01/sku", "exists", undefined, false],
  ["/lines/-/sku", "exists", undefined, false],
  ["/lines/2", "absent", undefined, true],
  ["/lines/length", "absent", undefined, true],
  ["/lines", "equals", [{ sku: "a" }, { sku: "b" }], true],
  ["/lines/0", "equals", { sku: "a", more: 1 }, false],
  ["/a~1b/m~0n", "equals", 1, true],
  ["", "exists", undefined, true],
  ["/type/length", "absent", undefined, true],
  ["/toString", "absent", undefined, true],
  ["/__proto__", "absent", undefined, true],
  ["/constructor/name", "absent", undefined, true],
];

test.each(rows)("%s %s %j is %s", (pointer, is, value, fits) => {
  expect(fitsFilter([{ pointer, is, ...(value === undefined ? {} : { value }) }], order)).toBe(fits);
});

it("needs every comparison to fit, and none where there is none", () => {
  const [yes, no] = [
    { pointer: "/amount", is: "exists" },
    { pointer: "/amount", is: "absent" },
  ] as const;
  expect([fitsFilter([yes, yes], order), fitsFilter([yes, no], order), fitsFilter([], Buffer.from("no JSON"))]).toEqual([
    true,
    false,
    true,
  ]);
});

describe("a body that is no JSON in UTF-8 has nothing at any pointer", () => {
  const bodies = {
    empty: "",
    text: "type=order",
    cut: `{"type":"or`,
    bytes: Buffer.from([0x22, 0xff, 0x22]),
    two: "1 2",
    utf16: Buffer.from("{}", "utf16le"),
  };
  test.each(Object.entries(bodies))("%s", (_name, body) => {
    const fits = (is: EventFilter["is"], value?: unknown) => fitsFilter([{ pointer: "", is, value }], Buffer.from(body as string));
    expect([fits("absent"), fits("not_equals", 1)]).toEqual([true, true]);
    expect([fits("exists"), fits("equals", ""), fits("in", [""]), fits("less", 1), fits("greater", "")]).toEqual(Array(5).fill(false));
  });
});

it("reads hostile bodies as what they are: names of prototypes, names twice, numbers beyond a double, a byte order mark, depth", () => {
  const fits = (body: string, pointer: string, is: EventFilter["is"], value?: unknown) =>
    fitsFilter([{ pointer, is, value }], Buffer.from(body));
  expect(fits(`{"__proto__":{"role":"admin"}}`, "/__proto__/role", "equals", "admin")).toBe(true);
  expect(fits(`{"__proto__":{"role":"admin"}}`, "/role", "exists")).toBe(false);
  expect(fits(`{"type":"a","type":"b"}`, "/type", "equals", "b")).toBe(true);
  expect(fits(`{"n":1e400}`, "/n", "greater", 1)).toBe(true);
  expect(fits(`\ufeff{"n":1}`, "/n", "equals", 1)).toBe(true);
  const nested = (depth: number) => `{"text":"]\\"[[","list":${"[".repeat(depth)}1${"]".repeat(depth)}}`;
  expect(fits(nested(199), "/list/0/0", "exists")).toBe(true);
  for (const depth of [200, 500_000]) expect(fits(nested(depth), "/text", "exists")).toBe(false);
  expect(fits("[".repeat(1_000_000), "", "absent")).toBe(true);
});

const isPlain = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Every value of a document with the pointer to it. */
function* places(value: unknown, pointer = ""): Generator<[string, unknown]> {
  yield [pointer, value];
  if (!isPlain(value)) return;
  for (const [name, member] of Object.entries(value))
    yield* places(member, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
}

const options = { numRuns: trials({ change: 300, long: 20_000 }) };

test("each value of any document is found where its pointer says, and is itself", { timeout: propertyTimeoutMs }, () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 2 }), (document, other) => {
      const body = Buffer.from(JSON.stringify(document));
      const read = JSON.parse(body.toString()) as unknown;
      for (const [pointer, value] of places(read)) {
        expect(fitsFilter([{ pointer, is: "equals", value }], body)).toBe(true);
        expect(fitsFilter([{ pointer, is: "exists" }], body)).toBe(true);
        const another = JSON.parse(JSON.stringify(other)) as unknown;
        expect(fitsFilter([{ pointer, is: "not_equals", value: another }], body)).toBe(!isDeepStrictEqual(value, another));
      }
    }),
    options,
  );
});

test("no bytes make it throw, and each comparison has its opposite", { timeout: propertyTimeoutMs }, () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.json().map((text) => new Uint8Array(Buffer.from(text))),
  );
  const token = fc.oneof(
    fc.constantFrom("0", "-", "__proto__", "length", "constructor", "~0", "~1", ""),
    fc.string({ maxLength: 3 }).map((text) => text.replaceAll(/[~/]/g, "")),
  );
  fc.assert(
    fc.property(body, fc.array(token, { maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }), (bytes, tokens, value) => {
      const pointer = tokens.map((one) => `/${one}`).join("");
      const fits = (is: EventFilter["is"], given?: unknown) => fitsFilter([{ pointer, is, value: given }], Buffer.from(bytes));
      expect(fits("absent")).toBe(!fits("exists"));
      expect(fits("not_equals", value)).toBe(!fits("equals", value));
      expect(fits("in", [value])).toBe(fits("equals", value));
      expect(fits("less", value) && fits("greater", value)).toBe(false);
    }),
    options,
  );
});

test("what a comparison needs is said before it is kept", () => {
  const faults = (is: EventFilter["is"], value?: unknown) =>
    filterFaults([{ pointer: "", is, ...(value === undefined ? {} : { value }) }]).map(({ field }) => field);
  expect([
    faults("exists", 1),
    faults("absent", null),
    faults("equals"),
    faults("in", "a"),
    faults("less", null),
    faults("greater", [1]),
  ]).toEqual(Array(6).fill(["filter[0].value"]));
  expect([faults("exists"), faults("equals", null), faults("in", []), faults("less", 1), faults("greater", "a")]).toEqual(
    Array(5).fill([]),
  );
  expect(faults("equals", "x".repeat(10_000))).toEqual(["filter"]);
});
