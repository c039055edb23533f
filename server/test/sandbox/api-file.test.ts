import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import type { ApiDraft, DraftAction, DraftDefinition } from "../../src/domain/api-draft.ts";
import { Problem } from "../../src/kernel/errors.ts";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import type { ApiFile } from "../../src/sandbox/api-file.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const org = "01J0000000000000000000000A" as OrganisationId;
const atMs = Date.UTC(2026, 0, 1);
const bytesOf = (content: unknown) =>
  content instanceof Uint8Array ? content : new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));

async function read(content: unknown, format: ApiFile["format"] = "openapi") {
  const rows = { definitions: [] as DraftDefinition[], actions: [] as DraftAction[] };
  const draft = await sandbox.readApiFile(org, { bytes: bytesOf(content), format, atMs }, (portion) => {
    rows.definitions.push(...portion.definitions);
    rows.actions.push(...portion.actions);
  });
  return { draft, ...rows };
}

const refusal = (content: unknown, format?: ApiFile["format"]) =>
  read(content, format).then(
    () => undefined,
    (error) => {
      if (!(error instanceof Problem)) throw error;
      return {
        code: error.code,
        says: [error.message, ...(error.fields ?? []).map(({ field, message }) => `${field}: ${message}`)].join("\n"),
      };
    },
  );

const said = ({ messages }: ApiDraft) => messages.map(({ text }) => text).join("\n");
const openApi = (more: object) => ({
  openapi: "3.0.3",
  info: { title: "A" },
  servers: [{ url: "https://a.example.com" }],
  paths: {},
  ...more,
});

const folder = fileURLToPath(new URL("../../../node_modules/@readme/oas-examples/", import.meta.url));
const examples = ["2.0/json", "2.0/yaml", "3.0/json", "3.0/yaml", "3.1/json", "3.1/yaml"].flatMap((kind) =>
  readdirSync(folder + kind)
    .filter((name) => /\.(?:json|ya?ml)$/.test(name))
    .map((name) => `${kind}/${name}`),
);

