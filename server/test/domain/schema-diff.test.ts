import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { schemaChanges, schemaEffect } from "../../src/domain/schema-diff.ts";
import type { DefinitionId } from "../../src/kernel/ids.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";

type Does = "nothing" | "narrows" | "widens" | "both";

/** Definitions by a letter; where only one side has it, or it is another one there, the two are not the same. */
const A = "01JAZZ5CB6Q8ZV0000000000AA";
const B = "01JAZZ5CB6Q8ZV0000000000BB";
const ref = (id: string, fragment = "") => ({ $ref: `mooring:${id}${fragment}` });
const known: Record<string, unknown> = {
  [A]: { type: "string" },
  [B]: { type: "string", maxLength: 5 },
};
const sideOf = (definitions: Record<string, unknown>) => ({
  schemaOf: (id: DefinitionId) => definitions[id],
  keyOf: (id: DefinitionId) => id,
  nameOf: (id: DefinitionId) => (id === A ? "Alpha" : "Beta"),
});
const sides = { before: sideOf(known), after: sideOf(known) };

const doneBy = (before: unknown, after: unknown): Does => {
  const { narrows, widens } = schemaEffect(before, after, sides);
  if (narrows !== undefined && widens !== undefined) return "both";
  return narrows !== undefined ? "narrows" : widens !== undefined ? "widens" : "nothing";
};

const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const cat = object({ kind: { const: "cat" } }, { required: ["kind"] });
const dog = object({ kind: { const: "dog" } }, { required: ["kind"] });
const loose = object({ a: { type: "string" } });

// Given by name, because an object that is written with `then` looks like a promise.
const [condition, met, otherwise] = ["if", "then", "else"] as const;
const conditional = (one: unknown, other: unknown) => ({ [condition]: { type: "string" }, [met]: one, [otherwise]: other });

