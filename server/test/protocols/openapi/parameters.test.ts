import { describe, expect, it } from "vitest";
import { actionOf, openApi, placesOf } from "./whole.ts";

const components = {
  schemas: {
    Color: { type: "string", enum: ["red", "blue"] },
    Loop: { type: "object", properties: { loop: { $ref: "#/components/schemas/Loop" } } },
  },
  parameters: { Page: { name: "page", in: "query", schema: { type: "integer", minimum: 1, default: 1 } } },
};
const documentWith = (...parameters: unknown[]) =>
  openApi({ "/a": { get: { operationId: "a", parameters, responses: {} } } }, { components });
const read = (...parameters: unknown[]) => actionOf(documentWith(...parameters)).parameters;
const query = (schema: unknown, more: object = {}) => ({ name: "q", in: "query", schema, ...more });

describe("a parameter", () => {
  it.each([
    { what: "a plain one", given: query({ type: "string" }), becomes: { required: false, type: "string" } },
    { what: "one without a schema", given: query(undefined), becomes: { required: false, type: "string" } },
    {
      what: "constraints",
      given: query({ type: "integer", minimum: 1, format: "int32" }, { required: true }),
      becomes: { required: true, type: "integer", schema: { type: "integer", minimum: 1, format: "int32" } },
    },
    {
      what: "words, of itself or its schema",
      given: query({ type: "string", description: "Of the schema" }),
      becomes: { required: false, type: "string", description: "Of the schema" },
    },
    {
      what: "a schema of a component, written out",
      given: query({ $ref: "#/components/schemas/Color" }),
      becomes: { required: false, type: "string", schema: { type: "string", enum: ["red", "blue"] } },
    },
    { what: "null, which is to be left out", given: query({ type: ["integer", "null"] }), becomes: { required: false, type: "integer" } },
    {
      what: "one of several types, which is a text",
      given: query({ oneOf: [{ type: "boolean" }, { type: "integer", minimum: 5 }], description: "Of the schema" }),
      becomes: { required: false, type: "string", description: "Of the schema" },
    },
    {
      what: "a list or one of its items, which is a list",
      given: query({ anyOf: [{ type: "integer" }, { type: "array", maxItems: 3, items: { type: "integer", enum: [1, 2] } }] }),
      becomes: { required: false, type: "integer", schema: { type: "array", items: { type: "integer" } }, style: "form", explode: true },
    },
    {
      what: "a list of several types, which is one of texts",
      given: query({ type: "array", items: { type: ["string", "integer", "null"] } }),
      becomes: { required: false, type: "string", schema: { type: "array", items: { type: "string" } }, style: "form", explode: true },
    },
    {
      what: "a choice of whole numbers and others, which is a number as it is",
      given: query({ oneOf: [{ type: "integer" }, { type: "number", minimum: 0.5 }, { type: "null" }] }),
      becomes: {
        required: false,
        type: "number",
        schema: { oneOf: [{ type: "integer" }, { type: "number", minimum: 0.5 }, { type: "null" }] },
      },
    },
    {
      what: "a type beside which `allOf` has a limit",
      given: query({ allOf: [{ type: "integer" }, { minimum: 5 }] }),
      becomes: { required: false, type: "integer", schema: { allOf: [{ type: "integer" }, { minimum: 5 }] } },
    },
    {
      what: "a list",
      given: query({ type: "array", items: { type: "integer" } }),
      becomes: { required: false, type: "integer", schema: { type: "array", items: { type: "integer" } }, style: "form", explode: true },
    },
    {
      what: "a list in one parameter",
      given: query({ type: "array", items: { type: "string" } }, { style: "pipeDelimited" }),
      becomes: {
        required: false,
        type: "string",
        schema: { type: "array", items: { type: "string" } },
        style: "pipeDelimited",
        explode: false,
      },
    },
    { what: "a default", given: query({ type: "boolean", default: "true" }), becomes: { required: false, type: "boolean", default: true } },
    {
      what: "a default that would be a template: left out",
      given: query({ type: "string", default: "{{ env.x }}" }),
      becomes: { required: false, type: "string" },
    },
    {
      what: "a default of another type: left out",
      given: query({ type: "integer", default: "many" }),
      becomes: { required: false, type: "integer" },
    },
    {
      what: "content: the text that the caller gives",
      given: { name: "q", in: "query", content: { "application/json": {} } },
      becomes: { required: false, type: "string" },
    },
  ])("with $what", ({ given, becomes }) => expect(read(given)).toEqual([{ name: "q", in: "query", ...becomes }]));

  it("of the path is overridden by that of the operation, and one of a component is followed", () => {
    const paths = {
      "/a": {
        parameters: [
          { name: "x", in: "query", schema: { type: "string" } },
          { name: "x", in: "header" },
        ],
        get: {
          parameters: [{ name: "x", in: "query", schema: { type: "integer" } }, { $ref: "#/components/parameters/Page" }],
          responses: {},
        },
      },
    };
    expect(actionOf(openApi(paths, { components })).parameters).toEqual([
      { name: "x", in: "query", required: false, type: "integer" },
      { name: "x", in: "header", required: false, type: "string" },
      { name: "page", in: "query", required: false, type: "integer", default: 1, schema: { type: "integer", minimum: 1 } },
    ]);
  });

  it("that OpenAPI says to ignore is ignored, in any case of its letters", () => {
    const headers = ["Accept", "content-type", "AUTHORIZATION", "X-Own"].map((name) => ({ name, in: "header" }));
    expect(read(...headers).map(({ name }) => name)).toEqual(["X-Own"]);
  });

  it.each([
    { what: "no place", given: { name: "a" } },
    { what: "a place of Swagger", given: { name: "a", in: "body" } },
    { what: "no name", given: { in: "query" } },
    { what: "a header that is no token", given: { name: "a b", in: "header" } },
    { what: "a control character", given: { name: "a\nb", in: "query" } },
    { what: "a reference to nothing", given: { $ref: "#/components/parameters/None" }, words: "point to nothing" },
    { what: "a reference outside", given: { $ref: "https://example.com/p.json" }, words: "other files" },
    { what: "nothing in it", given: null },
  ])("with $what is left out and told of", ({ given, words = "Parameters are not written" }) => {
    expect(read(given, query({ type: "string" }))).toHaveLength(1);
    expect(placesOf(documentWith(given), words)?.[0]).toMatch(/^\/paths\/~1a\/get\/parameters\/0/);
  });

  it("whose schema has no end takes what its type says", () => {
    expect(read(query({ type: "string", not: { $ref: "#/components/schemas/Loop" } }))).toMatchObject([{ name: "q", type: "string" }]);
    expect(placesOf(documentWith(query({ $ref: "#/components/schemas/Loop" })), "refer to themselves")).toBeDefined();
  });
});