describe("every example", () => {
  it("is there to be read", () => expect(examples.length).toBeGreaterThan(110));

  it.each(examples)("%s is read, and each schema of it is one that a definition may have", async (name) => {
    const { draft, definitions, actions } = await read(readFileSync(folder + name));
    expect(actions.length + definitions.length).toBeGreaterThan(0);
    expect(said(draft)).not.toContain("refused by Mooring's checks");
    expect(actions.flatMap(({ errors }) => errors).filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it.each(examples.filter((name) => name.includes("/yaml/")))("%s says the same as its JSON", async (name) => {
    const json = name.replace("/yaml/", "/json/").replace(/\.ya?ml$/, ".json");
    const names = ({ actions, definitions }: Awaited<ReturnType<typeof read>>) => [...actions, ...definitions].map((row) => row.name);
    expect(names(await read(readFileSync(folder + name)))).toEqual(names(await read(readFileSync(folder + json))));
  });
});

describe("a file that cannot be read is refused and says where", () => {
  const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  const laughs = Array.from(
    { length: 12 },
    (_, at) =>
      `a${at}: &a${at} [${
        at === 0
          ? "x"
          : Array(9)
              .fill(`*a${at - 1}`)
              .join(", ")
      }]`,
  );
  it.each([
    { what: "nothing", content: "", code: "malformed_document", says: "empty" },
    { what: "cut off", content: '{"openapi":"3.0.3","paths":{', code: "malformed_document", says: "Line 1" },
    { what: "cut off in YAML", content: 'openapi: "3.0.3\npaths: {}', code: "malformed_document", says: "Line" },
    { what: "a key twice", content: '{"openapi":"3.0.3","paths":{},"paths":{}}', code: "malformed_document", says: "twice" },
    {
      what: "a key that would be everybody's",
      content: '{"openapi":"3.0.3","__proto__":{"paths":{}}}',
      code: "malformed_document",
      says: "__proto__",
    },
    { what: "UTF-16", content: new Uint8Array(Buffer.from('{"openapi":"3.0.3"}', "utf16le")), code: "malformed_document", says: "UTF" },
    {
      what: "Latin-1",
      content: new Uint8Array([...Buffer.from('{"openapi":"3.0.3","info":{"title":"'), 0xe9, 0x22, 0x7d, 0x7d]),
      code: "malformed_document",
      says: "UTF-8",
    },
    { what: "too deep", content: deep(100), code: "malformed_document", says: "deeper" },
    { what: "billions of laughs", content: laughs.join("\n"), code: "malformed_document", says: "values" },
    { what: "too many values", content: `[${"0,".repeat(1_000_001)}0]`, code: "malformed_document", says: "values" },
    { what: "an archive", content: new Uint8Array([0x50, 0x4b, 3, 4, 0xff, 0xfe]), code: "malformed_document", says: "UTF-8" },
    { what: "a page", content: "<!doctype html><title>Not here</title>", code: "invalid_request", says: "file" },
    { what: "a version to come", content: { openapi: "4.0.0", paths: {} }, code: "invalid_request", says: "file#/openapi" },
    { what: "Swagger 1.2", content: { swaggerVersion: "1.2" }, code: "invalid_request", says: "file#/openapi" },
    {
      what: "a collection under another name",
      content: { info: { schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" }, item: [] },
      code: "invalid_request",
      says: "metadata.format",
    },
    {
      what: "Swagger that no converter reads",
      content: { swagger: "2.0", paths: { "/a": { get: { parameters: 5 } } }, parameters: [5] },
      code: "invalid_request",
      says: "",
    },
  ])("$what", async ({ content, code, says }) => {
    const refused = await refusal(content);
    if (says === "" && refused === undefined) return;
    expect(refused?.code).toBe(code);
    expect(refused?.says).toContain(says);
  });

  it("OpenAPI that is said to be Postman", async () => {
    expect(await refusal(openApi({}), "postman")).toMatchObject({
      code: "invalid_request",
      says: expect.stringContaining("metadata.format"),
    });
  });
});

describe("a file is read", () => {
  it("without a look at anything outside of it (J-3)", async () => {
    let hits = 0;
    const sentinel = createServer((_request, response) => {
      hits += 1;
      response.end("{}");
    });
    await new Promise<void>((resolve) => sentinel.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(sentinel.address() as AddressInfo).port}/x.json`;
    const canary = `file://${fileURLToPath(import.meta.url)}`;
    const schemas = {
      A: { $ref: url },
      B: { $ref: `${url}#/a` },
      C: { $id: url, $schema: url },
      D: { $ref: canary },
      E: { $dynamicRef: url },
    };
    const components = {
      schemas,
      examples: { a: { externalValue: url } },
      securitySchemes: { o: { type: "openIdConnect", openIdConnectUrl: url } },
    };
    const paths = {
      "/a": { $ref: url },
      "/b": { get: { parameters: [{ $ref: url }], requestBody: { $ref: url }, responses: { 200: { $ref: url } } } },
    };
    for (const openapi of ["3.0.3", "3.1.0"]) {
      const { draft } = await read(
        openApi({ openapi, paths, components, servers: [{ url }], jsonSchemaDialect: url, externalDocs: { url } }),
      );
      expect(said(draft)).toContain("not followed");
    }
    const definitions = { A: { $ref: url } };
    await read({
      swagger: "2.0",
      host: "a.example.com",
      paths: { "/a": { $ref: url }, "/b": { get: { responses: { 200: { schema: { $ref: url } } } } } },
      definitions,
    });
    const collection = {
      info: { name: "A", schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json", description: url },
    };
    await read(
      { ...collection, item: [{ name: "a", request: { method: "GET", url, body: { mode: "file", file: { src: url } } } }] },
      "postman",
    );
    await new Promise((resolve) => sentinel.close(resolve));
    expect(hits).toBe(0);
  });

  it("as Swagger, whose lists between tabs are told of where they are", async () => {
    const list = (collectionFormat: string) => ({ name: "q", in: "query", type: "array", items: { type: "string" }, collectionFormat });
    const get = { parameters: [list("tsv")], responses: {} };
    const file = { swagger: "2.0", host: "a.example.com", paths: { "/a": { get } }, parameters: { P: list("tsv"), S: list("ssv") } };
    const { draft } = await read(file);
    const detail = ["/paths/~1a/get/parameters/0/collectionFormat", "/parameters/P/collectionFormat"];
    expect(draft.messages).toContainEqual({ severity: "warning", text: expect.stringContaining("between tabs"), detail });
  });

  it("in portions, of which the next waits until one was taken", async () => {
    const schemas = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`S${at}`, { description: "x".repeat(9_000) }]));
    let isBusy = false;
    const sizes: number[] = [];
    await sandbox.readApiFile(
      org,
      { bytes: bytesOf(openApi({ components: { schemas } })), format: "openapi", atMs },
      async ({ definitions }) => {
        expect(isBusy).toBe(false);
        isBusy = true;
        await new Promise((resolve) => setImmediate(resolve));
        isBusy = false;
        sizes.push(JSON.stringify(definitions).length);
      },
    );
    expect(sizes.length).toBeGreaterThan(5);
    expect(Math.max(...sizes)).toBeLessThan(250_000);
  });

  it("and one that cannot be taken ends it", async () => {
    const fails = () => Promise.reject(new Error("The disk is full."));
    const file = { bytes: bytesOf(openApi({ components: { schemas: { A: {} } } })), format: "openapi", atMs } as const;
    await expect(sandbox.readApiFile(org, file, fails)).rejects.toThrow("The disk is full.");
  });

  it("with its bytes taken away, but no others that share their memory", async () => {
    const memory = new Uint8Array(10_000);
    const given = bytesOf(openApi({}));
    memory.set(given, 100);
    await sandbox.readApiFile(org, { bytes: memory.subarray(100, 100 + given.length), format: "openapi", atMs }, () => undefined);
    expect(memory).toHaveLength(10_000);
  });

  it("and a schema that no definition may have takes anything, with a message", async () => {
    const far = (depth: number): object => (depth === 0 ? {} : { items: far(depth - 1) });
    const { definitions, draft } = await read(
      openApi({ components: { schemas: { Good: { type: "string" }, Odd: { $anchor: "not an anchor!", items: far(20) } } } }),
    );
    expect(definitions.map(({ name, content }) => [name, content])).toEqual([
      ["Good", '{"type":"string"}'],
      ["Odd", "{}"],
    ]);
    expect(draft.messages).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining("refused"), detail: ["/components/schemas/Odd"] }),
    );
  });
});

