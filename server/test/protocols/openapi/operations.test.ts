import { describe, expect, it } from "vitest";
import { actionOf, openApi, openApi30, placesOf, readWhole } from "./whole.ts";

const answers = { responses: { 200: { description: "Yes" } } };
const json = (schema: unknown) => ({ "application/json": { schema } });

describe("an operation becomes an action", () => {
  it("with its method, path, words and answers", () => {
    const operation = { operationId: "getUser", summary: "One user", description: "By its id.", ...answers };
    expect(
      actionOf(
        openApi({ "/users/{id}": { get: { ...operation, parameters: [{ name: "id", in: "path", schema: { type: "integer" } }] } } }),
      ),
    ).toMatchObject({
      name: "getUser",
      summary: "One user",
      description: "By its id.",
      method: "GET",
      path: "/users/{{ param.id }}",
      parameters: [{ name: "id", in: "path", required: true, type: "integer" }],
      responses: [{ status: 200, description: "Yes", definitions: [] }],
    });
  });

  it.each([
    { id: "repos/get all", name: "repos_get_all" },
    { id: "$list-x_1", name: "$list-x_1" },
    { id: "日本", name: "operation" },
    { id: "x".repeat(300), name: "x".repeat(200) },
    { id: "  ", name: "get_a_id_b" },
    { id: undefined, name: "get_a_id_b" },
    { id: 5, name: "get_a_id_b" },
    { id: "Übung / état", name: "Ubung_etat" },
  ])("whose name fits: $id", ({ id, name }) => {
    expect(actionOf(openApi({ "/a/{id}/b": { get: { operationId: id, ...answers } } })).name).toBe(name);
  });

  it("and no two have the same name, however often one is given", () => {
    const same = (name: string) => [name, { get: { operationId: "same", ...answers } }];
    const document = openApi(Object.fromEntries(["/a", "/b", "/c"].map(same)));
    expect(readWhole(document).actions.map(({ name }) => name)).toEqual(["same", "same_2", "same_3"]);
    expect(placesOf(document, "Names were changed")).toEqual(["/paths/~1b/get/operationId", "/paths/~1c/get/operationId"]);
  });

  it.each([
    { what: "a fragment", path: "/a#list", template: "/a" },
    {
      what: "a query",
      path: "/a?do=list",
      template: "/a",
      parameters: [{ name: "do", in: "query", default: "list", schema: { enum: ["list"] } }],
    },
    {
      what: "a parameter nobody declared",
      path: "/a/{b}",
      template: "/a/{{ param.b }}",
      parameters: [{ name: "b", in: "path", required: true }],
    },
    {
      what: "a name that templates do not take",
      path: "/a/{b c}",
      template: "/a/{{ param.b_c }}",
      parameters: [{ name: "b_c", in: "path" }],
    },
    { what: "two braces", path: "/a/{{b}}", template: "/a/{{ param.b }}", parameters: [{ name: "b" }] },
    {
      what: "parts around a parameter",
      path: "/{a}..{b}.json",
      template: "/{{ param.a }}..{{ param.b }}.json",
      parameters: [{ name: "a" }, { name: "b" }],
    },
    { what: "a single brace", path: "/a{b", template: "/a%7Bb" },
    { what: "what no path holds", path: "/a b/ü|", template: "/a%20b/%C3%BC%7C" },
    { what: "no slash before it", path: "a", template: "/a" },
  ])("although its path has $what", ({ path, template, parameters = [] }) => {
    const action = actionOf(openApi({ [path]: { get: answers } }));
    expect(action.path).toBe(template);
    expect(action.parameters).toMatchObject(parameters);
    expect(action.parameters).toHaveLength(parameters.length);
  });

  it("or is left out alone where it is broken", () => {
    const document = openApi({
      "/a": { get: "nothing", post: { operationId: "post", ...answers } },
      "/b": null,
      "/c": { $ref: "#/paths/~1d" },
      "/d": { $ref: "#/paths/~1c" },
    });
    expect(readWhole(document).actions.map(({ name }) => name)).toEqual(["post"]);
    expect(placesOf(document, "Operations are not written")).toEqual(["/paths/~1a/get", "/paths/~1b"]);
    expect(placesOf(document, "lead back")).toHaveLength(2);
  });
});