/** From, to, and what that does to the values that fit. */
const cases: [string, unknown, unknown, Does][] = [
  ["nothing changes", loose, structuredClone(loose), "nothing"],
  ["only the order of members", { type: "string", maxLength: 1 }, { maxLength: 1, type: "string" }, "nothing"],
  ["a description", { description: "a" }, { description: "b" }, "nothing"],
  ["a default, an example, a title", { default: 1 }, { default: 2, examples: [1], title: "x" }, "nothing"],
  ["an extension", { "x-a": 1 }, { "x-a": 2 }, "nothing"],
  ["true becomes the empty schema", true, {}, "nothing"],
  ["anything becomes nothing", true, false, "narrows"],
  ["nothing becomes anything", false, true, "widens"],
  ["a type is added", { type: "string" }, { type: ["string", "null"] }, "widens"],
  ["a type is lost", { type: ["string", "null"] }, { type: "string" }, "narrows"],
  ["another type", { type: "string" }, { type: "boolean" }, "both"],
  ["a number becomes an integer", { type: "number" }, { type: "integer" }, "narrows"],
  ["an integer becomes a number", { type: "integer" }, { type: "number" }, "widens"],
  ["a type where there was none", {}, { type: "string" }, "narrows"],
  ["no type where there was one", { type: "string" }, {}, "widens"],
  ["a value is added to an enum", { enum: ["a"] }, { enum: ["a", "b"] }, "widens"],
  ["a value is taken from an enum", { enum: ["a", "b"] }, { enum: ["a"] }, "narrows"],
  ["the order of an enum", { enum: ["a", "b"] }, { enum: ["b", "a"] }, "nothing"],
  ["an enum of one becomes a const", { enum: ["a"] }, { const: "a" }, "nothing"],
  ["another const", { const: "a" }, { const: "b" }, "both"],
  ["an enum where there was none", { type: "string" }, { type: "string", enum: ["a"] }, "narrows"],
  ["a lower maximum", { maximum: 5 }, { maximum: 4 }, "narrows"],
  ["a higher maximum", { maximum: 4 }, { maximum: 5 }, "widens"],
  ["a higher minimum", { minLength: 1 }, { minLength: 2 }, "narrows"],
  ["a bound is added", {}, { maxItems: 4 }, "narrows"],
  ["a bound is taken away", { minItems: 4 }, {}, "widens"],
  ["a bound becomes exclusive", { minimum: 0 }, { exclusiveMinimum: 0 }, "both"],
  ["wider steps", { multipleOf: 2 }, { multipleOf: 4 }, "narrows"],
  ["finer steps", { multipleOf: 4 }, { multipleOf: 2 }, "widens"],
  ["other steps", { multipleOf: 2 }, { multipleOf: 3 }, "both"],
  ["a pattern is added", {}, { pattern: "^a" }, "narrows"],
  ["another pattern", { pattern: "^a" }, { pattern: "^b" }, "both"],
  ["a format is taken away", { format: "date" }, {}, "widens"],
  ["items must differ", {}, { uniqueItems: true }, "narrows"],
  ["an optional property is added to an open object", loose, object({ a: { type: "string" }, b: {} }), "nothing"],
  [
    "a property is added to a closed object",
    { ...loose, additionalProperties: false },
    object({ a: { type: "string" }, b: {} }, { additionalProperties: false }),
    "widens",
  ],
  [
    "a property is added to a map",
    { additionalProperties: { type: "string" } },
    object({ b: { type: "number" } }, { additionalProperties: { type: "string" } }),
    "both",
  ],
  ["properties are described where anything went", { type: "object" }, loose, "narrows"],
  ["a property is gone", object({ a: {}, b: {} }), object({ a: {} }), "both"],
  ["a property must be there now", loose, { ...loose, required: ["a"] }, "narrows"],
  ["a property may be missing now", { ...loose, required: ["a"] }, loose, "widens"],
  ["a property has another type", loose, object({ a: { type: "number" } }), "both"],
  ["other properties are refused", loose, { ...loose, additionalProperties: false }, "narrows"],
  ["other properties are allowed", { ...loose, additionalProperties: false }, loose, "widens"],
  ["other properties are allowed, and it is said", loose, { ...loose, additionalProperties: true }, "nothing"],
  [
    "a pattern of properties on a closed object",
    { additionalProperties: false },
    { additionalProperties: false, patternProperties: { "^x": {} } },
    "both",
  ],
  ["items are narrower", { items: { type: ["string", "null"] } }, { items: { type: "string" } }, "narrows"],
  ["items are described", { type: "array" }, { type: "array", items: { type: "string" } }, "narrows"],
  ["a list becomes a tuple", { items: {} }, { prefixItems: [{}] }, "both"],
  ["a place of a tuple is wider", { prefixItems: [{ type: "integer" }] }, { prefixItems: [{ type: "number" }] }, "widens"],
  ["one more demand", { allOf: [{ type: "object" }] }, { allOf: [{ type: "object" }, loose] }, "narrows"],
  ["a demand is gone", { allOf: [{ type: "object" }, loose] }, { allOf: [loose] }, "widens"],
  ["one more alternative", { anyOf: [{ type: "string" }] }, { anyOf: [{ type: "string" }, { type: "null" }] }, "widens"],
  ["an alternative is gone", { anyOf: [{ type: "string" }, { type: "null" }] }, { anyOf: [{ type: "null" }] }, "narrows"],
  ["the order of alternatives", { oneOf: [cat, dog] }, { oneOf: [dog, cat] }, "nothing"],
  ["one more alternative that cannot overlap", { oneOf: [cat] }, { oneOf: [cat, dog] }, "widens"],
  ["one more alternative that may overlap", { oneOf: [loose] }, { oneOf: [loose, object({ b: {} })] }, "both"],
  ["an alternative that may overlap is wider", { oneOf: [loose, { maxProperties: 1 }] }, { oneOf: [loose, { maxProperties: 2 }] }, "both"],
  ["what must not fit is wider", { not: { type: "integer" } }, { not: { type: "number" } }, "narrows"],
  ["what must not fit is narrower", { not: { type: "number" } }, { not: { type: "integer" } }, "widens"],
  ["something must not fit", {}, { not: {} }, "narrows"],
  ["a condition", { if: { required: ["a"] } }, { if: { required: ["b"] } }, "both"],
  ["what follows from a condition is narrower", conditional({ type: "number" }, true), conditional({ type: "integer" }, true), "narrows"],
  ["what some item must be", { contains: { type: "string" } }, { contains: { type: "number" } }, "both"],
  ["an unknown keyword", { colour: "red" }, { colour: "blue" }, "both"],
  ["another dialect", {}, { $schema: "http://json-schema.org/draft-07/schema#" }, "both"],
  ["the usual dialect, and it is said", {}, { $schema: "https://json-schema.org/draft/2020-12/schema" }, "nothing"],
  ["a reference to the same definition", ref(A), ref(A), "nothing"],
  ["a reference to a narrower definition", ref(A), ref(B), "narrows"],
  ["a reference to a definition that is not there", ref(A), ref("01JAZZ5CB6Q8ZV0000000000CC"), "both"],
  ["a reference in place of what it says", { type: "string" }, ref(A), "nothing"],
  ["what it says in place of a reference", ref(B), { type: "string" }, "widens"],
  ["a reference beside demands, in place of something", { type: "string" }, { ...ref(A), minLength: 1 }, "both"],
  [
    "something within the document that is referred to",
    { $defs: { x: { type: "string" } }, $ref: "#/$defs/x" },
    { $defs: { x: { type: "null" } }, $ref: "#/$defs/x" },
    "both",
  ],
  ["something within the document that nothing refers to", { $defs: { x: { type: "string" } } }, { $defs: {} }, "nothing"],
  [
    "a narrower reference below `not`",
    { not: { $ref: "#/$defs/x" }, $defs: { x: { type: "number" } } },
    { not: { $ref: "#/$defs/x" }, $defs: { x: { type: "integer" } } },
    "widens",
  ],
  [
    "a schema that holds itself",
    { type: "object", properties: { next: { $ref: "#" } } },
    { type: "object", properties: { next: { $ref: "#" } }, required: ["next"] },
    "narrows",
  ],
];

