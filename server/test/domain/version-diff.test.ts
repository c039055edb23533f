import type { TriggerHTTPParameter, VersionDiff } from "@mooring/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BigQueryActionDocument, DefinitionLink, HttpActionDocument, StoredAction } from "../../src/domain/action.ts";
import { type StoredDefinition, storedReference } from "../../src/domain/definition.ts";
import type { StoredTrigger, TriggerDocument } from "../../src/domain/trigger.ts";
import type { VersionContent } from "../../src/domain/version-content.ts";
import { versionDiff } from "../../src/domain/version-diff.ts";
import type { ActionId, DefinitionId, TriggerId } from "../../src/kernel/ids.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";

/** An id that is always the same for a name. */
const idOf = <Id extends string>(name: string) => `01JAZZ5CB6Q8ZV${name.toUpperCase().padStart(12, "0")}` as Id;
const linkTo = (name: string, accept?: string[]): DefinitionLink => ({ id: idOf<DefinitionId>(name), ...(accept ? { accept } : {}) });
const refTo = (name: string) => ({ $ref: storedReference(idOf<DefinitionId>(name)) });

const http = (changes: Partial<HttpActionDocument> = {}): HttpActionDocument => ({
  type: "http",
  method: "POST",
  path: "/users",
  parameters: [],
  responses: [],
  ...changes,
});
const query = (changes: Partial<BigQueryActionDocument> = {}): BigQueryActionDocument => ({
  type: "bigquery",
  query: "select @n as n",
  parameters: [{ name: "n", type: "INT64", required: true }],
  ...changes,
});
const action = (document: StoredAction["document"], changes: Partial<StoredAction> = {}): StoredAction => ({
  id: idOf<ActionId>("a"),
  name: "act",
  document,
  errors: [],
  ...changes,
});
const definition = (name: string, schema: unknown, changes: Partial<StoredDefinition> = {}): StoredDefinition => ({
  id: idOf<DefinitionId>(name),
  name,
  accept: ["application/json"],
  contentType: "application/schema+json",
  content: JSON.stringify(schema),
  errors: [],
  ...changes,
});
const content = (actions: readonly StoredAction[], definitions: readonly StoredDefinition[] = []): VersionContent => ({
  actions: new Map(actions.map((one) => [one.id, one])),
  triggers: new Map(),
  definitions: new Map(definitions.map((one) => [one.id, one])),
});
const withTrigger = (
  document: Partial<TriggerDocument>,
  definitions: readonly StoredDefinition[] = [],
  changes: Partial<StoredTrigger> = {},
): VersionContent => {
  const trigger: StoredTrigger = {
    id: idOf<TriggerId>("t"),
    name: "paid",
    document: { type: "http", method: "POST", parameters: [], responses: [], ...document },
    errors: [],
    ...changes,
  };
  return { ...content([], definitions), triggers: new Map([[trigger.id, trigger]]) };
};
const user = definition("user", { type: "object", properties: { name: { type: "string" } } });
const narrower = definition("user", { type: "object", properties: { name: { type: "string" } }, required: ["name"] });