describe("a body or an answer links to definitions", () => {
  const order = { $ref: "#/components/schemas/Order" };
  const components = { schemas: { Order: { type: "object" } } };

  it("of a component, and says for which media types where that is not all of them", () => {
    const document = openApi(
      {
        "/a": {
          put: {
            operationId: "a",
            requestBody: { required: true, content: { "application/json": { schema: order }, "text/json": { schema: order } } },
            ...answers,
          },
        },
        "/b": { put: { operationId: "b", requestBody: { content: json(order) }, ...answers } },
      },
      { components },
    );
    const { actions, definitions } = readWhole(document);
    const [{ id, accept } = { id: "" }] = definitions;
    expect(accept).toEqual(["application/json", "text/json"]);
    expect(actions.map(({ document }) => document)).toMatchObject([
      { requestBody: { required: true, definitions: [{ id }] } },
      { requestBody: { required: false, definitions: [{ id, accept: ["application/json"] }] } },
    ]);
    expect(actions.map(({ uses }) => uses)).toEqual([[id], [id]]);
  });

  it("of its own, named after the action, the same for the same schema", () => {
    const inline = { type: "object", properties: { a: { type: "string" } } };
    const responses = {
      200: { description: "", content: json(inline) },
      404: { description: "", content: { "text/plain": { schema: { type: "string" } } } },
    };
    const { actions, definitions } = readWhole(
      openApi30({ "/a": { post: { operationId: "make", requestBody: { content: json(inline) }, responses } } }),
    );
    expect(definitions.map(({ name }) => name)).toEqual(["make_request", "make_404"]);
    expect(actions[0]?.document).toMatchObject({
      responses: [{ definitions: [{ id: definitions[0]?.id }] }, { definitions: [{ id: definitions[1]?.id }] }],
    });
  });

  it("of a component that many operations refer to, which is one definition", () => {
    const shared = { responses: { NotFound: { description: "", content: json({ type: "object" }) } } };
    const use = (name: string) => ({ get: { operationId: name, responses: { 404: { $ref: "#/components/responses/NotFound" } } } });
    const { definitions } = readWhole(openApi({ "/a": use("a"), "/b": use("b") }, { components: shared }));
    expect(definitions.map(({ name }) => name)).toEqual(["NotFound"]);
  });

  it.each([
    { statuses: ["200", "default"], becomes: [200, undefined] },
    { statuses: ["2XX", "4xx"], becomes: [200, 400] },
    { statuses: ["404", "400", "4XX"], becomes: [400, 404] },
    { statuses: ["99", "ok", "x-own", "2000"], becomes: [] },
  ])("for statuses $statuses", ({ statuses, becomes }) => {
    const responses = Object.fromEntries(statuses.map((status) => [status, { description: "" }]));
    expect(actionOf(openApi({ "/a": { get: { responses } } })).responses.map(({ status }) => status)).toEqual(becomes);
  });

  it("and what cannot be read of it is left out and told of", () => {
    const document = openApi({
      "/a": {
        post: {
          operationId: "a",
          requestBody: { $ref: "#/components/requestBodies/None" },
          responses: { 200: { description: "", content: { nonsense: {}, "application/json": 5 } } },
        },
      },
    });
    expect(actionOf(document).responses).toEqual([{ status: 200, definitions: [] }]);
    expect(placesOf(document, "point to nothing")).toEqual(["/paths/~1a/post/requestBody/$ref"]);
    expect(placesOf(document, "bodies or responses are not written")).toHaveLength(2);
  });
});

describe("what an action has no place for", () => {
  it.each([
    { what: { callbacks: {} }, words: "Callbacks" },
    { what: { tags: ["a"] }, words: "Tags" },
    { what: { deprecated: true }, words: "deprecated" },
    { what: { servers: [{ url: "https://other.example.com" }] }, words: "Servers of single paths" },
    { what: { security: [] }, words: "other proofs", more: { security: [{ a: [] }] } },
    { what: { "x-own": 1 }, words: "Extensions" },
    { what: { nonsense: 1 }, words: "Properties that OpenAPI does not have" },
  ])("is told of with its place: $words", ({ what, words, more = {} }) => {
    const [key = ""] = Object.keys(what);
    const places = placesOf(openApi({ "/a": { get: { ...answers, ...what } } }, more), words);
    expect(places?.[0]).toMatch(new RegExp(`^/paths/~1a/get/${key}`));
  });

  it("is told of for a hundred places, and how many more there are", () => {
    const paths = Object.fromEntries(Array.from({ length: 130 }, (_, at) => [`/${at}`, { get: { ...answers, callbacks: {} } }]));
    const places = placesOf(openApi(paths), "Callbacks");
    expect(places).toHaveLength(101);
    expect(places?.at(-1)).toBe("and 30 more");
  });

  it("is told of in few words, however long the names in a file are", () => {
    const paths = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`/${at}${"x".repeat(4_000)}`, { get: { callbacks: {} } }]));
    const flows = { authorizationCode: { scopes: {} } };
    const securitySchemes = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`s${at}`, { type: "oauth2", flows }]));
    const { messages } = readWhole(openApi(paths, { components: { securitySchemes } })).draft;
    expect(messages.length).toBeLessThan(150);
    expect(Math.max(...messages.flatMap(({ detail = [] }) => detail.map(({ length }) => length)))).toBeLessThan(2_100);
  });
});
