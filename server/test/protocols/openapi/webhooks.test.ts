import type { HTTPMethod, TriggerHTTPParameter } from "@mooring/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DraftTrigger } from "../../../src/domain/api-draft.ts";
import type { TriggerDocument } from "../../../src/domain/trigger.ts";
import { triggerFaults } from "../../../src/domain/trigger-faults.ts";
import { idOf, type TriggerId } from "../../../src/kernel/ids.ts";
import { propertyTimeoutMs, trials } from "../../harness/profile.ts";
import { comparable, exportWhole, openApi, placesOf, readWhole } from "./whole.ts";

const withWebhooks = (webhooks: unknown, more: Record<string, unknown> = {}) => openApi({}, { webhooks, ...more });
const schema = { type: "object", properties: { id: { type: "integer" } } };
const orderPaid = {
  post: {
    operationId: "onOrderPaid",
    summary: "An order was paid",
    parameters: [
      { name: "X-Topic", in: "header", required: true, description: "What it is about.", schema: { type: "string", default: "a {{ b" } },
    ],
    requestBody: { required: true, content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
    responses: { 202: { description: "Kept." }, default: { description: "Not kept." } },
  },
};
const document = withWebhooks({ orderPaid }, { components: { schemas: { Order: schema } } });

describe("webhooks of a file", () => {
  test("become triggers, by their names, with the definitions that their bodies refer to", () => {
    const { triggers, actions, definitions, draft } = readWhole(document);
    const [order] = definitions;
    expect(actions).toEqual([]);
    expect(triggers).toEqual([
      {
        id: expect.any(String),
        name: "orderPaid",
        summary: "An order was paid",
        document: {
          type: "http",
          method: "POST",
          parameters: [
            { name: "X-Topic", in: "header", required: true, type: "string", default: "a {{ b", description: "What it is about." },
          ],
          requestBody: { required: true, definitions: [{ id: order?.id }] },
          responses: [
            { status: 202, description: "Kept.", definitions: [] },
            { description: "Not kept.", definitions: [] },
          ],
        },
        errors: [],
        uses: [order?.id],
      },
    ]);
    expect(definitions).toMatchObject([{ name: "Order", accept: ["application/json"] }]);
    expect(draft.messages.filter(({ text }) => /[Ww]ebhook/.test(text))).toEqual([]);
  });

  test("may stand elsewhere in the file, and take more methods than one, each of which is a trigger of its own", () => {
    const { triggers } = readWhole(
      withWebhooks(
        { ping: { $ref: "#/components/pathItems/ping" }, "order/paid": orderPaid, order_paid: orderPaid },
        { components: { pathItems: { ping: { get: {}, post: {} } }, schemas: { Order: schema } } },
      ),
    );
    expect(triggers.map(({ name, document: { method } }) => [name, method])).toEqual([
      ["ping", "GET"],
      ["ping_2", "POST"],
      ["order_paid", "POST"],
      ["order_paid_2", "POST"],
    ]);
  });

  test("of a file of OpenAPI 3.0, which has no such thing, are read all the same", () => {
    expect(readWhole({ ...document, openapi: "3.0.3" }).triggers).toHaveLength(1);
  });

  const post = (operation: object) => withWebhooks({ w: { post: operation } });
  test.each<{ what: string; document: unknown; words: string; places: string[] }>([
    { what: "their names", document: withWebhooks({ "a b": { post: {} } }), words: "Names were changed", places: ["/webhooks/a b"] },
    {
      what: "what a schema says of a parameter besides its type",
      document: post({ parameters: [{ name: "a", in: "query", schema: { type: "string", enum: ["x"] } }] }),
      words: "Of parameters of webhooks",
      places: ["/webhooks/w/post/parameters"],
    },
    {
      what: "that a parameter is a list",
      document: post({ parameters: [{ name: "a", in: "query", schema: { type: "array", items: { type: "integer" } } }] }),
      words: "Of parameters of webhooks",
      places: ["/webhooks/w/post/parameters"],
    },
    {
      what: "parameters in a path",
      document: post({ parameters: [{ name: "a", in: "path", required: true, schema: { type: "string" } }] }),
      words: "parameters in a path",
      places: ["/webhooks/w/post/parameters"],
    },
    { what: "servers", document: post({ servers: [] }), words: "Webhooks have servers", places: ["/webhooks/w/post/servers"] },
    { what: "proofs", document: post({ security: [] }), words: "how their sender proves", places: ["/webhooks/w/post/security"] },
    ...["/challenge", {}, { in: "body" }, { in: "header", name: "a" }, { in: "query", name: "a".repeat(201) }].map((challenge) => ({
      what: `a challenge that is not written as Mooring writes it: ${JSON.stringify(challenge).slice(0, 30)}`,
      document: post({ "x-mooring-challenge": challenge }),
      words: "Extensions",
      places: ["/webhooks/w/post/x-mooring-challenge"],
    })),
    { what: "what is no webhook", document: withWebhooks({ w: 5 }), words: "Operations are not written", places: ["/webhooks/w"] },
    { what: "what are no webhooks", document: openApi({}, { webhooks: [] }), words: "Operations are not written", places: ["/webhooks"] },
  ])("leave out, with a message, $what", ({ document: file, words, places }) => expect(placesOf(file, words)).toEqual(places));

  test("are 1,000 at most", () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`w${at}`, { post: {} }]));
    expect(() => readWhole(withWebhooks(many))).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});

