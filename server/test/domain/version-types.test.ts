import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ActionDocument, DefinitionLink, StoredAction } from "../../src/domain/action.ts";
import { type StoredDefinition, storedReference } from "../../src/domain/definition.ts";
import type { StoredTrigger, TriggerDocument } from "../../src/domain/trigger.ts";
import { versionTypes } from "../../src/domain/version-types.ts";
import type { ActionId, DefinitionId, TriggerId } from "../../src/kernel/ids.ts";

const idOf = <Id extends string>(at: number) => `01JAZZ5CB6Q8ZV${String(at).padStart(12, "0")}` as Id;

interface Given {
  readonly definitions?: Readonly<Record<string, unknown>>;
  readonly descriptions?: Readonly<Record<string, string>>;
  readonly actions?: Readonly<Record<string, Partial<StoredAction> & { document: ActionDocument }>>;
  readonly triggers?: Readonly<Record<string, Partial<StoredTrigger> & { document: TriggerDocument }>>;
}

/** The types of a version. In the schemas, `@name` stands for a reference to that definition. */
function typesOf({ definitions = {}, descriptions = {}, actions = {}, triggers = {} }: Given): string {
  const names = Object.keys(definitions);
  const named = (text: string) =>
    text.replaceAll(/"@(\w+)(#[^"]*)?"/g, (_, name, fragment = "") => JSON.stringify(storedReference(idOf(names.indexOf(name)), fragment)));
  const stored = names.map(
    (name, at): StoredDefinition => ({
      id: idOf<DefinitionId>(at),
      name,
      accept: ["application/json"],
      contentType: typeof definitions[name] === "string" ? "text/xml" : "application/schema+json",
      content: named(JSON.stringify(definitions[name])),
      errors: [],
      ...(Object.hasOwn(descriptions, name) ? { description: String(descriptions[name]) } : {}),
    }),
  );
  const all = Object.entries(actions).map(
    ([name, action], at): StoredAction => ({
      id: idOf<ActionId>(at),
      name,
      errors: [],
      ...action,
      document: JSON.parse(named(JSON.stringify(action.document))),
    }),
  );
  const steps = versionTypes({
    definitions: new Map(stored.map((one) => [one.id, one])),
    actions: new Map(all.map((one) => [one.id, one])),
    triggers: new Map(
      Object.entries(triggers).map(([name, trigger], at) => {
        const id = idOf<TriggerId>(at);
        return [id, { id, name, errors: [], ...trigger }];
      }),
    ),
  });
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const linked = (at: number) => ({ id: idOf<DefinitionId>(at) });

const post = (body: DefinitionLink) => ({
  document: {
    type: "http" as const,
    method: "POST" as const,
    path: "/",
    parameters: [],
    requestBody: { required: true, definitions: [body] },
    responses: [],
  },
});

const event = (required: boolean, ...definitions: DefinitionLink[]) => ({
  document: {
    type: "http" as const,
    method: "POST" as const,
    parameters: [
      { name: "X-Topic", in: "header" as const, required: true, type: "string" as const },
      { name: "try", in: "query" as const, required: false, type: "integer" as const },
    ],
    requestBody: { required, definitions },
    responses: [],
  },
});

