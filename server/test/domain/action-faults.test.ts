import { describe, expect, test } from "vitest";
import type { ActionDocument, DefinitionLink, HttpActionDocument } from "../../src/domain/action.ts";
import { actionFaults } from "../../src/domain/action-faults.ts";
import type { DefinitionId } from "../../src/kernel/ids.ts";

const [order, invoice, anything, silent] = ["01ORDER", "01INVOICE", "01ANYTHING", "01SILENT"] as DefinitionId[];
const definitions = new Map([
  [order, { accept: ["application/json"] }],
  [invoice, { accept: ["Application/JSON", "text/xml; charset=utf-8"] }],
  [anything, { accept: ["text/*"] }],
  [silent, { accept: [] }],
] as [DefinitionId, { accept: string[] }][]);
const link = (id: DefinitionId | undefined, ...accept: string[]): DefinitionLink => ({
  id: id as DefinitionId,
  ...(accept.length > 0 ? { accept } : {}),
});

type Parameter = HttpActionDocument["parameters"][number];
const parameter = (changes: Partial<Parameter> = {}): Parameter => ({
  name: "q",
  in: "query",
  required: false,
  type: "string",
  ...changes,
});
const inPath = (name: string, changes: Partial<Parameter> = {}) => parameter({ name, in: "path", required: true, ...changes });
const request = (changes: Partial<HttpActionDocument> = {}): HttpActionDocument => ({
  type: "http",
  method: "GET",
  path: "/orders",
  parameters: [],
  responses: [],
  ...changes,
});

/** `severity pointer`, and the words of the message that matter. */
type Expected = readonly [where: string, words?: string];

function check(document: ActionDocument, expected: readonly Expected[]): void {
  const found = actionFaults(document, definitions);
  expect(found.map(({ severity, field }) => `${severity} ${field}`)).toEqual(expected.map(([where]) => where));
  for (const [at, [, words = ""]] of expected.entries()) expect(found[at]?.message).toContain(words);
}

describe("the path of an action", () => {
  test.each<[name: string, path: string, parameters: Parameter[], expected: Expected[]]>([
    ["may be empty", "", [], []],
    ["may hold parameters and variables, in either way of writing", "/{{ env.shop }}/{{.param.id}}/x", [inPath("id")], []],
    [
      "may hold one parameter twice, and several in a segment",
      "/{{ param.a }}/{{ param.a }}-{{ param.b }}",
      [inPath("a"), inPath("b")],
      [],
    ],
    ["may hold what is percent-encoded", "/caf%C3%A9/a%20b", [], []],
    ["begins with a slash", "orders", [], [["error /path", "begins with /"]]],
    ["begins with a slash of its own, not of a value", "{{ env.base }}/orders", [], [["error /path", "begins with /"]]],
    ["holds no query", "/orders?open=true", [], [["error /path", "query"]]],
    ["holds no fragment", "/orders#first", [], [["error /path", "fragment"]]],
    ["holds no .. segment", "/a/../b", [], [["error /path", ".."]]],
    ["holds no .. segment at its end", "/a/..", [], [["error /path", ".."]]],
    ["holds no .. segment in other spellings", "/a/%2E./b", [], [["error /path", ".."]]],
    ["holds no .. segment behind an encoded slash", "/a%2f..;x=1/b", [], [["error /path", ".."]]],
    ["holds no . segment", "/./a", [], [["error /path", ". or .."]]],
    ["may hold dots that are no segment", "/a..b/...x/.well-known/{{ param.v }}..", [inPath("v")], []],
    ["holds no space", "/a b", [], [["error /path", "percent-encode"]]],
    ["holds no backslash", "/a\\b", [], [["error /path", "percent-encode"]]],
    ["holds no control character", "/a\tb", [], [["error /path", "percent-encode"]]],
    ["holds nothing beyond ASCII", "/café", [], [["error /path", "percent-encode"]]],
    [
      "names a template that is malformed",
      "/{{ param }}/{{ env.a",
      [],
      [
        ["error /path", "{{ param }}"],
        ["error /path", "{{ env.a"],
      ],
    ],
    ["reaches no other namespace", "/{{ credential.key }}", [], [["error /path", "no placeholder"]]],
    ["says what to write for OpenAPI's braces", "/a/{id}", [], [["warning /path", "{{ param.id }}"]]],
    ["declares what it holds", "/{{ param.id }}", [], [["error /path", "{{ param.id }}"]]],
    ["declares what it holds once", "/{{ param.id }}/{{ param.id }}", [], [["error /path", "declare it"]]],
    ["declares what it holds in the path", "/{{ param.q }}", [parameter()], [["error /path", "parameter of the query"]]],
    ["holds what is declared", "/a", [inPath("id")], [["error /parameters/0/name", "{{ param.id }}"]]],
    ["tells names apart by case", "/{{ param.ID }}", [inPath("id")], [["error /path"], ["error /parameters/0/name"]]],
    ["has parameters that a placeholder can name", "/a", [inPath("order id")], [["error /parameters/0/name", "letters, digits"]]],
    ["has parameters with a name", "/a", [inPath("")], [["error /parameters/0/name", "letters, digits"]]],
    ["always requires them", "/{{ param.id }}", [inPath("id", { required: false })], [["error /parameters/0/required", "always required"]]],
  ])("%s", (_, path, parameters, expected) => check(request({ path, parameters }), expected));
});

