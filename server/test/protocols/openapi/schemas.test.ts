import { describe, expect, it } from "vitest";
import { openApi, placesOf, readWhole, schemasOf, withSchemas } from "./whole.ts";

const read = (schema: unknown, version = "3.0.3") => schemasOf(withSchemas({ A: schema, B: { type: "string" } }, version)).A;

describe("a schema of OpenAPI 3.0 becomes one of JSON Schema 2020-12", () => {
  it.each([
    { what: "null beside a type", given: { type: "string", nullable: true }, expect: { type: ["string", "null"] } },
    {
      what: "null among choices",
      given: { type: "string", enum: ["a"], nullable: true },
      expect: { type: ["string", "null"], enum: ["a", null] },
    },
    {
      what: "null beside other schemas",
      given: { nullable: true, anyOf: [{ type: "string" }] },
      expect: { anyOf: [{ type: "string" }, { type: "null" }] },
    },
    {
      what: "null where no keyword says what",
      given: { nullable: true, allOf: [{ $ref: "#/components/schemas/B" }] },
      expect: { anyOf: [{ allOf: [{ $ref: "mooring:B" }] }, { type: "null" }] },
    },
    {
      what: "limits that are out themselves",
      given: { type: "number", minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: false },
      expect: { type: "number", exclusiveMinimum: 1, maximum: 5 },
    },
    { what: "an example", given: { type: "string", example: "x" }, expect: { type: "string", examples: ["x"] } },
    {
      what: "a list of schemas for items",
      given: { type: "array", items: [{ type: "string" }], additionalItems: false },
      expect: { type: "array", prefixItems: [{ type: "string" }], items: false },
    },
    { what: "what stands beside $ref: left out", given: { $ref: "#/components/schemas/B", minLength: 2 }, expect: { $ref: "mooring:B" } },
    {
      what: "what is required one way only",
      given: { type: "object", required: ["id", "name"], properties: { id: { type: "string", readOnly: true }, name: { type: "string" } } },
      expect: {
        type: "object",
        required: ["name"],
        properties: { id: { type: "string", readOnly: true }, name: { type: "string" } },
      },
    },
  ])("$what", ({ given, expect: expected }) => expect(read(given)).toEqual(expected));

  it.each([
    { what: "a type that there is not", given: { type: "date" }, expect: {} },
    { what: "a property that is required by itself", given: { type: "string", required: true }, expect: { type: "string" } },
    { what: "a negative length", given: { minLength: -1 }, expect: {} },
    { what: "no choices", given: { enum: [] }, expect: {} },
    { what: "keywords nobody knows", given: { minimun: 1, "x-own": 2, xml: {}, discriminator: {} }, expect: {} },
    { what: "a pattern that looks ahead", given: { type: "string", pattern: "^(?!a)" }, expect: { type: "string" } },
    { what: "what is no schema", given: "string", expect: {} },
  ])("without $what, which is told of", ({ given, expect: expected }) => {
    expect(read(given)).toEqual(expected);
    expect(readWhole(withSchemas({ A: given }, "3.0.3")).draft.messages.flatMap(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/^\/components\/schemas\/A/),
    );
  });
});