const shop: Given = {
  definitions: {
    User: object(
      {
        id: { type: "integer" },
        name: { type: "string", description: "What they are called." },
        role: { enum: ["admin", "viewer", null] },
        nick: { type: ["string", "null"] },
        tags: { type: "array", items: { type: "string" } },
        point: { prefixItems: [{ type: "number" }, { type: "number" }], items: false, minItems: 2 },
        friends: { type: "array", items: { $ref: "@User" } },
        labels: { type: "object", additionalProperties: { type: "number" } },
        version: { const: 2 },
        pet: { oneOf: [{ $ref: "@Cat" }, { $ref: "@Dog" }] },
      },
      { required: ["id", "name"] },
    ),
    Cat: object({ kind: { const: "cat" }, lives: { type: "integer" } }, { required: ["kind", "lives"] }),
    Dog: { allOf: [object({ kind: { const: "dog" } }), { required: ["kind"] }] },
    "Not-Found": object({ message: { type: "string" } }, { required: ["message"] }),
    Row: object({ total: { type: "string" } }, { required: ["total"] }),
    Xml: "<schema/>",
    Form: object(
      { title: { type: "string" }, pages: { type: "array", items: { type: "string" } }, count: { type: "integer" } },
      { required: ["title"] },
    ),
    Bytes: { type: "string", format: "binary" },
  },
  actions: {
    createUser: {
      summary: "Makes a user",
      document: {
        type: "http",
        method: "POST",
        path: "/users",
        parameters: [
          { name: "team", in: "path", required: true, type: "string" },
          { name: "limit", in: "query", required: true, type: "integer", default: 3 },
          { name: "sort", in: "query", required: false, type: "string", schema: { enum: ["up", "down"] } },
          { name: "ids", in: "query", required: false, type: "integer", schema: { type: "array" } },
          { name: "id", in: "query", required: false, type: "string" },
          { name: "id", in: "header", required: false, type: "string" },
        ],
        requestBody: { required: true, definitions: [linked(0)] },
        responses: [
          { status: 200, definitions: [linked(0), linked(5)] },
          { status: 204, definitions: [] },
          { description: "All others", definitions: [linked(3)] },
        ],
      },
    },
    sendForm: post({ ...linked(6), accept: ["multipart/form-data"] }),
    sendBytes: post({ ...linked(7), accept: ["image/png"] }),
    sendXml: post({ ...linked(6), accept: ["application/xml"] }),
    sendAny: post({ ...linked(6), accept: ["application/xml", "application/json"] }),
    totals: {
      document: {
        type: "bigquery",
        query: "select 1",
        parameters: [
          { name: "since", type: "DATE", required: true },
          { name: "n", type: "INT64", required: false, array: true },
        ],
        row: linked(4),
      },
    },
  },
  triggers: {
    userMade: { summary: "A user was made", ...event(true, linked(0)) },
    userLeft: event(false, linked(0), { ...linked(6), accept: ["application/x-www-form-urlencoded"] }),
    pictureTaken: event(true, { ...linked(7), accept: ["image/png"] }),
    anything: event(true),
  },
};

const use = `import type { Actions, Triggers, User, Cat } from "./types.d.ts";
type Call<Name extends keyof Actions> = Pick<Actions[Name], "parameters" | "body">;
`;

const right = `${use}
const user: User = { id: 1, name: "Sam", role: null, nick: null, point: [1, 2], friends: [{ id: 2, name: "Alex" }], labels: { a: 1 }, version: 2, pet: { kind: "cat", lives: 9 } };
const call: Call<"createUser"> = { parameters: { team: "x", sort: "up", ids: [1], "query.id": "a" }, body: user };
const total: Actions["totals"]["output"][200][number]["total"] = "12";
const asked: Call<"totals"> = { parameters: { since: "2024-01-01", n: ["1", 2] } };
const answered: Actions["createUser"]["output"][200] = Math.random() > 2 ? user : "<user/>";
const failed: Actions["createUser"]["output"]["default"] = { message: "no" };
declare const empty: Actions["createUser"]["output"][204];
const nothing: unknown = empty;
const page = { base64: "aGk=" };
const form: Call<"sendForm"> = { parameters: {}, body: { title: { ...page, filename: "a.txt" }, pages: [page, page], count: 2 } };
const texts: Call<"sendForm"> = { parameters: {}, body: { title: "a", pages: ["b"] } };
const bytes: Call<"sendBytes"> = { parameters: {}, body: page };
const xml: Call<"sendXml"> = { parameters: {}, body: "<form/>" };
const any: Call<"sendAny"> = { parameters: {}, body: { title: "a" } };
const made: Triggers["userMade"] = { parameters: { "X-Topic": "users", try: 2 }, body: user };
const left: Triggers["userLeft"][] = [{ parameters: { "X-Topic": "" } }, { parameters: { "X-Topic": "" }, body: "title=a" }];
const taken: Triggers["pictureTaken"]["body"] = new Uint8Array(1);
const anything: Triggers["anything"] = { parameters: { "X-Topic": "" }, body: 5 };
export { made, left, taken, anything };
export { call, form, texts, bytes, xml, any, total, asked, answered, failed, nothing };
`;