describe("what a change of a schema does to the values that fit", () => {
  test.each(cases)("%s", (_name, before, after, does) => {
    expect(doneBy(before, after)).toBe(does);
    expect(doneBy(before, structuredClone(before))).toBe("nothing");
  });

  test("each change has its place, what was there and what is, with references by name", () => {
    expect(schemaChanges(object({ "a/b": { items: ref(A) } }), object({ "a/b": { items: ref(B) } }), sides)).toEqual([
      {
        pointer: "/properties/a~1b/items/$ref",
        before: "#/$defs/Alpha",
        after: "#/$defs/Beta",
        effect: { narrows: "a bound was added", widens: undefined },
      },
    ]);
  });

  test("what is shown is short", () => {
    const [change] = schemaChanges({}, { enum: ["x".repeat(300)] }, sides);
    expect(change).toMatchObject({ pointer: "/enum", after: "(long)" });
  });
});

describe("schemas that are made to be hard", () => {
  test("two definitions that lead to each other and to themselves are compared to an end", () => {
    const circle = (name: string, other: string) => object({ [name]: ref(other), list: { items: ref(other) } });
    const before = sideOf({ [A]: circle("b", B), [B]: circle("a", A) });
    const after = { ...sideOf({ [A]: circle("b", B), [B]: circle("a", A) }), keyOf: (id: DefinitionId) => `new ${id}` };
    expect(schemaEffect(ref(A), ref(A), { before, after })).toEqual({});
  });

  test("beyond the bound of the work nothing is called safe, and it is said once", () => {
    const wide = (type: string) => object(Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`p${at}`, { type }])));
    const changes = schemaChanges(wide("string"), { ...wide("string"), title: "x" }, sides);
    expect(changes.filter(({ effect }) => effect.narrows !== undefined)).toHaveLength(1);
  });

  test("a chain of references far deeper than the stack is no fault", () => {
    const id = (at: number) => `01JAZZ5CB6Q8ZV00000000${String(at).padStart(4, "0")}`;
    const chain = (last: object) =>
      Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [id(at), at === 4_999 ? last : { items: ref(id(at + 1)) }]));
    const after = { ...sideOf(chain({ type: "null" })), keyOf: (one: DefinitionId) => `new ${one}` };
    const effect = schemaEffect(ref(id(0)), ref(id(0)), { before: sideOf(chain({ type: "string" })), after });
    expect(effect).toMatchObject({ narrows: expect.any(String), widens: expect.any(String) });
  });
});

