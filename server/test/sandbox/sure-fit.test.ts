import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Problem } from "../../src/kernel/errors.ts";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import type { Schema } from "../../src/sandbox/schemas.ts";
import { fitsForSure } from "../../src/sandbox/sure-fit.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";

const [one, other] = ["01KADEF0000000000000000001", "01KADEF0000000000000000002"];
let schemas = 0;

function schemaOf(root: unknown, second: unknown = {}): Schema {
  schemas += 1;
  const definitions = [
    { id: one, content: JSON.stringify(root) },
    { id: other, content: JSON.stringify(second) },
  ];
  return { key: `schema ${schemas}`, root: one, definitions: definitions as unknown as Schema["definitions"] };
}

const sandbox = createSandbox();
afterAll(() => sandbox.close());
/** Undefined where the schema refers to nothing in a place that the value never comes to. */
async function fits(schema: Schema, json: string): Promise<boolean | undefined> {
  try {
    const org = "01KA0RG0000000000000000001" as OrganisationId;
    return (await sandbox.validate({ org, key: schema.key, load: () => schema, json })).length === 0;
  } catch (error) {
    if (error instanceof Problem && error.code === "definition_unusable") return undefined;
    throw error;
  }
}

describe("the quick look at a value", () => {
  it.each([
    {
      name: "types, properties and bounds",
      schema: { type: "object", required: ["a"], properties: { a: { type: "integer", minimum: 1 } } },
      json: '{"a":1,"b":{"c":[]}}',
    },
    {
      name: "a reference to another",
      schema: { items: { $ref: `mooring:${other}` } },
      second: { type: "string", maxLength: 2 },
      json: '["a","bc"]',
    },
    { name: "a circle", schema: { type: "object", properties: { next: { $ref: "#" } } }, json: '{"next":{"next":{}}}' },
    { name: "a place inside", schema: { $ref: "#/$defs/a", $defs: { a: { enum: ["x", null] } } }, json: "null" },
    { name: "a format", schema: { format: "date-time" }, json: '"2026-11-25T17:00:00Z"' },
  ])("is sure of $name", async ({ schema, second, json }) => {
    const ready = schemaOf(schema, second);
    expect([fitsForSure(ready, json), await fits(ready, json)]).toEqual([true, true]);
  });

  it.each([
    { name: "a pattern", schema: { pattern: "a" }, json: '"a"' },
    { name: "alternatives", schema: { anyOf: [{}] }, json: "1" },
    { name: "what stands beside a reference", schema: { $ref: `mooring:${other}`, type: "string" }, json: '"a"' },
    { name: "a reference to nothing", schema: { $ref: "mooring:01KADEF0000000000000000009" }, json: "1" },
    { name: "a reference that only leads to itself", schema: { $ref: "#" }, json: "1" },
    { name: "a key that is there twice", schema: {}, json: '{"a":1,"a":2}' },
    { name: "a key that is there twice, deep down", schema: { properties: { a: true } }, json: '{"a":[{"b":1,"\\u0062":2}]}' },
    { name: "a prototype", schema: {}, json: '{"__proto__":{}}' },
    { name: "no JSON", schema: {}, json: "{" },
    { name: "deep nesting", schema: {}, json: "[".repeat(100) + "]".repeat(100) },
    { name: "a long value", schema: {}, json: `"${"a".repeat(70_000)}"` },
    { name: "a number that is none", schema: { type: "number" }, json: "1e999" },
    { name: "a character of two halves", schema: { minLength: 2 }, json: '"😀"' },
  ])("leaves $name to others", ({ schema, json }) => {
    expect(fitsForSure(schemaOf(schema), json)).toBe(false);
  });

  it(
    "is never sure of what the sandbox refuses",
    async () => {
      const scalar = fc.oneof(
        fc.constantFrom(null, true, false, 0, 1, -1, 1.5, 100, "", "a", "ab", "2026-11-25", "😀", "__proto__", "1e1"),
        fc.string({ maxLength: 4, unit: "binary" }),
      );
      const { schema } = fc.letrec((tie) => ({
        schema: fc.oneof(
          { maxDepth: 4 },
          fc.constantFrom(true, {}, { $ref: `mooring:${other}` }, { $ref: "#" }, { $ref: "#/$defs/d" }, { pattern: "a" }, { not: {} }),
          fc.record(
            {
              type: fc.oneof(
                fc.constantFrom("object", "array", "string", "number", "integer", "boolean", "null"),
                fc.constant(["object", "null"]),
              ),
              properties: fc.dictionary(fc.constantFrom("a", "b", "toString", "length"), tie("schema"), { maxKeys: 3 }),
              required: fc.subarray(["a", "toString"]),
              additionalProperties: fc.oneof(fc.boolean(), tie("schema")),
              items: tie("schema"),
              enum: fc.array(scalar, { minLength: 1, maxLength: 3 }),
              const: scalar,
              minimum: fc.constantFrom(0, 1.5),
              exclusiveMaximum: fc.constantFrom(1, 100),
              minLength: fc.constantFrom(0, 1, 2),
              maxLength: fc.constantFrom(0, 1, 2),
              maxItems: fc.constantFrom(0, 1, 2),
              format: fc.constantFrom("date", "uri", "nothing"),
              title: fc.constant("a title"),
              $defs: fc.record({ d: tie("schema") }),
            },
            { requiredKeys: [] },
          ),
        ),
      }));
      const value = fc.oneof(
        fc.json({ maxDepth: 3 }),
        fc.jsonValue({ maxDepth: 3 }).map((one) => JSON.stringify({ a: one, b: [one] })),
        fc.dictionary(fc.constantFrom("a", "b", "toString", "__proto__"), scalar, { maxKeys: 4 }).map((one) => JSON.stringify(one)),
        scalar.map((one) => JSON.stringify(one)),
      );
      let sure = 0;
      await fc.assert(
        fc.asyncProperty(schema, schema, fc.array(value, { minLength: 1, maxLength: 8 }), async (root, second, values) => {
          const ready = schemaOf(root, second);
          const sureOf = values.filter((json) => fitsForSure(ready, json));
          sure += sureOf.length;
          for (const json of sureOf) expect(await fits(ready, json), json).not.toBe(false);
        }),
        { numRuns: trials({ change: 1_000, long: 200_000 }) },
      );
      expect(sure).toBeGreaterThan(200);
    },
    propertyTimeoutMs,
  );
});
