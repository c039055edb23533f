import fc from "fast-check";
import { expect, test } from "vitest";
import { propertyTimeoutMs, trials } from "../../server/test/harness/profile.ts";
import { begun, likeliest } from "../src/pages/connection/trying/form/begin.ts";
import {
  absent,
  type Entry,
  entryOf,
  entryOfValue,
  memberOf,
  plain,
  withMember,
  written,
} from "../src/pages/connection/trying/form/entry.ts";
import type { Documents } from "../src/pages/connection/trying/form/references.ts";
import { shapeOf } from "../src/pages/connection/trying/form/shape.ts";

const nothing: Documents = { get: () => undefined };
const at = (schema: unknown, base = "") => ({ schema, base });
const given = (entry: Entry) => JSON.parse(written(entry, "body").json ?? "null") as unknown;

test(
  "what a form holds of a value is given back as that value",
  () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const json = JSON.stringify(value);
        const { json: back, faults } = written(entryOf(json), "body");
        expect(faults).toEqual([]);
        expect(JSON.parse(back ?? "")).toEqual(JSON.parse(json));
        // And once more: switching between form and JSON changes nothing, to the letter.
        expect(written(entryOf(back ?? ""), "body").json).toBe(back);
      }),
      { numRuns: trials({ change: 300, long: 5_000 }) },
    );
  },
  propertyTimeoutMs,
);

test.each([
  ["a whole number of many digits", "90071992547409930001"],
  ["a decimal with its zeros", "1.500"],
  ["a number beyond what can be counted in", "1e400"],
  ["a member that is called as what all objects have", '{\n  "__proto__": 1\n}'],
])("%s keeps each of its characters", (_, json) => {
  expect(written(entryOf(json), "body").json).toBe(json);
});

test(
  "one field that is changed leaves all others as they were",
  () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(objects, fc.string(), fc.string(), (value, name, text) => {
        const json = JSON.stringify(value);
        const changed = withMember(entryOf(json), name, plain(text));
        expect(given(changed)).toEqual(JSON.parse(JSON.stringify({ ...JSON.parse(json), [name]: text })));
        expect(memberOf(withMember(changed, name, absent), name)).toEqual(absent);
      }),
      { numRuns: trials({ change: 100, long: 2_000 }) },
    );
  },
  propertyTimeoutMs,
);

test("what cannot be written is told at its place, and nothing else is", () => {
  const entry: Entry = {
    kind: "group",
    members: [
      { id: 0, name: "count", entry: { kind: "number", text: "twelve" } },
      { id: 1, name: "lines", entry: { kind: "list", items: [{ id: 0, entry: absent }] } },
      { id: 2, name: "more", entry: { kind: "raw", text: "{" } },
      { id: 3, name: "note", entry: plain("a") },
      { id: 4, name: "note", entry: plain("b") },
    ],
  };
  expect(written(entry, "body").faults).toEqual([
    { field: "body.count", message: "This is no number." },
    { field: "body.lines[0]", message: "Fill this in, or remove it." },
    { field: "body.more", message: "This is no JSON." },
    { field: "body.note", message: "This name is there twice." },
  ]);
});

test(
  "any schema has a shape, and a form that begins; also one that holds itself",
  () => {
    const keywords = fc.letrec((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(
          true,
          false,
          {},
          { $ref: "#" },
          { $ref: "#/$defs/A" },
          { $ref: "#/nowhere" },
          { $ref: "https://elsewhere.example/a" },
        ),
        fc.record(
          {
            type: fc.constantFrom("object", "array", "string", "integer", "boolean", ["string", "null"], ["integer", "object"], 7),
            properties: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("schema")),
            required: fc.subarray(["a", "b", "c"]),
            items: tie("schema"),
            minItems: fc.constantFrom(0, 1, 3),
            enum: fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 }),
            oneOf: fc.array(tie("schema"), { maxLength: 3 }),
            allOf: fc.array(tie("schema"), { maxLength: 3 }),
            additionalProperties: tie("schema"),
            default: fc.jsonValue({ maxDepth: 1 }),
          },
          { requiredKeys: [] },
        ),
      ),
    })).schema;
    fc.assert(
      fc.property(keywords, keywords, fc.jsonValue({ maxDepth: 3 }), (root, other, value) => {
        const base = "http://mooring/o/1/schemas/2/Root";
        const schema = typeof root === "object" ? { ...(root as object), $defs: { A: other } } : root;
        const documents: Documents = { get: (url) => (url === base ? { schema } : undefined) };
        const shape = shapeOf(at(schema, base), documents);
        if (shape.kind === "alternatives") likeliest(entryOfValue(JSON.parse(JSON.stringify(value))), shape.options, documents);
        expect(written(begun(at(schema, base), documents), "body").faults.every(({ message }) => message.startsWith("Fill this in"))).toBe(
          true,
        );
      }),
      { numRuns: trials({ change: 200, long: 3_000 }) },
    );
  },
  propertyTimeoutMs,
);

test("of several alternatives, the one that a value is of is found", () => {
  const card = { type: "object", required: ["kind", "number"], properties: { kind: { const: "card" }, number: { type: "string" } } };
  const bank = { type: "object", required: ["kind", "iban"], properties: { kind: { const: "bank" }, iban: { type: "string" } } };
  const options = [{ type: "string" }, card, bank].map((schema) => ({ place: at(schema) }));
  expect(likeliest(entryOf('{"kind":"bank","iban":"x"}'), options, nothing)).toBe(2);
  expect(likeliest(entryOf('{"number":"1"}'), options, nothing)).toBe(1);
  expect(likeliest(entryOf('"cash"'), options, nothing)).toBe(0);
});

test("a form begins with what must be there", () => {
  const line = { type: "object", required: ["sku"], properties: { sku: { type: "string" }, gift: { type: "boolean" } } };
  const order = {
    type: "object",
    required: ["kind", "lines"],
    properties: {
      kind: { const: "order" },
      lines: { type: "array", minItems: 1, items: { $ref: "#/$defs/Line" } },
      note: { type: "string" },
    },
    $defs: { Line: line },
  };
  const base = "https://mooring.example/o/1/schemas/2/Order";
  const documents: Documents = { get: (url) => (url === base ? { schema: order } : undefined) };
  expect(given(begun(at({ $ref: base }), documents))).toEqual({ kind: "order", lines: [{}] });
  expect(shapeOf(at({ $ref: `${base}2` }, base), documents)).toEqual({ kind: "awaited", url: `${base}2` });
});