describe("a parameter", () => {
  test.each<[name: string, parameters: Parameter[], expected: Expected[]]>([
    ["may have any printable name in the query", [parameter({ name: "filter[a b]é" })], []],
    ["has a name in the query", [parameter({ name: "" })], [["error /parameters/0/name", "not empty"]]],
    ["has no control character in its name", [parameter({ name: "a\nb" })], [["error /parameters/0/name", "control"]]],
    ["is a token in a header", [parameter({ in: "header", name: "X Y" })], [["error /parameters/0/name", "9110"]]],
    ["is a token in a cookie", [parameter({ in: "cookie", name: "a=b" })], [["error /parameters/0/name", "9110"]]],
    [
      "may be a header of any other name",
      [parameter({ in: "header", name: "X-Trace.1" }), parameter({ in: "header", name: "Accept" })],
      [],
    ],
    ...[
      "Host",
      "content-length",
      "Transfer-Encoding",
      "CONNECTION",
      "Mooring-Variables",
      "X_Forwarded_For",
      "Proxy-Authorization",
      "TE",
    ].map((name): [string, Parameter[], Expected[]] => [
      `is no header that the gateway keeps to itself: ${name}`,
      [parameter({ in: "header", name })],
      [["error /parameters/0/name", "does not pass this header on"]],
    ]),
    ...["Authorization", "cookie", "Content-Type"].map((name): [string, Parameter[], Expected[]] => [
      `is warned of as a header that comes from elsewhere: ${name}`,
      [parameter({ in: "header", name })],
      [["warning /parameters/0/name", "cannot set"]],
    ]),
    ["is there once", [parameter(), parameter()], [["error /parameters/1/name", "two parameters q in the query"]]],
    ["is told apart by its place", [parameter(), parameter({ in: "header" }), parameter({ in: "cookie" })], []],
    ["is told apart by case in query and cookie", [parameter(), parameter({ name: "Q" })], []],
    [
      "is not told apart by case in headers",
      [parameter({ in: "header", name: "X-A" }), parameter({ in: "header", name: "x_a" })],
      [["error /parameters/1/name", "two"]],
    ],
  ])("%s", (_, parameters, expected) => check(request({ parameters }), expected));
});

describe("the default of a parameter", () => {
  const list = { schema: { type: "array" } };
  test.each<[name: string, changes: Partial<Parameter>, expected: Expected[]]>([
    ["may be a text", { default: "open" }, []],
    ["has an end", { default: "{{}}".repeat(20_000) }, [["error /parameters/0/default", "65536 characters"]]],
    ["has an end as a list", { ...list, default: Array(1_001).fill(1) }, [["error /parameters/0/default", "1000 items"]]],
    ["may be an empty text", { default: "" }, []],
    ["may be a number", { type: "number", default: 1.5 }, []],
    ["may be a whole number", { type: "integer", default: -3 }, []],
    ["may be false", { type: "boolean", default: false }, []],
    ["may be a template, whatever the type", { type: "integer", default: "{{ env.limit }}0" }, []],
    ["may be a list", { ...list, default: ["a", "{{ env.b }}"] }, []],
    ["may be a list in a schema that allows more", { schema: { type: ["array", "null"] }, default: [] }, []],
    ["is no number where a text is meant", { default: 5 }, [["error /parameters/0/default", "a string"]]],
    ["is no text where a number is meant", { type: "number", default: "5" }, [["error /parameters/0/default", "a number"]]],
    ["is no fraction where a whole number is meant", { type: "integer", default: 1.5 }, [["error /parameters/0/default", "an integer"]]],
    ["is no text where a truth value is meant", { type: "boolean", default: "true" }, [["error /parameters/0/default", "a boolean"]]],
    ["is not null", { default: null }, [["error /parameters/0/default"]]],
    ["is no object", { default: { a: 1 } }, [["error /parameters/0/default"]]],
    ["is no list where one value is meant", { default: ["a"] }, [["error /parameters/0/default"]]],
    ["is a list where one is meant", { ...list, default: "a" }, [["error /parameters/0/default", "list"]]],
    [
      "names each item of a list",
      { ...list, type: "integer", default: [1, "2", 3.5] },
      [["error /parameters/0/default/1"], ["error /parameters/0/default/2"]],
    ],
    ["is no malformed template", { default: "{{ now() }}" }, [["error /parameters/0/default", "{{ now() }}"]]],
    ["uses no parameter that is not there", { default: "{{ param.other }}" }, [["error /parameters/0/default", "{{ param.other }}"]]],
    ["does not use itself", { default: "{{ param.q }}" }, [["error /parameters/0/default", "itself"]]],
  ])("%s", (_, changes, expected) => check(request({ parameters: [parameter(changes)] }), expected));

  test("may use another parameter, wherever that goes", () => {
    check(request({ parameters: [parameter({ default: "{{ param.other }}" }), parameter({ name: "other", in: "header" })] }), []);
  });
});

