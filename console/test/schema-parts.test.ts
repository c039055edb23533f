import { expect, test } from "vitest";
import { editableText, servedSchema } from "../src/pages/connection/content/schema-text.ts";
import { childrenOf } from "../src/parts/schema-children.ts";
import { referenceOf, valueAtFragment } from "../src/parts/schema-reference.ts";
import { factsOf, labelOf } from "../src/parts/schema-words.ts";

const base = "https://mooring.example/o/ORG/schemas/KEY/";
const url = `${base}Order`;
const said = (schema: unknown) =>
  labelOf(schema, url)
    .map((part) => (typeof part === "string" ? part : `<${part.name}>`))
    .join("");

test.each([
  ["a plain type", { type: "string" }, "string"],
  ["two types", { type: ["integer", "null"] }, "integer or null"],
  ["anything", {}, "anything"],
  ["nothing", false, "nothing"],
  ["a list of another definition", { type: "array", items: { $ref: `${base}Line` } }, "array of <Line>"],
  ["another definition or null", { oneOf: [{ $ref: `${base}Line` }, { type: "null" }] }, "<Line> or null"],
  ["many alternatives", { anyOf: [{ properties: {} }, { properties: {} }] }, "one of 2"],
  ["what only lists its values", { enum: ["a", 1] }, "string or number"],
  ["an object without saying so", { properties: { id: true } }, "object"],
  ["itself", { $ref: "#" }, "<Order>"],
  ["a place in another", { $ref: `${base}Line#/properties/sku` }, "<Line › sku>"],
  ["one that was deleted", { $ref: `${base}deleted:01J` }, "<a deleted definition>"],
])("a schema of %s is said in words", (_, schema, words) => {
  expect(said(schema)).toBe(words);
});

test("facts are a few words each, and none is said of what is not there", () => {
  expect(factsOf({ minLength: 1, format: "date", readOnly: false, additionalProperties: false })).toEqual([
    "format date",
    "at least 1 character",
    "no other properties",
  ]);
});

test("properties of all parts stand together, and what a name alone says is not repeated", () => {
  const schema = {
    allOf: [{ $ref: `${base}Base` }, { properties: { own: { type: "string" } }, required: ["own"] }],
    properties: { id: { type: "string" } },
    additionalProperties: { type: "string" },
  };
  expect(childrenOf(schema).map(({ name, isRequired }) => [name, isRequired])).toEqual([
    ["id", false],
    ["all of", false],
    ["own", true],
  ]);
});

test("a reference is followed into its document, by pointer or anchor, and leads nowhere without a fault", () => {
  const document = { $defs: { "a/b": { type: "string" }, named: { $anchor: "here", type: "number" } } };
  expect(valueAtFragment(document, "/$defs/a~1b")).toEqual({ type: "string" });
  expect(valueAtFragment(document, "here")).toMatchObject({ type: "number" });
  expect(valueAtFragment(document, "/$defs/none/at/all")).toBeUndefined();
  expect(referenceOf("#/$defs/%", url).fragment).toBe("/$defs/%");
});

test("what is edited names definitions, and is served with their addresses", () => {
  const schema = {
    $id: url,
    $defs: { Own: { type: "string" } },
    properties: {
      line: { $ref: `${base}Line` },
      sku: { $ref: `${base}Line#/properties/sku` },
      clash: { $ref: `${base}Own` },
      gone: { $ref: `${base}deleted:01J` },
      $ref: { type: "string" },
    },
  };
  const text = editableText({ contentType: "application/schema+json", text: "", schema }, url);
  const edited = JSON.parse(text);
  expect(edited.$id).toBeUndefined();
  expect(edited.properties).toEqual({
    line: { $ref: "#/$defs/Line" },
    sku: { $ref: "#/$defs/Line/properties/sku" },
    clash: { $ref: `${base}Own` },
    gone: { $ref: `${base}deleted:01J` },
    $ref: { type: "string" },
  });
  const { $id: _, ...rest } = schema;
  expect(servedSchema(edited, url)).toEqual(rest);
});