describe("a Postman collection", () => {
  const header = [{ key: "X-Key", value: "s3cr3t-header" }];
  const form = { mode: "urlencoded", urlencoded: [{ key: "password", value: "s3cr3t-form" }] };
  const collection = {
    info: { name: "Shop", schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
    variable: [{ key: "baseUrl", value: "https://shop.example.com" }],
    auth: { type: "awsv4", awsv4: [{ key: "secretKey", value: "s3cr3t-auth" }] },
    event: [{ listen: "prerequest", script: { exec: ["throw new Error()"] } }],
    item: [
      {
        name: "Users",
        item: [
          {
            name: "Get user",
            request: {
              method: "GET",
              header,
              url: {
                raw: "{{baseUrl}}/users/:id?key=s3cr3t-query",
                host: ["{{baseUrl}}"],
                path: ["users", ":id"],
                query: [{ key: "key", value: "s3cr3t-query" }],
                variable: [{ key: "id", value: "5" }],
              },
            },
            response: [
              {
                name: "Yes",
                code: 200,
                header: [{ key: "Content-Type", value: "application/json" }],
                body: '{"id":5,"name":null,"token":"s3cr3t-answer"}',
              },
            ],
          },
          { name: "Sign in", request: { method: "POST", body: form, url: { raw: "{{baseUrl}}/in", host: ["{{baseUrl}}"], path: ["in"] } } },
          {
            name: "Add",
            request: {
              method: "POST",
              body: { mode: "raw", raw: '["s3cr3t-body"]', options: { raw: { language: "json" } } },
              url: { raw: "{{baseUrl}}/add", host: ["{{baseUrl}}"], path: ["add"] },
            },
          },
        ],
      },
    ],
  };

  it("becomes actions and definitions, and none of the values in it is kept", async () => {
    const whole = await read(collection, "postman");
    expect(whole.draft).toMatchObject({ name: "Shop", baseUrl: "https://shop.example.com" });
    expect(whole.actions.map(({ name }) => name)).toEqual(["Get_user", "Sign_in", "Add"]);
    expect(whole.actions[0]?.document).toMatchObject({ method: "GET", path: "/users/{{ param.id }}" });
    const schemas = Object.fromEntries(whole.definitions.map(({ name, content }) => [name, JSON.parse(content)]));
    expect(schemas.Get_user_200).toEqual({ type: "object", properties: { id: { type: "number" }, token: { type: "string" } } });
    expect(schemas.Add_request).toEqual({});
    expect(JSON.stringify(whole)).not.toContain("s3cr3t");
  });

  it("is told of what it lost", async () => {
    const { draft } = await read(collection, "postman");
    expect(said(draft)).toContain("Scripts of the collection are never run");
    expect(said(draft)).toContain("Kinds of auth that have no auth scheme config");
  });

  it.each([
    { item: [5, null, { item: [{}] }] },
    { item: [{ name: "a", request: "https://a.example.com/x" }] },
    { item: [], variable: 5 },
    { item: [{ request: { url: 5 } }] },
  ])("with %j is read or refused", async (more) => {
    const refused = await refusal({ ...collection, ...more }, "postman");
    expect([undefined, "invalid_request"]).toContain(refused?.code);
  });
});