describe("the schema of a parameter", () => {
  const schemaOf = (schema: unknown, changes: Partial<Parameter> = {}) => request({ parameters: [parameter({ schema, ...changes })] });
  test.each<[name: string, schema: unknown, type: Parameter["type"], expected: Expected[]]>([
    ["may say more than the type", { minimum: 1, enum: [1, 2] }, "integer", []],
    ["may say the same", { type: "string" }, "string", []],
    ["may allow null beside it", { type: ["null", "boolean"] }, "boolean", []],
    ["may be about whole numbers where numbers are meant", { type: "integer" }, "number", []],
    ["may be that of a list", { type: "array", items: { type: "integer" }, minItems: 1 }, "integer", []],
    ["may be that of a list of anything", { type: "array" }, "string", []],
    ["may have data that looks like a reference", { enum: [{ $ref: "#/a" }], properties: { $ref: { type: "string" } } }, "string", []],
    ["is an object", true, "string", [["error /parameters/0/schema", "object"]]],
    ["is no list", [], "string", [["error /parameters/0/schema", "object"]]],
    ["does not contradict the type", { type: "integer" }, "string", [["error /parameters/0/schema/type", "string"]]],
    ["does not contradict the type with all it allows", { type: ["object", "null"] }, "string", [["error /parameters/0/schema/type"]]],
    [
      "does not contradict the items' type",
      { type: "array", items: { type: "string" } },
      "boolean",
      [["error /parameters/0/schema/items/type"]],
    ],
    ["holds no reference", { $ref: "#/$defs/a" }, "string", [["error /parameters/0/schema/$ref", "References"]]],
    [
      "holds no reference anywhere",
      { allOf: [{ properties: { "a/b": { $dynamicRef: "#x" } } }] },
      "string",
      [["error /parameters/0/schema/allOf/0/properties/a~1b/$dynamicRef"]],
    ],
  ])("%s", (_, schema, type, expected) => check(schemaOf(schema, { type }), expected));
});

describe("how a list is written", () => {
  const places = { path: ["simple"], header: ["simple"], query: ["form", "spaceDelimited", "pipeDelimited"], cookie: ["form"] } as const;
  const styles = ["simple", "form", "spaceDelimited", "pipeDelimited"] as const;
  const cases = Object.entries(places).flatMap(([place, fitting]) =>
    styles.map((style) => ({ place: place as Parameter["in"], style, fits: (fitting as readonly string[]).includes(style) })),
  );
  test.each(cases)("$style in the $place: $fits", ({ place, style, fits }) => {
    const path = place === "path" ? "/{{ param.q }}" : "/";
    const parameters = [parameter({ in: place, required: true, schema: { type: "array" }, style })];
    check(request({ path, parameters }), fits ? [] : [["error /parameters/0/style", `In the ${place}`]]);
  });

  test.each([
    ["form", true, []],
    ["form", false, []],
    ["pipeDelimited", false, []],
    ["pipeDelimited", true, [["error /parameters/0/explode", "pipeDelimited"]]],
    ["spaceDelimited", true, [["error /parameters/0/explode", "spaceDelimited"]]],
  ] as const)("%s with explode %s", (style, explode, expected) => {
    check(request({ parameters: [parameter({ schema: { type: "array" }, style, explode })] }), expected);
  });
});

