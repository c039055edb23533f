import { afterAll, describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { org } from "./schemas.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let keys = 0;
const draft07 = "http://json-schema.org/draft-07/schema#";

/** The faults as `pointer message`, of a value held against a schema that may refer to definitions by `mooring:` and name. */
async function faults(schema: unknown, value: unknown, definitions: Record<string, unknown> = {}): Promise<string[]> {
  const bundle = {
    root: JSON.stringify(schema),
    definitions: Object.entries(definitions).map(([id, content]) => ({ id, content: JSON.stringify(content) })),
  };
  const json = typeof value === "string" && value.startsWith("raw:") ? value.slice(4) : JSON.stringify(value);
  const found = await sandbox.validate({ org, key: `schema ${keys++}`, load: () => bundle, json });
  return found.map(({ pointer, message }) => `${pointer} ${message}`.trim());
}

describe("A value that fits has no faults", () => {
  it.each([
    ["anything, by true", true, { a: 1 }],
    [
      "what only annotations speak of",
      { discriminator: { propertyName: "t" }, xml: {}, "x-a": 1, nullable: true, example: 2, format: "hostname" },
      "no host",
    ],
    ["a reference beside other keywords", { $ref: "mooring:A", minLength: 2 }, "ab"],
    [
      "a tuple and the rest of draft-07",
      { $schema: draft07, items: [{ type: "string" }], additionalItems: { type: "integer" } },
      ["a", 1, 2],
    ],
    ["what stands beside a reference in draft-07, which is ignored", { $schema: draft07, $ref: "mooring:A", maxLength: 0 }, "ab"],
    ["a definition of draft-07 from one of 2020-12", { prefixItems: [{ $ref: "mooring:D#/items/0" }] }, [1]],
    ["a tree", { $ref: "mooring:Tree" }, { children: [{ children: [] }, {}] }],
    [
      "unevaluatedProperties behind references",
      { $ref: "mooring:Tree", properties: { a: true }, unevaluatedProperties: false },
      { a: 1, children: [] },
    ],
    ["a multiple that is none in binary", { multipleOf: 0.01 }, 19.99],
    ["items that differ by type alone", { uniqueItems: true }, [1, "1", true, "true", null, "null", [1], "[1]", { a: 1 }, '{"a":1}']],
    [
      "a schema, by the schema of schemas",
      { $ref: "https://json-schema.org/draft/2020-12/schema" },
      { type: "string", $defs: { a: { minLength: 1 } } },
    ],
    ["a schema of draft-07", { $ref: draft07 }, { items: [{ type: "string" }] }],
    ["a character beyond the basic plane, which counts once", { maxLength: 1, pattern: "^.$" }, "😀"],
    ["a time with an offset", { format: "date-time" }, "2024-02-29T23:59:60.123+05:30"],
    [
      "two levels by $dynamicRef of its own",
      { $dynamicAnchor: "n", properties: { next: { $dynamicRef: "#n" } }, additionalProperties: false },
      { next: { next: {} } },
    ],
  ])("%s", async (_, schema, value) => {
    expect(await faults(schema, value, definitions)).toEqual([]);
  });
});

describe("Every fault of a value is told at once, with its place", () => {
  it.each([
    [
      "types",
      { items: { type: ["integer", "null"] } },
      [1.5, null, "a"],
      ["/0 This must be an integer or null.", "/2 This must be an integer or null."],
    ],
    [
      "what is missing or unknown",
      { required: ["a", "constructor"], properties: { a: true }, additionalProperties: false },
      { b: 1 },
      ["/a This is required.", "/constructor This is required.", "/b This property is not allowed here."],
    ],
    ["names with signs of pointers", { additionalProperties: false }, { "a/b~c": 1 }, ["/a~1b~0c This property is not allowed here."]],
    [
      "lengths",
      { properties: { a: { minLength: 2 }, b: { maxItems: 1 }, c: { minProperties: 1 } } },
      { a: "x", b: [1, 2], c: {} },
      ["/a This must have at least 2 characters.", "/b This must have at most 1 items.", "/c This must have at least 1 properties."],
    ],
    [
      "limits",
      { items: { minimum: 1, exclusiveMaximum: 3, multipleOf: 0.5 } },
      [0, 3, 1.2],
      ["/0 This must be >= 1.", "/1 This must be < 3.", "/2 This must be a multiple of 0.5."],
    ],
    ["lists of values", { items: { enum: ["a", 1, null] } }, ["b"], ['/0 This must be one of "a", 1, null.']],
    ["one value", { const: { a: [1] } }, 1, ['This must be {"a":[1]}.']],
    ["patterns", { pattern: "^a+$" }, "b", ["This must match ^a+$."]],
    [
      "alternatives",
      { properties: { a: { anyOf: [{ type: "string" }, { type: "object", required: ["b"] }] } } },
      { a: {} },
      ["/a This fits none of the alternatives.", "/a/b This is required."],
    ],
    ["too many alternatives", { oneOf: [{ type: "number" }, { type: "integer" }] }, 1, ["This fits more than one of the alternatives."]],
    ["what must not be", { not: { type: "string" } }, "a", ["This is what is not allowed here."]],
    ["nothing at all", { properties: { a: false } }, { a: 1 }, ["/a Nothing is allowed here."]],
    [
      "items that are alike",
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      ["No two of these items may be equal."],
    ],
    ["what another needs", { dependentRequired: { a: ["b"] } }, { a: 1 }, ['/b This is required beside "a".']],
    [
      "dependencies of draft-07",
      { $schema: draft07, dependencies: { a: ["b"], c: { required: ["d"] } } },
      { a: 1, c: 1 },
      ['/b This is required beside "a".', "/d This is required."],
    ],
    [
      "what no schema spoke of",
      { properties: { a: true }, unevaluatedProperties: false },
      { b: 1 },
      ["/b This property is not allowed here."],
    ],
    [
      "a property without a name",
      { required: [""], dependentRequired: { a: ["", "b"] } },
      { a: 1 },
      ["/ This is required.", "/b This is required."],
    ],
    ["an empty list of values", { enum: [] }, 1, ["This is what is not allowed here."]],
    ["a reference to false", { $ref: "#/$defs/no", $defs: { no: false } }, 1, ["Nothing is allowed here."]],
    ["a definition in another", { items: { $ref: "mooring:A" } }, ["a", 1], ["/1 This must be a string."]],
    ["a value with a key twice", {}, 'raw:{"a":1,"a":2}', ["Line 1, column 8: The object has this key twice."]],
    ["a value that is no JSON", {}, "raw:{", ["Line 1, column 2: The document ends too early."]],
  ])("%s", async (_, schema, value, expected) => {
    expect(await faults(schema, value, definitions)).toEqual(expected);
  });

  it.each([
    [
      "date-time",
      ["2024-01-01T00:00:00Z", "2024-01-01t10:00:00.5-01:00"],
      ["2024-01-01", "2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00"],
    ],
    ["date", ["2024-02-29"], ["2023-02-29", "2024-13-01", "24-01-01"]],
    ["uuid", ["0191f8c0-0000-7000-8000-00000000000A"], ["0191f8c000007000800000000000000a", "x191f8c0-0000-7000-8000-00000000000a"]],
    ["ipv4", ["0.0.0.0", "255.255.255.255"], ["256.0.0.1", "1.2.3", "1.2.3.4.", "01.2.3.4"]],
  ])("the format %s", async (format, fit, miss) => {
    const schema = { items: { format } };
    expect(await faults(schema, fit)).toEqual([]);
    expect(await faults(schema, miss)).toEqual(miss.map((_, at) => `/${at} This must be a valid ${format}.`));
  });

  it("at most a hundred of them, and none holds what the value says", async () => {
    const secret = "canary-4711";
    const found = await faults(
      { items: { anyOf: [{ type: "number" }, { pattern: "^b" }, { enum: [1] }, { format: "date" }] } },
      Array(300).fill(secret),
    );
    expect(found).toHaveLength(100);
    expect(found.join()).not.toContain(secret);
  });

  it("the first alone where the value is large", async () => {
    const large = { a: 1, b: 2, c: "x".repeat(70_000) };
    expect(await faults({ properties: { a: { type: "string" }, b: { type: "string" } } }, large)).toEqual(["/a This must be a string."]);
  });
});

describe("A schema that cannot be used", () => {
  it("is told as such when something it refers to is gone", async () => {
    await expect(faults({ $ref: "mooring:Gone" }, 1)).rejects.toMatchObject({ code: "definition_unusable" });
    await expect(faults({ $ref: "#/$defs/gone" }, 1)).rejects.toMatchObject({ code: "definition_unusable" });
  });
});

describe("A key", () => {
  it("is loaded once, however many ask", async () => {
    let loads = 0;
    const load = async () => {
      loads += 1;
      return { root: '{"type":"integer"}', definitions: [] };
    };
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, at) => sandbox.validate({ org, key: "many", load, json: at % 2 ? "1" : '"a"' })),
    );
    expect(answers.map(({ length }) => length)).toEqual(answers.map((_, at) => (at % 2 ? 0 : 1)));
    expect(loads).toBe(1);
  });

  it("of one organisation is not the same key of another", async () => {
    const ask = (who: string, root: string) =>
      sandbox.validate({ org: who as typeof org, key: "same", load: () => ({ root, definitions: [] }), json: "1" });
    expect(await ask("one", "true")).toEqual([]);
    expect(await ask("other", "false")).toHaveLength(1);
    expect(await ask("one", "false")).toEqual([]);
  });
});

const definitions = {
  A: { type: "string" },
  D: { $schema: draft07, items: [{ type: "integer" }] },
  Tree: { type: "object", properties: { children: { type: "array", items: { $ref: "#" } } } },
};