const wrong: [string, string][] = [
  ["a parameter that must be there is missing", `export const a: Call<"createUser"> = { parameters: {}, body: { id: 1, name: "x" } };`],
  ["a parameter has another type", `export const a: Call<"createUser"> = { parameters: { team: 1 }, body: { id: 1, name: "x" } };`],
  ["a parameter is unknown", `export const a: Call<"createUser"> = { parameters: { team: "a", other: 1 }, body: { id: 1, name: "x" } };`],
  [
    "a parameter is named as two are",
    `export const a: Call<"createUser"> = { parameters: { team: "a", id: "1" }, body: { id: 1, name: "x" } };`,
  ],
  ["a value is not listed", `export const a: Actions["createUser"]["parameters"]["sort"] = "left";`],
  ["a body is missing", `export const a: Call<"createUser"> = { parameters: { team: "a" } };`],
  ["a property is missing", `export const a: User = { id: 1 };`],
  ["an item is wrong", `export const a: User["tags"] = [1];`],
  ["a tuple is too long", `export const a: User["point"] = [1, 2, 3];`],
  ["a constant is another", `export const a: User["version"] = 3;`],
  ["an alternative is mixed up", `export const a: Cat = { kind: "dog", lives: 1 };`],
  ["bytes are a text", `export const a: Call<"sendBytes"> = { parameters: {}, body: "aGk=" };`],
  ["a number of a form is a file", `export const a: Call<"sendForm"> = { parameters: {}, body: { title: "a", count: { base64: "" } } };`],
  ["a value in JSON is a file", `export const a: Call<"sendAny"> = { parameters: {}, body: { title: { base64: "" } } };`],
  ["an action is unknown", `export type A = Actions["dropUser"];`],
  ["an event has another body", `export const a: Triggers["userMade"]["body"] = { id: "1", name: "x" };`],
  ["an event has no body", `export const a: Triggers["userMade"] = { parameters: { "X-Topic": "" } };`],
  ["an event's parameter has another type", `export const a: Triggers["userMade"]["parameters"]["try"] = "1";`],
  ["a trigger is unknown", `export type A = Triggers["userDropped"];`],
  ["a query gets a body", `export const a: Call<"totals"> = { parameters: { since: "x" }, body: 1 };`],
  ["an answer is read as what it is not", `export const a = (user: Actions["createUser"]["output"]["default"]): number => user.message;`],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mooring-types-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the TypeScript compiler says about files, strictly: its faults by the file. */
async function compile(files: Readonly<Record<string, string>>): Promise<Record<string, string[]>> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const arguments_ = [
    "--noEmit",
    "--strict",
    "--ignoreConfig",
    "--skipLibCheck",
    "false",
    "--target",
    "es2024",
    "--module",
    "nodenext",
    "--types",
    "",
  ];
  const compiler = join(import.meta.dirname, "../../../node_modules/.bin/tsc");
  const output = await new Promise<string>((resolve) => {
    execFile(compiler, [...arguments_, "--allowImportingTsExtensions", ...Object.keys(files)], { cwd: folder }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  const faults: Record<string, string[]> = {};
  for (const line of output.split("\n")) {
    const [, file = "compiler", fault = ""] = /^([\w.-]+)\(\d+,\d+\): (.*)$/.exec(line) ?? [undefined, "compiler", line];
    if (fault.trim() !== "" && !fault.startsWith("  ")) faults[file] = [...(faults[file] ?? []), fault];
  }
  return faults;
}

describe("types of a version", () => {
  test("a program that uses them rightly compiles, and each that is wrong does not", async () => {
    const files = Object.fromEntries(wrong.map(([, text], at) => [`wrong${at}.ts`, use + text]));
    const faults = await compile({ "types.d.ts": typesOf(shop), "right.ts": right, ...files });
    expect(Object.keys(faults).sort()).toEqual(Object.keys(files).sort());
  }, 60_000);

  test("texts for people stand above what they are about", () => {
    const text = typesOf({ ...shop, descriptions: { User: "Somebody.\nOr some body." } });
    expect(text).toContain("/**\n * Somebody.\n * Or some body.\n */\nexport interface User {");
    expect(text).toContain('  /** Makes a user */\n  "createUser": {');
    expect(text).toContain("  /** What they are called. */\n");
    expect(text).toContain('  /** A user was made */\n  "userMade": {');
  });
});

/** Schemas whose types must compile, whatever they say. */
const hard: Record<string, Given> = {
  nothing: {},
  "definitions that are among others themselves": {
    definitions: {
      A: { anyOf: [{ $ref: "@B" }, { type: "string" }] },
      B: { allOf: [{ $ref: "@A" }] },
      C: { $ref: "@C" },
      D: {
        oneOf: [
          { type: "array", items: { $ref: "@D" } },
          { type: "object", additionalProperties: { $ref: "@D" } },
        ],
      },
      E: { type: "object", properties: { next: { anyOf: [{ $ref: "@E" }, { type: "null" }] } }, anyOf: [{ $ref: "#" }, {}] },
      F: { $ref: "#/$defs/x", $defs: { x: { anyOf: [{ $ref: "#/$defs/y" }, { type: "null" }] }, y: { $ref: "#/$defs/x" } } },
      G: {
        properties: { a: { $ref: "@F#/$defs/x" }, b: { $ref: "@E#/properties/next" }, c: { $ref: "@Nowhere" }, d: { $ref: "#/nowhere" } },
      },
      H: { prefixItems: [{ $ref: "@H" }, { $ref: "#/prefixItems/0" }] },
    },
  },
  "everything that a schema can say": {
    definitions: {
      all: {
        type: ["null", "boolean", "integer", "number", "string", "array", "object"],
        enum: [1, -1.5, 1e21, "a", null, true, { a: 1 }, [1]],
      },
      never: false,
      any: true,
      not: { not: { type: "string" } },
      empty: { type: "object", additionalProperties: false },
      closed: object({ a: false }, { additionalProperties: false, required: ["a", "b"] }),
      map: object({ a: { type: "string" } }, { additionalProperties: { type: "number" } }),
      patterns: { patternProperties: { "^x": { type: "string" } } },
      tuples: { type: "array", items: [{ type: "string" }, { type: "null" }], additionalItems: { type: "number" } },
      lists: { type: "array", items: { enum: ["a", "b"] } },
      mixed: {
        ...object({ a: {} }),
        allOf: [{ $ref: "@map" }],
        anyOf: [{ required: ["c"] }, { type: "null" }],
        oneOf: [{}, { type: "string" }],
      },
      unknown: { type: "text", colour: "red", properties: 5, required: "a", enum: "x", allOf: {} },
      many: { enum: Array.from({ length: 3_000 }, (_, at) => at) },
    },
  },
  "names that mean something in TypeScript": {
    definitions: Object.fromEntries(
      [
        "string",
        "any",
        "class",
        "Actions",
        "Array",
        "2fast",
        "a-b",
        "a_b",
        "a.b",
        "constructor",
        "__proto__x",
        "Ünïcode",
        "*/",
        "interface",
        "type",
      ].map((name) => [name, object({ a: { type: "string" } })]),
    ),
    actions: Object.fromEntries(
      ["class", "$ref", "a-b"].map((name) => [
        name,
        {
          document: {
            type: "http" as const,
            method: "GET" as const,
            path: "/",
            parameters: [],
            responses: [{ status: 200, definitions: [linked(0)] }],
          },
        },
      ]),
    ),
  },
};

const payloads = [
  "*/ declare const injected: 1; /*",
  "*\\/",
  '"; declare const injected: 1; "',
  "${injected}",
  "`",
  "\u2028*/\u2029declare const injected: 1;",
  "a\r*/\rdeclare const injected: 1;",
  "\0",
  "@ts-expect-error",
  "@ts-ignore\n",
  "@ts-nocheck",
  "/// <reference path='/etc/passwd' />",
  "</script>",
  "\\",
  "'",
  "__proto__",
  "\ud800",
];
for (const [at, payload] of payloads.entries()) {
  hard[`something hostile, ${at}`] = {
    definitions: {
      [`Type${payload}`]: {
        title: payload,
        description: payload,
        ...object(
          {
            [payload]: { description: payload, enum: [payload] },
            again: { type: "object", properties: { [payload]: { const: payload } } },
          },
          { required: [payload, `${payload}2`] },
        ),
      },
      Inner: {
        $ref: `#/$defs/${encodeURIComponent(payload.toWellFormed())}`,
        $defs: { [payload]: { description: payload, type: "string" } },
      },
    },
    descriptions: { [`Type${payload}`]: payload, Inner: payload },
    actions: {
      [`act${payload}`]: {
        summary: payload,
        description: payload,
        document: {
          type: "http",
          method: "GET",
          path: "/",
          parameters: [{ name: payload, in: "query", required: false, type: "string", description: payload, schema: { enum: [payload] } }],
          responses: [{ status: 200, description: payload, definitions: [linked(0), { missing: payload }] }],
        },
      },
      query: {
        document: { type: "bigquery", query: payload, parameters: [{ name: payload, type: "JSON", required: true, description: payload }] },
      },
    },
    triggers: {
      [`event${payload}`]: {
        summary: payload,
        description: payload,
        document: {
          ...event(true, linked(0), { missing: payload }).document,
          parameters: [{ name: payload, in: "query", required: false, type: "string", default: payload }],
        },
      },
    },
  };
}

describe("types of versions that are made to be hard", () => {
  test("compile, and nothing in them becomes code", async () => {
    const names = Object.keys(hard);
    const texts = Object.fromEntries(names.map((name, at) => [`hard${at}.ts`, typesOf(hard[name] ?? {})]));
    // Who has no such name may declare it; who was given one may not.
    const used = names.map((_, at) => `import type { Actions as A${at} } from "./hard${at}.ts";\nexport type T${at} = A${at};`).join("\n");
    expect(await compile({ ...texts, "use.ts": `${used}\n` })).toEqual({});
    for (const text of Object.values(texts)) {
      const statements = text
        .split("\n")
        .filter((line) => /^\S/.test(line) && !/^(\/\*\*| \*|\/\/|export (interface|type) |\}[\w {}()&|]*;?$)/.test(line));
      expect(statements).toEqual([]);
    }
  }, 60_000);
});