const scalars = {
  string: fc.string().filter((text) => !text.includes("\0")),
  integer: fc.maxSafeInteger().map((value) => value + 0),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  boolean: fc.boolean(),
} as const;
const described = fc.option(
  fc.string({ minLength: 1 }).filter((text) => text.trim() !== "" && !text.includes("\0")),
  { nil: undefined },
);
const optional = <Value>(key: string, value: Value | undefined) => (value === undefined ? {} : { [key]: value });

const parameters: fc.Arbitrary<TriggerHTTPParameter[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.stringMatching(/^[a-z0-9-]{1,12}$/),
      in: fc.constantFrom("query", "header", "cookie"),
      required: fc.boolean(),
      type: fc.constantFrom("string", "integer", "number", "boolean"),
      description: described,
      isGiven: fc.boolean(),
    })
    .chain(({ description, isGiven, ...rest }) =>
      scalars[rest.type].map((value) => ({
        ...rest,
        ...optional("default", isGiven ? value : undefined),
        ...optional("description", description),
      })),
    ),
  { selector: ({ in: place, name }) => `${place} ${name}`, maxLength: 4 },
);
const responses = fc.uniqueArray(
  fc.record({ status: fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }), description: described }),
  { selector: ({ status }) => status, maxLength: 4 },
);
const triggers: fc.Arbitrary<DraftTrigger[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.stringMatching(/^[a-zA-Z0-9_\-$]{1,20}$/),
      summary: described,
      method: fc.constantFrom<HTTPMethod>("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
      strict: fc.option(fc.boolean(), { nil: undefined }),
      challenge: fc.option(
        fc.record({ in: fc.constantFrom("body", "query"), name: fc.stringMatching(/^(\/([a-z0-9]|~0|~1){0,5}){1,3}$/) }),
        { nil: undefined },
      ),
      required: fc.option(fc.boolean(), { nil: undefined }),
      parameters,
      responses,
    })
    .map(({ name, summary, method, strict, challenge, required, parameters: all, responses: answers }) => {
      const document: TriggerDocument = {
        type: "http",
        method,
        ...optional("strict", strict),
        ...optional("challenge", challenge),
        parameters: all,
        ...(required === undefined ? {} : { requestBody: { required, definitions: [] } }),
        responses: answers.map(({ status, description }) => ({
          ...optional("status", status),
          ...optional("description", description),
          definitions: [],
        })),
      };
      return { id: idOf<TriggerId>(name), name, ...optional("summary", summary), document, errors: [], uses: [] };
    })
    .filter(({ document: one }) => triggerFaults(one, new Map()).every(({ severity }) => severity === "warning")),
  { selector: ({ name }) => name, maxLength: 5 },
);

describe("triggers that are exported", () => {
  test(
    "are the same when the file is imported again",
    async () => {
      const { draft } = readWhole(openApi({ "/": { get: {} } }));
      await fc.assert(
        fc.asyncProperty(triggers, async (all) => {
          const whole = { draft, actions: [], definitions: [], triggers: all };
          const again = comparable(readWhole(await exportWhole(whole)));
          expect(again).toMatchObject({ triggers: (comparable(whole) as { triggers: unknown }).triggers });
        }),
        { numRuns: trials({ change: 200, long: 20_000 }) },
      );
    },
    propertyTimeoutMs,
  );

  test("refer to the definitions that they use, and keep their order", async () => {
    const first = readWhole(withWebhooks({ b: orderPaid, a: { put: {} } }, { components: { schemas: { Order: schema } } }));
    const exported = await exportWhole(first);
    expect(Object.keys(exported.webhooks as object)).toEqual(["b", "a"]);
    expect(exported.webhooks).toMatchObject({
      b: { post: { requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } } } },
    });
    expect(comparable(readWhole(exported))).toEqual(comparable(first));
  });

  test("are not in the document where there is none", async () => {
    expect(await exportWhole(readWhole(openApi({ "/": { get: {} } })))).not.toHaveProperty("webhooks");
  });
});
