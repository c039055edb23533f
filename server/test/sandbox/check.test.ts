import { afterAll, describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { given, idOf, org, urlPrefix } from "./schemas.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const known = [["Known", idOf("Known")]] as const;
const check = (...schemas: ReturnType<typeof given>[]) => sandbox.checkSchemas(org, { schemas, known, urlPrefix });
const draft07 = "http://json-schema.org/draft-07/schema#";

describe("A reference to another definition is stored by id", () => {
  it.each([
    ["by name", { $ref: "#/$defs/Other" }, "mooring:id-of-Other"],
    ["by a name of draft-07", { $ref: "#/definitions/Other" }, "mooring:id-of-Other"],
    ["by the name of one that the version has", { $ref: "#/$defs/Known" }, "mooring:id-of-Known"],
    ["below the name", { $ref: "#/$defs/Other/properties/a~1b" }, "mooring:id-of-Other#/properties/a~1b"],
    ["by address", { $ref: `${urlPrefix}Known` }, "mooring:id-of-Known"],
    ["below the address", { $ref: `${urlPrefix}Other#/properties/a~1b` }, "mooring:id-of-Other#/properties/a~1b"],
    ["to itself by name", { $ref: "#/$defs/Asked" }, "mooring:id-of-Asked"],
  ])("%s", async (_, reference, stored) => {
    const schema = { type: "object", properties: { a: reference } };
    const [checked] = await check(given("Asked", schema), given("Other", { properties: { "a/b": true } }));
    expect(checked?.faults).toEqual([]);
    expect(JSON.parse(checked?.content ?? "")).toEqual({ type: "object", properties: { a: { $ref: stored } } });
    expect(checked?.uses).toEqual([stored.slice("mooring:".length).split("#")[0]]);
  });

  it.each([
    ["in its own $defs", { $defs: { Other: true }, items: { $ref: "#/$defs/Other" } }],
    ["to itself", { properties: { a: { $ref: "#" } } }],
    ["by an anchor", { $defs: { a: { $anchor: "here" } }, items: { $ref: "#here" } }],
    ["to the schema of schemas", { items: { $ref: "https://json-schema.org/draft/2020-12/schema" } }],
    [
      "in what is no schema",
      { const: { $ref: "http://elsewhere.example" }, "x-any": { $ref: "file:///etc/passwd" }, examples: [{ $ref: "#/no" }] },
    ],
    ["as the name of a property", { properties: { $ref: { type: "string" }, $id: true } }],
  ])("stays as it is %s", async (_, schema) => {
    const [checked] = await check(given("Asked", schema), given("Other", true));
    expect(checked).toEqual({ content: JSON.stringify(schema), uses: [], faults: [] });
  });

  it("is the same in circles through several definitions", async () => {
    const checked = await check(
      given("A", { properties: { b: { $ref: "#/$defs/B" } } }),
      given("B", { items: { $ref: "#/$defs/C" } }),
      given("C", { anyOf: [{ type: "null" }, { properties: { a: { $ref: "#/$defs/A" } } }] }),
    );
    expect(checked.flatMap(({ faults }) => faults)).toEqual([]);
    expect(checked.flatMap(({ uses }) => uses)).toEqual([idOf("B"), idOf("C"), idOf("A")]);
  });
});

describe("A schema is refused with the place of the fault", () => {
  const elsewhere = (reference: string) =>
    `The reference ${reference} leads elsewhere; only #/..., #/$defs/Name and the addresses of this version's definitions can be followed.`;
  it.each([
    ["no JSON", '{"type":', "", "Line 1, column 9: The document ends too early."],
    ["a keyword twice", '{"type":"string","type":"object"}', "", "Line 1, column 18: The object has this key twice."],
    ["no schema", "[]", "", "A schema is an object, or true or false."],
    ["another dialect", { $schema: "http://json-schema.org/draft-04/schema#" }, "/$schema", /^Only 2020-12/],
    ["a type that is none", { properties: { a: { type: "text" } } }, "/properties/a/type", "This fits none of the alternatives."],
    ["a limit below 0", { items: { maxLength: -1 } }, "/items/maxLength", "This must be >= 0."],
    ["a list of items in 2020-12", { items: [{ type: "string" }] }, "/items", "This must be an object or a boolean."],
    [
      "a name that nothing has",
      { items: { $ref: "#/$defs/Gone" } },
      "/items/$ref",
      "There is no definition Gone, neither here nor in the version.",
    ],
    ["a place that is not there", { $ref: "#/properties/a" }, "/$ref", "There is no schema at #/properties/a."],
    ["an address of no definition", { $ref: `${urlPrefix}Gone` }, "/$ref", "The version has no definition Gone."],
    [
      "a place that another has not",
      { items: { $ref: "#/$defs/Other/no" } },
      "/items/$ref",
      "There is no schema at #/no of that definition.",
    ],
    [
      "an address of another version",
      { $ref: "https://mooring.example/schemas/f/A" },
      "/$ref",
      elsewhere("https://mooring.example/schemas/f/A"),
    ],
    ["http", { items: { $ref: "http://127.0.0.1/a.json" } }, "/items/$ref", elsewhere("http://127.0.0.1/a.json")],
    ["a file", { items: { $ref: "file:///etc/passwd" } }, "/items/$ref", elsewhere("file:///etc/passwd")],
    ["a relative path", { items: { $ref: "../a.json#/b" } }, "/items/$ref", elsewhere("../a.json#/b")],
    ["the stored form", { items: { $ref: "mooring:id-of-Known" } }, "/items/$ref", elsewhere("mooring:id-of-Known")],
    ["a reference hidden in an annotation", { items: { $ref: "#/x-a" }, "x-a": { $ref: "http://a" } }, "/x-a/$ref", elsewhere("http://a")],
    ["$dynamicRef to elsewhere", { $dynamicRef: "http://a#b" }, "/$dynamicRef", elsewhere("http://a#b")],
    [
      "$id below the root",
      { $defs: { a: { $id: "http://a" } } },
      "/$defs/a/$id",
      "Only a schema as a whole may have an $id; make this a definition of its own.",
    ],
    [
      "lookahead",
      { items: { pattern: "^(?=a)b" } },
      "/items/pattern",
      "The pattern ^(?=a)b cannot be used: lookahead and lookbehind are not possible.",
    ],
    ["lookbehind", { pattern: "(?<!a)b" }, "/pattern", "The pattern (?<!a)b cannot be used: lookahead and lookbehind are not possible."],
    [
      "a backreference",
      { patternProperties: { "(a)\\1": true } },
      "/patternProperties/(a)\\1",
      "The pattern (a)\\1 cannot be used: backreferences are not possible.",
    ],
    [
      "a named backreference",
      { pattern: "(?<n>a)\\k<n>" },
      "/pattern",
      "The pattern (?<n>a)\\k<n> cannot be used: backreferences are not possible.",
    ],
    ["a count that is too large", { pattern: "a{1,5000}" }, "/pattern", /at most 1000/],
    ["a pattern that is none", { pattern: "a(" }, "/pattern", /missing closing/],
    ["itself and nothing else", { $ref: "#" }, "", /refers to itself without going deeper/],
    [
      "itself by an alternative",
      { anyOf: [{ type: "null" }, { $ref: "#/$defs/Asked" }] },
      "/anyOf/1",
      /refers to itself without going deeper/,
    ],
    ["itself by way of another", { allOf: [{ $ref: "#/$defs/Back" }] }, "", /refers to itself without going deeper/],
    ["too deep", `${'{"not":'.repeat(65)}true${"}".repeat(65)}`, "", "Line 1, column 449: It is nested deeper than 64 levels."],
    ["half a character as a property", '{"properties":{"\\ud800":true}}', "", "Line 1, column 16: A key has half of a character in it."],
    ["__proto__ as a property", '{"properties":{"__proto__":{"type":"string"}}}', "", "Line 1, column 16: A key may not be __proto__."],
    [
      "more than can be compiled",
      { properties: Object.fromEntries(Array.from({ length: 8_000 }, (_, at) => [`property${at}`, { type: "string", minLength: at }])) },
      "",
      /at most 250000 can be compiled/,
    ],
    [
      "draft-07's dialect with faults of its own",
      { $schema: draft07, items: [{ type: "x" }] },
      "/items/0/type",
      "This fits none of the alternatives.",
    ],
  ])("%s", async (_, schema, pointer, message) => {
    const [checked] = await check(given("Asked", schema), given("Other", { type: "string" }), given("Back", { $ref: "#/$defs/Asked" }));
    expect(checked?.content).toBe("");
    expect(checked?.faults.find((fault) => fault.pointer === pointer)?.message, JSON.stringify(checked?.faults)).toMatch(message);
  });

  it("every one at once", async () => {
    const [one, two] = await check(given("A", { items: { $ref: "http://a" }, pattern: "(?=a)" }), given("B", { $ref: "#/$defs/C" }));
    expect(one?.faults.map(({ pointer }) => pointer)).toEqual(["/pattern", "/items/$ref"]);
    expect(two?.faults).toHaveLength(1);
  });

  it("of no kind that is known", async () => {
    const [checked] = await check(given("A", "a: b", "application/yaml"));
    expect(checked?.faults).toEqual([
      { pointer: "", message: "Only application/schema+json, application/json, text/xml and application/xml are known." },
    ]);
  });
});

describe("What is looked into besides", () => {
  it("are the definitions that the version has, when they can be loaded", async () => {
    const asked: string[][] = [];
    const [checked] = await sandbox.checkSchemas(org, {
      schemas: [given("A", { anyOf: [{ $ref: "#/$defs/Known/items" }, { $ref: "#/$defs/Known" }] })],
      known,
      urlPrefix,
      load: async (ids) => {
        asked.push([...ids]);
        return [{ id: idOf("Known"), content: '{"allOf":[{"$ref":"mooring:id-of-A"}]}' }];
      },
    });
    expect(asked).toEqual([[idOf("Known")]]);
    expect(checked?.faults).toEqual([{ pointer: "/anyOf/0/$ref", message: "There is no schema at #/items of that definition." }]);
  });
});