describe("a parameter that is an object", () => {
  const filter = {
    type: "object",
    required: ["status"],
    properties: { status: { type: "string", enum: ["open"] }, age: { type: "integer" }, tags: { type: "array" }, deep: { type: "object" } },
  };

  it("becomes one for each plain property, called as its style says", () => {
    const names = (more: object) => read(query(filter, more)).map(({ name, required }) => [name, required]);
    expect(names({ style: "deepObject", required: true })).toEqual([
      ["q[status]", true],
      ["q[age]", false],
    ]);
    expect(names({ explode: true })).toEqual([
      ["status", false],
      ["age", false],
    ]);
  });

  it("and what of it cannot be carried over is told of", () => {
    expect(placesOf(documentWith(query(filter, { style: "deepObject" })), "one parameter for each plain property")).toEqual([
      "/paths/~1a/get/parameters/0/schema/properties/tags",
      "/paths/~1a/get/parameters/0/schema/properties/deep",
    ]);
  });

  it("of several types is told of, unless they are one to whoever writes them", () => {
    const choices = [{ oneOf: [{ type: "string" }, { type: "integer" }] }, { type: ["number", "integer", "null"] }, { enum: [1, "a"] }];
    const parameters = choices.map((schema, at) => ({ name: `q${at}`, in: "query", schema }));
    expect(placesOf(documentWith(...parameters), "several types")).toEqual([
      "/paths/~1a/get/parameters/0/schema",
      "/paths/~1a/get/parameters/2/schema",
    ]);
  });

  it("is a text that the caller gives where its style has no words for it", () => {
    expect(read(query(filter, { explode: false, required: true }))).toEqual([{ name: "q", in: "query", required: true, type: "string" }]);
  });
});