describe("a reference", () => {
  it("goes on being one, however deep it points", () => {
    const schemas = {
      Order: {
        properties: {
          lines: { type: "array", items: { $ref: "#/components/schemas/Line" } },
          self: { $ref: "#/components/schemas/Order" },
        },
      },
      Line: { properties: { price: { type: "number" } } },
      Price: { $ref: "#/components/schemas/Line/properties/price" },
    };
    expect(schemasOf(withSchemas(schemas))).toEqual({
      Order: { properties: { lines: { type: "array", items: { $ref: "mooring:Line" } }, self: { $ref: "mooring:Order" } } },
      Line: { properties: { price: { type: "number" } } },
      Price: { $ref: "mooring:Line#/properties/price" },
    });
  });

  it("keeps what stands beside it in OpenAPI 3.1", () => {
    expect(read({ $ref: "#/components/schemas/B", description: "Two", minLength: 2 }, "3.1.0")).toEqual({
      $ref: "mooring:B",
      description: "Two",
      minLength: 2,
    });
  });

  it("into what is no component, or has another place now, has a definition of its own", () => {
    const inPath = { schema: { type: "object", properties: { id: { type: "integer" } } } };
    const document = openApi(
      { "/a": { get: { operationId: "a", responses: { 200: { description: "", content: { "application/json": inPath } } } } } },
      {
        openapi: "3.0.3",
        components: {
          schemas: {
            A: { $ref: "#/paths/~1a/get/responses/200/content/application~1json/schema/properties/id" },
            B: { nullable: true, allOf: [{ type: "object" }] },
            C: { $ref: "#/components/schemas/B/allOf/0" },
          },
        },
      },
    );
    const { A, C, ...others } = schemasOf(document);
    for (const schema of [A, C]) {
      const name = (schema as { $ref: string }).$ref.replace("mooring:", "");
      expect(others).toHaveProperty(name);
    }
  });

  it("by the $id of a component finds it, and by a place in the schema itself too", () => {
    const schemas = {
      A: { $id: "https://example.com/a", $defs: { x: { type: "string" } }, properties: { x: { $ref: "#/$defs/x" } } },
      B: { $ref: "https://example.com/a" },
    };
    expect(schemasOf(withSchemas(schemas))).toEqual({
      A: { $defs: { x: { type: "string" } }, properties: { x: { $ref: "mooring:A#/$defs/x" } } },
      B: { $ref: "mooring:A" },
    });
  });

  it.each([
    { what: "another address", reference: "https://example.com/b.json", words: "other files and addresses" },
    { what: "another file", reference: "./b.yaml#/B", words: "other files and addresses" },
    { what: "nothing", reference: "#/components/schemas/None", words: "point to nothing" },
    { what: "what objects have of their own", reference: "#/components/schemas/constructor", words: "point to nothing" },
  ])("to $what takes anything, and is told of", ({ reference, words }) => {
    const document = withSchemas({ A: { properties: { b: { $ref: reference } } } });
    expect(schemasOf(document).A).toEqual({ properties: { b: {} } });
    expect(placesOf(document, words)).toEqual(["/components/schemas/A/properties/b/$ref"]);
  });

  it("that leads back to itself for the same value is left out, and only that one", () => {
    const chain = {
      A: { $ref: "#/components/schemas/B" },
      B: { $ref: "#/components/schemas/A" },
      C: { items: { $ref: "#/components/schemas/C" } },
    };
    expect(schemasOf(withSchemas(chain))).toEqual({ A: {}, B: {}, C: { items: { $ref: "mooring:C" } } });
    expect(placesOf(withSchemas(chain), "lead back")).toEqual(["/components/schemas/A/$ref", "/components/schemas/B/$ref"]);
  });

  it("from each kind back to all kinds leaves the choice as it is", () => {
    const schemas = {
      Pet: { oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }] },
      Cat: { allOf: [{ $ref: "#/components/schemas/Pet" }, { required: ["claws"] }] },
      Dog: { allOf: [{ $ref: "#/components/schemas/Pet" }, { required: ["bark"] }] },
    };
    expect(schemasOf(withSchemas(schemas))).toEqual({
      Pet: { oneOf: [{ $ref: "mooring:Cat" }, { $ref: "mooring:Dog" }] },
      Cat: { allOf: [{}, { required: ["claws"] }] },
      Dog: { allOf: [{}, { required: ["bark"] }] },
    });
  });
});

describe("a definition", () => {
  it("has a name that fits, and no two have the same", () => {
    const document = withSchemas({ "a b": {}, a_b: {}, "«»": {}, constructor: {}, "x.y": {} });
    expect(Object.keys(schemasOf(document))).toEqual(["a_b", "a_b_2", "constructor", "schema", "x_y"]);
    expect(placesOf(document, "Names were changed")).toHaveLength(4);
  });

  it("comes in a list by newest first as in the file", () => {
    const { definitions } = readWhole(withSchemas({ C: {}, A: {}, B: {} }));
    const newestFirst = [...definitions].sort((one, other) => (one.id < other.id ? 1 : -1));
    expect(newestFirst.map(({ name }) => name)).toEqual(["C", "A", "B"]);
  });

  it("may have properties with any name", () => {
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}');
    const { definitions } = readWhole(withSchemas({ A: schema }));
    expect(JSON.parse(definitions[0]?.content ?? "")).toEqual(schema);
    expect({}).not.toHaveProperty("type");
  });
});