function diff(before: VersionContent, after: VersionContent): VersionDiff {
  const steps = versionDiff({ name: "1", content: before }, { name: "2", content: after });
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

const parameter = (changes: object = {}) => ({ name: "limit", in: "query", required: false, type: "integer", ...changes }) as const;
const withParameters = (...parameters: object[]) => http({ parameters: parameters as unknown as HttpActionDocument["parameters"] });
const body = (...definitions: DefinitionLink[]) => http({ requestBody: { required: false, definitions } });
const answer = (...definitions: DefinitionLink[]) => http({ responses: [{ status: 200, definitions }] });
const other = definition("other", { type: "object", properties: { name: { type: "string" } } });
const both = [user, other, definition("narrow", JSON.parse(narrower.content))];

/** From, to, where it is told, and whether it breaks callers. */
const actions: [string, HttpActionDocument, HttpActionDocument, string, "breaks" | "is safe"][] = [
  ["another method", http(), http({ method: "PUT" }), "/method", "breaks"],
  ["another path", http(), http({ path: "/v2/users" }), "/path", "breaks"],
  ["a placeholder that is spelled otherwise", http({ path: "/{{ .env.a }}" }), http({ path: "/{{env.a}}" }), "/path", "is safe"],
  ["a new optional parameter", http(), withParameters(parameter()), "/parameters/query/limit", "is safe"],
  ["a new required parameter", http(), withParameters(parameter({ required: true })), "/parameters/query/limit", "breaks"],
  [
    "a new required parameter with a default",
    http(),
    withParameters(parameter({ required: true, default: 1 })),
    "/parameters/query/limit",
    "is safe",
  ],
  ["a new parameter in the path", http(), withParameters(parameter({ in: "path" })), "/parameters/path/limit", "breaks"],
  ["a parameter is gone", withParameters(parameter()), http(), "/parameters/query/limit", "breaks"],
  [
    "a parameter becomes required",
    withParameters(parameter()),
    withParameters(parameter({ required: true })),
    "/parameters/query/limit/required",
    "breaks",
  ],
  [
    "a parameter becomes optional",
    withParameters(parameter({ required: true })),
    withParameters(parameter()),
    "/parameters/query/limit/required",
    "is safe",
  ],
  [
    "a parameter has another type",
    withParameters(parameter()),
    withParameters(parameter({ type: "boolean" })),
    "/parameters/query/limit/type",
    "breaks",
  ],
  [
    "a parameter has a wider type",
    withParameters(parameter()),
    withParameters(parameter({ type: "number" })),
    "/parameters/query/limit/type",
    "is safe",
  ],
  [
    "a parameter has a tighter bound",
    withParameters(parameter({ schema: { maximum: 9 } })),
    withParameters(parameter({ schema: { maximum: 5 } })),
    "/parameters/query/limit/schema/maximum",
    "breaks",
  ],
  [
    "a parameter takes one more value",
    withParameters(parameter({ schema: { enum: [1] } })),
    withParameters(parameter({ schema: { enum: [1, 2] } })),
    "/parameters/query/limit/schema/enum",
    "is safe",
  ],
  [
    "a parameter has another default",
    withParameters(parameter({ default: 1 })),
    withParameters(parameter({ default: 2 })),
    "/parameters/query/limit/default",
    "breaks",
  ],
  [
    "a parameter is described otherwise",
    withParameters(parameter({ description: "a" })),
    withParameters(parameter({ description: "b" })),
    "/parameters/query/limit/description",
    "is safe",
  ],
  [
    "a list is written in another way",
    withParameters(parameter({ explode: true })),
    withParameters(parameter({ explode: false })),
    "/parameters/query/limit/explode",
    "breaks",
  ],
  [
    "a parameter of another place takes the name",
    withParameters(parameter()),
    withParameters(parameter(), parameter({ in: "header" })),
    "/parameters/query/limit/name",
    "breaks",
  ],
  ["an optional body is new", http(), body(linkTo("user")), "/requestBody", "is safe"],
  ["a required body is new", http(), http({ requestBody: { required: true, definitions: [] } }), "/requestBody", "breaks"],
  ["a body becomes required", body(), http({ requestBody: { required: true, definitions: [] } }), "/requestBody/required", "breaks"],
  ["a body is gone", body(), http(), "/requestBody", "breaks"],
  [
    "a body may have one more type",
    body(linkTo("user")),
    body(linkTo("user"), linkTo("other", ["text/json"])),
    "/requestBody/definitions/text~1json",
    "is safe",
  ],
  [
    "a body may not have a type any more",
    body(linkTo("user", ["text/json"]), linkTo("other")),
    body(linkTo("other")),
    "/requestBody/definitions/text~1json",
    "breaks",
  ],
  [
    "a body is by another definition that says the same",
    body(linkTo("user")),
    body(linkTo("other")),
    "/requestBody/definitions/application~1json",
    "is safe",
  ],
  [
    "a body is by another, narrower definition",
    body(linkTo("user")),
    body(linkTo("narrow")),
    "/requestBody/definitions/application~1json",
    "breaks",
  ],
  [
    "a body is by another, wider definition",
    body(linkTo("narrow")),
    body(linkTo("user")),
    "/requestBody/definitions/application~1json",
    "is safe",
  ],
  [
    "a body is by a definition that is missing",
    body(linkTo("user")),
    body({ missing: "user", accept: ["application/json"] }),
    "/requestBody/definitions/application~1json",
    "breaks",
  ],
  [
    "a status is described",
    answer(),
    http({ responses: [{ status: 200, definitions: [] }, { definitions: [] }] }),
    "/responses/default",
    "is safe",
  ],
  ["a status is not described any more", answer(linkTo("user")), http(), "/responses/200", "breaks"],
  ["an answer may not have a type any more", answer(linkTo("user")), answer(), "/responses/200/definitions/application~1json", "breaks"],
  [
    "an answer is by another, narrower definition",
    answer(linkTo("user")),
    answer(linkTo("narrow")),
    "/responses/200/definitions/application~1json",
    "is safe",
  ],
  [
    "an answer is by another, wider definition",
    answer(linkTo("narrow")),
    answer(linkTo("user")),
    "/responses/200/definitions/application~1json",
    "breaks",
  ],
  [
    "an answer is described otherwise",
    http({ responses: [{ status: 200, description: "a", definitions: [] }] }),
    http({ responses: [{ status: 200, definitions: [] }] }),
    "/responses/200/description",
    "is safe",
  ],
];

const queries: [string, BigQueryActionDocument, BigQueryActionDocument, string, "breaks" | "is safe"][] = [
  ["another query", query(), query({ query: "select 1" }), "/query", "breaks"],
  [
    "a new optional parameter",
    query({ parameters: [] }),
    query({ parameters: [{ name: "n", type: "INT64", required: false }] }),
    "/parameters/n",
    "is safe",
  ],
  ["a new required parameter", query({ parameters: [] }), query(), "/parameters/n", "breaks"],
  ["a parameter is gone", query(), query({ parameters: [] }), "/parameters/n", "breaks"],
  [
    "a parameter has another type",
    query(),
    query({ parameters: [{ name: "n", type: "STRING", required: true }] }),
    "/parameters/n/type",
    "breaks",
  ],
  [
    "a parameter becomes a list",
    query(),
    query({ parameters: [{ name: "n", type: "INT64", required: true, array: true }] }),
    "/parameters/n/array",
    "breaks",
  ],
  [
    "a parameter becomes optional",
    query(),
    query({ parameters: [{ name: "n", type: "INT64", required: false }] }),
    "/parameters/n/required",
    "is safe",
  ],
  ["less may be billed", query({ maximumBytesBilled: "10" }), query({ maximumBytesBilled: "9" }), "/maximumBytesBilled", "breaks"],
  ["more may be billed", query({ maximumBytesBilled: "9" }), query({ maximumBytesBilled: "10" }), "/maximumBytesBilled", "is safe"],
  ["rows are described", query(), query({ row: linkTo("user") }), "/row", "is safe"],
  ["rows are wider", query({ row: linkTo("narrow") }), query({ row: linkTo("user") }), "/row", "breaks"],
];

describe("a change of an action", () => {
  test.each([...actions, ...queries])("%s", (_name, before, after, field, verdict) => {
    const [from, to] = [content([action(before)], both), content([action(after)], both)];
    const { changed, breaks } = diff(from, to);
    expect(changed).toMatchObject([{ type: "action", name: "act", breaks, changes: { 0: { field, breaks } } }]);
    const [{ changes } = { changes: [] }] = changed;
    expect(breaks).toBe(verdict === "breaks");
    for (const change of changes) expect(change.why !== undefined).toBe(change.breaks);
    expect(diff(from, from)).toEqual({ from: "1", to: "2", breaks: false, added: [], removed: [], changed: [] });
  });

  test("texts for people break nothing", () => {
    const result = diff(content([action(http(), { summary: "a" })]), content([action(http(), { summary: "b", description: "c" })]));
    expect(result.breaks).toBe(false);
    expect(result.changed[0]?.changes.map(({ field }) => field)).toEqual(["/summary", "/description"]);
  });

  test("parameters and responses in another order are no change, nor is the case of a header", () => {
    const [one, two] = [parameter(), parameter({ name: "X-Id", in: "header" })];
    const answers = [{ status: 200, definitions: [] }, { definitions: [] }];
    const before = content([action({ ...withParameters(one, two), responses: answers })]);
    const after = content([action({ ...withParameters(two, one), responses: answers.toReversed() })]);
    expect(diff(before, after).changed).toEqual([]);
  });

  test("one of another type is another action to its callers", () => {
    expect(diff(content([action(http())]), content([action(query())])).changed).toMatchObject([
      { breaks: true, changes: [{ field: "/type", before: "http", after: "bigquery" }] },
    ]);
  });
});

describe("what is the same thing in two versions", () => {
  test("one with the same id: another name breaks the callers of an action, and nobody who uses a definition", () => {
    const before = content([action(body(linkTo("user")))], [user]);
    const after = content([action(body(linkTo("user")), { name: "perform" })], [{ ...user, name: "Person" }]);
    expect(diff(before, after)).toMatchObject({
      added: [],
      removed: [],
      changed: [
        { type: "action", name: "perform", breaks: true, changes: [{ field: "/name", before: "act", after: "perform" }] },
        { type: "definition", name: "Person", breaks: false, changes: [{ field: "/name" }] },
      ],
    });
  });

  test("else one with the same name: a second import has other ids, and references to what is the same are equal", () => {
    const list = definition("list", { type: "array", items: refTo("user") });
    const before = content([action(answer(linkTo("list")))], [user, list]);
    const [newUser, newList] = [
      { ...user, id: idOf<DefinitionId>("new") },
      { ...list, id: idOf<DefinitionId>("newlist"), content: JSON.stringify({ type: "array", items: refTo("new") }) },
    ];
    const after = content([action(answer(linkTo("newlist")), { id: idOf<ActionId>("newact") })], [newUser, newList]);
    expect(diff(before, after)).toMatchObject({ breaks: false, added: [], removed: [], changed: [] });
  });

  test("an action that is gone breaks its callers, one that is new nobody; of definitions, whoever used one tells", () => {
    const result = diff(content([action(http())], [user]), content([action(http(), { id: idOf<ActionId>("b"), name: "new" })], [other]));
    expect(result).toMatchObject({
      breaks: true,
      added: [
        { type: "action", name: "new", breaks: false },
        { type: "definition", name: "other", breaks: false },
      ],
      removed: [
        { type: "action", name: "act", breaks: true },
        { type: "definition", name: "user", breaks: false },
      ],
    });
  });
});

describe("a change of a definition", () => {
  const used = (document: HttpActionDocument, ...definitions: StoredDefinition[]) => content([action(document)], definitions);
  const list = definition("list", { type: "array", items: refTo("user") });

  test.each([
    ["used in requests, narrower", body(linkTo("user")), [user], [narrower], "In requests: `name` must be there now. Used by act."],
    ["used in requests, wider", body(linkTo("user")), [narrower], [user], undefined],
    ["used in responses, narrower", answer(linkTo("user")), [user], [narrower], undefined],
    ["used in responses, wider", answer(linkTo("user")), [narrower], [user], "In responses: `name` may be missing now. Used by act."],
    ["used by rows, wider", query({ row: linkTo("user") }), [narrower], [user], "In responses: `name` may be missing now. Used by act."],
    [
      "used through another one",
      body(linkTo("list")),
      [user, list],
      [narrower, list],
      "In requests: `name` must be there now. Used by act.",
    ],
    ["used by nothing", http(), [user], [narrower], undefined],
  ] as const)("%s", (_name, document, before, after, why) => {
    const { changed, breaks } = diff(used(document as HttpActionDocument, ...before), used(document as HttpActionDocument, ...after));
    expect(changed).toMatchObject([{ type: "definition", name: "user", changes: [{ field: "/schema/required" }] }]);
    expect(changed[0]?.changes[0]?.why).toBe(why);
    expect(breaks).toBe(why !== undefined);
  });

  test.each([
    ["below `not`", { not: refTo("user") }],
    ["as an alternative that may overlap", { oneOf: [refTo("user"), { maxProperties: 1 }] }],
    ["in a condition", { if: refTo("user") }],
  ])("in requests %s, a wider one breaks too", (_place, schema) => {
    const around = definition("around", schema);
    expect(diff(used(body(linkTo("around")), narrower, around), used(body(linkTo("around")), user, around)).breaks).toBe(true);
  });

  test("one that no longer is what a reference means breaks, though the text is the same", () => {
    const before = used(body(linkTo("list")), user, list);
    expect(diff(before, used(body(linkTo("list")), list)).breaks).toBe(true);
  });

  test("of an XML Schema, every change breaks", () => {
    const xml = (text: string) => definition("user", {}, { contentType: "text/xml", content: text });
    expect(diff(used(body(linkTo("user")), xml("<a/>")), used(body(linkTo("user")), xml("<b/>")))).toMatchObject({
      breaks: true,
      changed: [{ changes: [{ field: "/schema/content", breaks: true }] }],
    });
  });

  test("at most three of those who use it are named", () => {
    const users = Array.from({ length: 5 }, (_, at) => action(body(linkTo("user")), { id: idOf<ActionId>(`u${at}`), name: `u${at}` }));
    const { changed } = diff(content(users, [user]), content(users, [narrower]));
    expect(changed[0]?.changes[0]?.why).toMatch(/Used by u0, u1, u2 and 2 more\.$/);
  });
});

const takes = (...definitions: DefinitionLink[]): Partial<TriggerDocument> => ({ requestBody: { required: true, definitions } });
const bare = (changes: Partial<TriggerHTTPParameter> = {}): TriggerHTTPParameter => ({
  name: "X-Topic",
  in: "header",
  required: false,
  type: "integer",
  ...changes,
});
const with1 = (changes: Partial<TriggerHTTPParameter>): Partial<TriggerDocument> => ({ parameters: [bare(changes)] });
const sends = (...statuses: number[]): Partial<TriggerDocument> => ({
  responses: statuses.map((status) => ({ status, definitions: [] })),
});
const answers: Partial<TriggerDocument> = { responses: [{ status: 200, definitions: [linkTo("user")] }] };
const strict = { strict: true };

/** From, to, where it is told, and whether it breaks the sender of events or who gets them. */
const triggers: [string, Partial<TriggerDocument>, Partial<TriggerDocument>, string, "breaks" | "is safe"][] = [
  ["another method", {}, { method: "PUT" }, "/method", "breaks"],
  ["what does not fit is refused from now on", {}, strict, "/strict", "breaks"],
  ["what does not fit may arrive from now on", strict, {}, "/strict", "breaks"],
  ["a challenge is answered", {}, { challenge: { in: "body", name: "/challenge" } }, "/challenge", "is safe"],
  [
    "another challenge is answered",
    { challenge: { in: "body", name: "/a" } },
    { challenge: { in: "query", name: "a" } },
    "/challenge",
    "is safe",
  ],
  ["a challenge is not answered any more", { challenge: { in: "body", name: "/a" } }, {}, "/challenge", "is safe"],
  ["a new parameter", {}, with1({}), "/parameters/header/x-topic", "is safe"],
  ["a new parameter that must be there", {}, with1({ required: true }), "/parameters/header/x-topic", "is safe"],
  ["a new one that is refused without", strict, { ...strict, ...with1({ required: true }) }, "/parameters/header/x-topic", "breaks"],
  ["a parameter is gone", with1({}), {}, "/parameters/header/x-topic", "breaks"],
  ["a parameter may be missing", with1({ required: true }), with1({}), "/parameters/header/x-topic/required", "breaks"],
  ["a parameter of a wider type", with1({}), with1({ type: "number" }), "/parameters/header/x-topic/type", "breaks"],
  ["a parameter of a narrower type", with1({ type: "number" }), with1({}), "/parameters/header/x-topic/type", "is safe"],
  [
    "a parameter of a narrower type, and refused otherwise",
    { ...strict, ...with1({ type: "number" }) },
    { ...strict, ...with1({}) },
    "/parameters/header/x-topic/type",
    "breaks",
  ],
  ["a parameter with another default", with1({ default: 1 }), with1({ default: 2 }), "/parameters/header/x-topic/default", "breaks"],
  ["a body is described", {}, takes(linkTo("user")), "/requestBody", "breaks"],
  ["a body is not described any more", takes(linkTo("user")), {}, "/requestBody", "breaks"],
  ["a body may be missing", takes(), { requestBody: { required: false, definitions: [] } }, "/requestBody/required", "breaks"],
  ["a body must be there", { requestBody: { required: false, definitions: [] } }, takes(), "/requestBody/required", "is safe"],
  ["one more type of body", takes(), takes(linkTo("user")), "/requestBody/definitions/application~1json", "breaks"],
  ["one type of body less", takes(linkTo("user")), takes(), "/requestBody/definitions/application~1json", "breaks"],
  ["a body that may be less", takes(linkTo("user")), takes(linkTo("narrow")), "/requestBody/definitions/application~1json", "is safe"],
  ["a body that may be more", takes(linkTo("narrow")), takes(linkTo("user")), "/requestBody/definitions/application~1json", "breaks"],
  ["another status for what is kept", sends(202), sends(200), "/responses", "breaks"],
  ["one more status for what is not kept", sends(202), sends(202, 400), "/responses/400", "is safe"],
  ["a status that is not described any more", sends(202, 400), sends(202), "/responses/400", "breaks"],
];

describe("a change of a trigger", () => {
  const about = (before: VersionContent, after: VersionContent, field: string) =>
    diff(before, after).changed.flatMap(({ type, changes }) =>
      changes.filter((one) => one.field === field).map((one) => [type, one.breaks]),
    );

  test.each(triggers)("%s: %#", (_, before, after, field, expected) => {
    const told = about(withTrigger(before, both), withTrigger(after, both), field);
    expect(told).toEqual([["trigger", expected === "breaks"]]);
  });

  test("of its name breaks, of what people read does not", () => {
    const { changed } = diff(withTrigger({}, [], { name: "paid" }), withTrigger({}, [], { name: "settled", summary: "Now so" }));
    expect(changed).toMatchObject([{ type: "trigger", name: "settled", changes: [{ field: "/name", breaks: true }, { breaks: false }] }]);
  });

  test("that is gone breaks, one that is new does not, and nothing changes from itself to itself", () => {
    const some = withTrigger(takes(linkTo("user")), both);
    expect(diff(some, content([], both))).toMatchObject({ breaks: true, removed: [{ type: "trigger", name: "paid", breaks: true }] });
    expect(diff(content([], both), some)).toMatchObject({ breaks: false, added: [{ type: "trigger", name: "paid" }] });
    expect(diff(some, some)).toMatchObject({ added: [], removed: [], changed: [] });
  });

  test.each([
    { what: "more may arrive", document: takes(linkTo("user")), from: narrower, to: user, breaks: true },
    { what: "less may arrive", document: takes(linkTo("user")), from: user, to: narrower, breaks: false },
    {
      what: "less may arrive, the rest is refused",
      document: { ...strict, ...takes(linkTo("user")) },
      from: user,
      to: narrower,
      breaks: true,
    },
    { what: "more is answered", document: answers, from: narrower, to: user, breaks: true },
    { what: "less is answered", document: answers, from: user, to: narrower, breaks: false },
  ])("of the definition it uses: $what", ({ document, from, to, breaks }) => {
    const { changed } = diff(withTrigger(document, [from]), withTrigger(document, [to]));
    expect(changed).toMatchObject([{ type: "definition", name: "user", breaks }]);
    if (breaks) expect(changed[0]?.changes.find((one) => one.breaks)?.why).toMatch(/Used by paid\.$/);
  });
});

describe("the answer", () => {
  test("lists at most 1,000 things and 50 changes of each, those that break first, and says how many there are more", () => {
    const many = (name: string) =>
      Array.from({ length: 1_200 }, (_, at) =>
        action(withParameters(...(name === "b" ? [parameter({ required: at === 1_100 })] : [])), {
          id: idOf<ActionId>(`m${at}`),
          name: `m${at}`,
        }),
      );
    const result = diff(content(many("a")), content(many("b")));
    expect(result).toMatchObject({ breaks: true, omitted: 200 });
    expect(result.changed).toHaveLength(1_000);
    expect(result.changed[0]).toMatchObject({ name: "m1100", breaks: true });
    const wide = (count: number) =>
      withParameters(...Array.from({ length: count }, (_, at) => parameter({ name: `p${at}`, required: at === 70 })));
    const [one] = diff(content([action(wide(0))]), content([action(wide(80))])).changed;
    expect(one).toMatchObject({ omitted: 30, changes: { length: 50, 0: { field: "/parameters/query/p70" } } });
  });

  test("is worked out in steps, so that others have their turn: at least one for each thing", () => {
    const many = content(
      Array.from({ length: 300 }, (_, at) => action(http(), { id: idOf<ActionId>(`m${at}`), name: `m${at}` })),
      Array.from({ length: 200 }, (_, at) => definition(`d${at}`, {})),
    );
    expect([...versionDiff({ name: "1", content: many }, { name: "2", content: many })].length).toBeGreaterThan(500);
  });

  const contents = fc
    .record({
      actions: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d")),
      definitions: fc.uniqueArray(fc.constantFrom("e", "f", "g")),
      required: fc.boolean(),
    })
    .map(({ actions: names, definitions, required }) =>
      content(
        names.map((name) => action(body(...definitions.map((one) => linkTo(one))), { id: idOf<ActionId>(name), name })),
        definitions.map((name) => definition(name, { type: "object", properties: { a: {} }, ...(required ? { required: ["a"] } : {}) })),
      ),
    );

  test(
    "is empty for a version and itself, and the other way round what was added is removed and what changed has changed",
    () => {
      fc.assert(
        fc.property(contents, contents, (one, two) => {
          expect(diff(one, one)).toEqual({ from: "1", to: "2", breaks: false, added: [], removed: [], changed: [] });
          const [forth, back] = [diff(one, two), diff(two, one)];
          const names = (items: readonly { type: string; name: string }[]) => items.map(({ type, name }) => `${type} ${name}`).sort();
          expect(names(forth.added)).toEqual(names(back.removed));
          expect(names(forth.removed)).toEqual(names(back.added));
          expect(names(forth.changed)).toEqual(names(back.changed));
          for (const { type, breaks } of forth.removed) expect(breaks).toBe(type === "action");
        }),
        { numRuns: trials({ change: 300, long: 20_000 }) },
      );
    },
    propertyTimeoutMs,
  );
});