/** Two schemas of the same build whose leaves may differ. Few words, so that schemas and values meet each other often. */
type Pair = readonly [object, object];
const leaf: fc.Arbitrary<object> = fc.oneof(
  fc.constantFrom<object>({}, { type: "string" }, { type: "integer" }, { type: "number" }, { type: ["string", "null"] }, { type: "null" }),
  fc.record({ enum: fc.uniqueArray(fc.constantFrom("a", "b", 1, null), { minLength: 1 }) }),
  fc.record({ minimum: fc.integer({ min: 0, max: 3 }), maximum: fc.integer({ min: 0, max: 3 }) }, { requiredKeys: [] }),
  fc.record({ minLength: fc.integer({ min: 0, max: 2 }), multipleOf: fc.constantFrom(1, 2, 4) }, { requiredKeys: [] }),
);
const leaves: fc.Arbitrary<Pair> = fc.oneof(
  leaf.map((one): Pair => [one, structuredClone(one)]),
  fc.tuple(leaf, leaf),
);
const both = <Value>(one: Value, wrap: (value: Value, side: 0 | 1) => object): Pair => [wrap(one, 0), wrap(one, 1)];
const closed = fc.record(
  { required: fc.subarray(["p", "q"]), additionalProperties: fc.constantFrom<unknown>(true, false, { type: "string" }) },
  { requiredKeys: [] },
);
const { pair } = fc.letrec<{ pair: Pair }>((tie) => {
  const inner = tie("pair");
  const alternatives = fc.constantFrom("allOf", "anyOf", "oneOf");
  return {
    pair: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      leaves,
      fc.record({ p: inner, q: inner }).map((members) => both(members, ({ p, q }, side) => ({ properties: { p: p[side], q: q[side] } }))),
      fc
        .tuple(inner, closed, fc.option(closed))
        .map(([p, old, now]) => both(p, (one, side) => ({ properties: { p: one[side], q: {} }, ...(side === 1 && now ? now : old) }))),
      inner.map((items) => both(items, (one, side) => ({ items: one[side] }))),
      inner.map((not) => both(not, (one, side) => ({ not: one[side] }))),
      fc.tuple(alternatives, fc.array(inner, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([name, list, isMore]) =>
        both(list, (members, side) => ({
          [name]: members.slice(isMore && side === 0 && members.length > 1 ? 1 : 0).map((one) => one[side]),
        })),
      ),
      fc.tuple(inner, inner).map((parts) => both(parts, ([one, other], side) => conditional(one[side], other[side]))),
    ),
  };
});
const scalar = fc.constantFrom<unknown>("a", "b", "", 0, 1, 2, 1.5, null);
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.record({ p: fc.oneof(scalar, fc.record({ p: scalar, q: scalar }, { requiredKeys: [] })), q: scalar, r: scalar }, { requiredKeys: [] }),
);

/**
 * A narrower alternative of `oneOf` may let values through that fitted two before. Whoever reads them knows that alternative all the same,
 * so this is no news; where it stands below `not`, every change counts both ways.
 */
function overlapping(schema: object): object {
  const text = JSON.stringify(schema);
  return /"(not|if)":/.test(text) && text.includes('"oneOf"') ? {} : JSON.parse(text.replaceAll('"oneOf"', '"anyOf"'));
}

describe("what is called safe", () => {
  const ajv = new Ajv2020({ strict: false, logger: false });
  const fits = (one: object) => {
    const compiled = ajv.compile(one);
    ajv.removeSchema(one);
    return compiled;
  };

  test(
    "is: what fitted still fits where nothing is called narrower, and what fits now fitted where nothing is called wider",
    () => {
      fc.assert(
        fc.property(pair, fc.array(value, { minLength: 5, maxLength: 20 }), ([before, after], values) => {
          const { narrows, widens } = schemaEffect(before, after, sides);
          if (narrows !== undefined && widens !== undefined) return;
          const [old, now, apart] = [fits(before), fits(after), fits(overlapping(before))];
          for (const one of values) {
            if (narrows === undefined && old(one)) expect(now(one), JSON.stringify([before, after, one])).toBe(true);
            if (widens === undefined && now(one)) expect(apart(one), JSON.stringify([before, after, one])).toBe(true);
          }
        }),
        { numRuns: trials({ change: 1_000, long: 100_000 }) },
      );
    },
    propertyTimeoutMs,
  );

  test(
    "is not when one part is made narrower or wider: that is told, in the right direction",
    () => {
      fc.assert(
        fc.property(pair, ([whole]) => {
          expect(doneBy(whole, structuredClone(whole))).toBe("nothing");
          expect(schemaEffect({ allOf: [whole] }, { allOf: [whole, { type: "null" }] }, sides).narrows).toBeDefined();
          expect(schemaEffect({ anyOf: [whole] }, { anyOf: [whole, { type: "null", title: "more" }] }, sides).widens).toBeDefined();
        }),
        { numRuns: trials({ change: 200, long: 20_000 }) },
      );
    },
    propertyTimeoutMs,
  );
});