describe("body and responses", () => {
  const body = (...links: DefinitionLink[]): Partial<HttpActionDocument> => ({
    method: "POST",
    requestBody: { required: true, definitions: links },
  });
  const responses = (...all: [status: number | undefined, ...links: DefinitionLink[]][]): Partial<HttpActionDocument> => ({
    responses: all.map(([status, ...links]) => ({ ...(status === undefined ? {} : { status }), definitions: links })),
  });
  test.each<[name: string, changes: Partial<HttpActionDocument>, expected: Expected[]]>([
    ["may link to one definition for each media type", body(link(order), link(invoice, "text/xml; charset=utf-8")), []],
    ["may use one definition in several places", { ...body(link(order)), ...responses([200, link(order)], [undefined, link(order)]) }, []],
    [
      "have one definition for a media type, however it is written",
      body(link(order), link(invoice)),
      [["error /requestBody/definitions/1", "Application/JSON"]],
    ],
    ["link to a definition once", responses([200, link(order), link(order)]), [["error /responses/0/definitions/1", "application/json"]]],
    [
      "link for types that the definition describes",
      body(link(order, "text/csv")),
      [["warning /requestBody/definitions/0/accept", "text/csv"]],
    ],
    ["may link for one type of a range", body(link(anything, "text/csv; header=present")), []],
    ["link for some type", body(link(silent)), [["warning /requestBody/definitions/0", "no media type"]]],
    ["link to what is there", body({ missing: "Gone" }), [["error /requestBody/definitions/0", '"Gone"']]],
    [
      "link to what the version has",
      responses([200], [404, link("01OTHER" as DefinitionId)]),
      [["error /responses/1/definitions/0", '"01OTHER"']],
    ],
    ["come once for each status", responses([200], [404], [200]), [["error /responses/2/status", "200"]]],
    ["come once for all other statuses", responses([undefined], [undefined]), [["error /responses/1", "without a status"]]],
    ["come with a status of HTTP", responses([100], [599]), []],
    ["come with no lower status", responses([99]), [["error /responses/0/status", "99"]]],
    ["come with no higher status", responses([600]), [["error /responses/0/status", "600"]]],
    ["may have a body to delete with", { ...body(), method: "DELETE" }, []],
    ["have no body to read with", { ...body(), method: "GET" }, [["warning /requestBody", "GET"]]],
    ["have no body to look with", { ...body(), method: "HEAD" }, [["warning /requestBody", "HEAD"]]],
    ["have no method that is not passed on", { method: "CONNECT" }, [["error /method", "CONNECT"]]],
    [
      "have no method that is not passed on, whatever the body",
      { ...body(), method: "TRACE" },
      [["error /method", "TRACE"], ["warning /requestBody"]],
    ],
  ])("%s", (_, changes, expected) => check(request(changes), expected));
});

test("all faults of an action are told at once, in the order of its parts", () => {
  const document = request({
    method: "TRACE",
    path: "orders/{id}",
    parameters: [inPath("id"), parameter({ default: 1 }), parameter({ schema: 1 })],
    responses: [{ status: 1, definitions: [] }, { definitions: [{ missing: "Gone" }] }],
  });
  check(document, [
    ["error /method"],
    ["error /path"],
    ["warning /path"],
    ["error /parameters/0/name"],
    ["error /parameters/1/default"],
    ["error /parameters/2/name"],
    ["error /parameters/2/schema"],
    ["error /responses/0/status"],
    ["error /responses/1/definitions/0"],
  ]);
});

test("of very many faults 200 are told, errors before warnings, each in few words", () => {
  const many = Array.from({ length: 300 }, (_, index) => parameter({ in: "header", name: index < 250 ? "Authorization" : "Host" }));
  const found = actionFaults(request({ path: "nowhere", parameters: many }), definitions);
  expect(found).toHaveLength(200);
  expect(found.some(({ field }) => field === "/path")).toBe(true);
  expect(found.every(({ severity }) => severity === "error")).toBe(true);

  const types = Array.from({ length: 50 }, (_, index) => `text/${"x".repeat(190)}${index}`);
  const [, repeated] = actionFaults(request(responsesFor(link(order, ...types), link(order, ...types))), definitions);
  expect(repeated?.message).toMatch(/ and 47 more/);
  expect(repeated?.message.length).toBeLessThan(1000);
});

const responsesFor = (...definitions: DefinitionLink[]): Partial<HttpActionDocument> => ({ responses: [{ status: 200, definitions }] });

test("a query has each parameter once, and rows of a definition that is there", () => {
  const query = (changes: Partial<ActionDocument>): ActionDocument =>
    ({ type: "bigquery", query: "select @a", parameters: [], ...changes }) as ActionDocument;
  const named = (name: string) => ({ name, required: true, type: "STRING" as const });
  check(query({ parameters: [named("a"), named("b")], row: link(order) }), [["warning /parameters/1/name", "@b"]]);
  check(query({ parameters: [named("a"), named("A")], row: { missing: "Row" } }), [
    ["error /parameters/1/name", "@A"],
    ["error /row", "Row"],
  ]);
});
