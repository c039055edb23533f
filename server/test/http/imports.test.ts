import { globSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { githubApi } from "../../../tools/github-api.ts";
import type { Actor } from "../harness/actors.ts";
import type { Sent } from "../harness/client.ts";
import { importForm, smallApi } from "../harness/forms.ts";
import { trials } from "../harness/profile.ts";
import { createConnection, readConnection, smallConnection } from "../harness/samples.ts";
import { fieldsOf, scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

const examples = dirname(createRequire(import.meta.url).resolve("@readme/oas-examples/package.json"));
const exampleFiles = globSync("{2.0,3.0,3.1}/**/*.{json,yaml,yml}", { cwd: examples }).sort();

/** Everything of one kind that a version holds, page by page. */
async function all(world: World, actor: Actor, operation: "GetActions" | "GetTriggers" | "GetDefinitions", params: Record<string, string>) {
  const names: string[] = [];
  for (let after: string | undefined; ; ) {
    const { body } = await world.must(actor, operation, { params, query: { first: 100, ...(after === undefined ? {} : { after }) } });
    names.push(...("actions" in body ? body.actions : "triggers" in body ? body.triggers : body.definitions).map(({ name }) => name));
    if (body.next === undefined) return { names: names.sort(), totalCount: body.totalCount };
    after = body.next;
  }
}

onEachEngine("an import", (world) => {
  describe("of every example there is", () => {
    test.each(exampleFiles)("%s makes a connection that lists all of it", { timeout: 60_000 }, async (path) => {
      await importsWhole(readFileSync(join(examples, path)));
    });

    test("the examples are there", () => {
      expect(exampleFiles.length).toBeGreaterThan(100);
      expect(relative(process.cwd(), examples).startsWith("node_modules")).toBe(true);
    });
  });

  // 400 MB of packages are unpacked for it, and the answer has megabytes.
  test.runIf(trials({ change: 0, long: 1 }) > 0)(
    "of GitHub's whole API makes a connection that lists all of it",
    { timeout: 600_000 },
    async () => {
      const path = await githubApi();
      expect(statSync(path).size).toBeGreaterThan(10_000_000);
      const { actions, definitions } = await importsWhole(readFileSync(path));
      expect(actions).toBeGreaterThan(1000);
      expect(definitions).toBeGreaterThan(900);
    },
  );

  async function importsWhole(file: Uint8Array) {
    const key = await world.as("key");
    const { body } = await world.must(key, "ImportHTTPConnection", importForm(file));
    const { connection, actions, triggers = [], definitions } = body;
    const params = { connection_id: connection.id, version: "1" };
    const named = (items: readonly { name: string }[]) => ({ names: items.map(({ name }) => name).sort(), totalCount: items.length });
    expect(await all(world, key, "GetActions", params)).toEqual(named(actions));
    expect(await all(world, key, "GetTriggers", params)).toEqual(named(triggers));
    expect(await all(world, key, "GetDefinitions", params)).toEqual(named(definitions));
    expect(await readConnection(world, connection.id)).toEqual(connection);
    return { actions: actions.length, definitions: definitions.length };
  }

  test("makes one environment with the file's variables, and auth schemes without any credential", async () => {
    const { body } = await world.must(await world.as("writeKey"), "ImportHTTPConnection", importForm(smallApi()));
    expect(body.connection).toMatchObject({
      name: "Orders",
      protocol: "http",
      baseUrl: "https://{{ env.region }}.example.com/v1",
      environmentVariables: [{ name: "region", value: "eu" }],
      authSchemeConfigs: [{ schemeType: "api-key", name: "X-Api-Key", in: "header" }],
      environments: [{ name: "default", variables: [{ name: "region", value: "eu" }], credentials: { action: [], trigger: [] } }],
      versions: [{ name: "1", publishedAt: null }],
    });
    expect(body.version).toBeUndefined();
    const [action] = body.actions;
    const order = body.definitions.find(({ name }) => name === "Order");
    expect(action).toMatchObject({ requestBody: { required: true, definitions: [{ definition: { id: order?.id, url: order?.url } }] } });
  });

  test("answers with the actions in the order of the file, in which a list and the types have them too", async () => {
    const key = await world.as("key");
    const names = ["second", "first", "third"];
    const paths = Object.fromEntries(names.map((name) => [`/${name}`, { get: { operationId: name, responses: {} } }]));
    const { body } = await world.must(key, "ImportHTTPConnection", importForm(smallApi({ paths })));
    expect(body.actions.map(({ name }) => name)).toEqual(names);
    const params = { connection_id: body.connection.id, version: "1" };
    const list = await world.must(key, "GetActions", { params });
    expect(list.body.actions.map(({ name }) => name)).toEqual(names);
    const types = await world.must(key, "GetConnectionVersionTypes", { params });
    expect([...types.text.matchAll(/^ {2}"(\w+)": \{/gm)].map(([, name]) => name)).toEqual(names);
  });

  test("is audited, and may give its version a name", async () => {
    const key = await world.as("key");
    const { body, headers } = await world.must(
      key,
      "ImportHTTPConnection",
      importForm(smallApi(), { format: "openapi", version: "2024-01" }),
    );
    expect(body.connection.versions.map(({ name }) => name)).toEqual(["2024-01"]);
    const audit = await world.must(key, "ListAudit", { query: { first: 5 } });
    const entry = audit.body.items.find(({ requestId }) => requestId === headers.get("mooring-request-id"));
    expect(entry).toMatchObject({ operation: "connection.created", subject: { id: body.connection.id } });
  });

  scenarios(world, { title: "is refused, and leaves nothing behind,", operation: "ImportHTTPConnection", given: async () => undefined }, [
    ...refused("with neither a file nor a url", importForm(undefined), 400, "invalid_request", ["file"]),
    ...refused("with both", importForm(smallApi(), { format: "openapi", url: "https://example.com/a" }), 400, "invalid_request", [
      "metadata.url",
    ]),
    ...refused("without metadata", { form: [{ name: "file", content: "{}" }] }, 400, "invalid_request", ["metadata"]),
    ...refused("with metadata that is no object", importForm(smallApi(), []), 400, "invalid_request", ["metadata"]),
    ...refused("with metadata that is no JSON", form(["metadata", "openapi"]), 400, "malformed_body"),
    ...refused("with two files", form(["file", "{}"], ["file", "{}"]), 400, "invalid_request", ["file"]),
    ...refused("with a part that is not known", form(["files", "{}"]), 400, "invalid_request", ["files"]),
    ...refused("as JSON", { body: { metadata: { format: "openapi" } } }, 415, "unsupported_media_type"),
    ...refused("as text", { text: "openapi: 3.1.0", contentType: "text/plain" }, 415, "unsupported_media_type"),
    ...refused("without a body", {}, 400, "malformed_body"),
    ...refused("with a form that is cut off", { text: "--b\r\n", contentType: "multipart/form-data; boundary=b" }, 400, "malformed_body"),
    ...refused("with a reserved version", importForm(smallApi(), { format: "openapi", version: "latest" }), 400, "invalid_request", [
      "metadata.version",
    ]),
    ...refused("with nothing to compare with", importForm(smallApi(), { format: "openapi", compareWith: "1" }), 400, "invalid_request", [
      "metadata.compareWith",
    ]),
    ...refused(
      "with an address elsewhere",
      importForm(undefined, { format: "openapi", url: "http://127.0.0.1/api" }),
      400,
      "invalid_request",
      ["metadata.url"],
    ),
    ...refused("with an empty file", importForm(""), 400),
    ...refused("with a file that is cut off", importForm(JSON.stringify(smallApi()).slice(0, -5)), 400, "malformed_document"),
    ...refused("with a file that is no description", importForm({ swagger: "9" }), 400, "invalid_request"),
    ...refused("with bytes that are no text", importForm(Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x01])), 400),
  ]);

  describe("under an Idempotency-Key (B-3)", () => {
    const withKey = (sent: Sent, key: string): Sent => ({ ...sent, headers: { "idempotency-key": key } });

    test("happens once, and is answered alike", async () => {
      const key = await world.as("key");
      const sent = withKey(importForm(smallApi()), world.newId());
      const first = await world.must(key, "ImportHTTPConnection", sent);
      const second = await world.must(key, "ImportHTTPConnection", sent);
      expect(second.body).toEqual(first.body);
      const audit = await world.must(key, "ListAudit", { query: { first: 100 } });
      const made = audit.body.items.filter(({ subject }) => subject.id === first.body.connection.id);
      expect(made).toHaveLength(1);
    });

    test("happens once when it is sent many times at once", async () => {
      const key = await world.as("key");
      const sent = withKey(importForm(smallApi()), world.newId());
      const answers = await Promise.all(Array.from({ length: 4 }, () => world.send(key, "ImportHTTPConnection", sent)));
      const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.connection.id);
      expect(new Set(made).size).toBe(1);
      expect(answers.map(({ status }) => status).filter((status) => status !== 201 && status !== 503)).toEqual([]);
    });

    test.each([
      ["another file", importForm(smallApi({ info: { title: "Others", version: "1" } }))],
      ["other metadata", importForm(smallApi(), { format: "openapi", version: "2" })],
      ["no file", importForm(undefined)],
    ])("is refused with %s", async (_what, other) => {
      const key = await world.as("key");
      const name = world.newId();
      await world.must(key, "ImportHTTPConnection", withKey(importForm(smallApi()), name));
      const answer = await world.send(key, "ImportHTTPConnection", withKey(other, name));
      expect(answer.status, answer.text).toBe(other.form?.length === 1 ? 400 : 422);
    });

    test("may be repeated although its uploaded file is used up", async () => {
      const key = await world.as("key");
      const file = Buffer.from(JSON.stringify(smallApi()));
      const query = { filename: "a.json", content_type: "application/json", content_length: file.length };
      const { body: signed } = await world.must(key, "GetProtocolUploadURL", { params: { protocol_slug: "http" }, query });
      world.shownOnce.push(signed.uploadUrl.split("/").at(-1) ?? "");
      await world.raw(signed.uploadUrl, { method: "PUT", body: file, headers: { "content-type": "application/json" } });
      const sent = withKey(importForm(undefined, { format: "openapi", url: signed.url }), world.newId());
      const first = await world.must(key, "ImportHTTPConnection", sent);
      expect((await world.must(key, "ImportHTTPConnection", sent)).body).toEqual(first.body);
    });

    test("is told that what it made is gone", async () => {
      const key = await world.as("key");
      const sent = withKey(importForm(smallApi()), world.newId());
      const { body } = await world.must(key, "ImportHTTPConnection", sent);
      await world.must(key, "DeleteConnection", { params: { connection_id: body.connection.id } });
      expect((await world.send(key, "ImportHTTPConnection", sent)).status).toBe(404);
    });
  });

  test("of a file that is still coming takes room, and others of the organisation wait for it", async () => {
    const key = await world.as("key");
    const path = `/o/${key.org}/protocols/http/import`;
    const headers = { ...key.headers, "content-type": "multipart/form-data; boundary=b" };
    const slow = () => {
      let end = () => {};
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from("--b\r\n"));
          end = () => controller.close();
        },
      });
      return { answered: world.raw(path, { method: "POST", headers, body, duplex: "half" } as RequestInit), end: () => end() };
    };
    // Nobody says how long these are, so each may become as large as any.
    const coming = [slow(), slow()];
    const refusedThen = async () => (await world.send(key, "ImportHTTPConnection", importForm(smallApi()))).status;
    await expect.poll(refusedThen).toBe(503);
    expect((await world.send(await world.as("strangerKey"), "ImportHTTPConnection", importForm(smallApi()))).status).toBe(201);
    for (const { end } of coming) end();
    expect((await Promise.all(coming.map(({ answered }) => answered))).map(({ status }) => status)).toEqual([400, 400]);
    expect(await refusedThen()).toBe(201);
  });

  test("by a key that is limited to a connection makes no other one", async () => {
    const connection = await createConnection(world, smallConnection());
    const key = await world.keyWith({ scopes: ["connections:read", "connections:write"], connections: [connection.id] });
    expect((await world.send(key, "ImportHTTPConnection", importForm(smallApi()))).status).toBe(403);
    const into = importForm(smallApi(), { format: "openapi", connection: connection.id });
    expect((await world.send(key, "ImportHTTPConnection", into)).status).toBe(201);
  });
});

onEachEngine(
  "an import of a bounded size",
  (world) => {
    test("takes the largest file, and not one byte more, whether that is announced or not", async () => {
      const key = await world.as("key");
      const text = JSON.stringify(smallApi());
      expect((await world.send(key, "ImportHTTPConnection", importForm(text.padEnd(4096)))).status).toBe(201);
      const answer = await world.send(key, "ImportHTTPConnection", importForm(text.padEnd(4097)));
      expect([answer.status, answer.error.code, answer.error.message]).toEqual([413, "too_large", "The file is larger than 4096 bytes."]);
      const body = new ReadableStream({
        async pull(controller) {
          controller.enqueue(Buffer.from(" ".repeat(65_536)));
        },
      });
      const headers = { ...key.headers, "content-type": "multipart/form-data; boundary=b" };
      const endless = await world.raw(`/o/${key.org}/protocols/http/import`, {
        method: "POST",
        headers,
        body,
        duplex: "half",
      } as RequestInit);
      expect([endless.status, JSON.parse(endless.text).code]).toEqual([413, "too_large"]);
    });

    test("refuses a form that is announced as too large before it is sent", async () => {
      const key = await world.as("key");
      const form = { text: "x".repeat(200_000), contentType: "multipart/form-data; boundary=b" };
      expect((await world.send(key, "ImportHTTPConnection", form)).status).toBe(413);
      expect(fieldsOf(await world.send(key, "GetProtocolUploadURL", tooLong))).toEqual(["content_length"]);
    });
  },
  { settings: { MOORING_IMPORT_BYTES_MAX: "4096" } },
);

const tooLong = { params: { protocol_slug: "http" }, query: { filename: "a", content_type: "application/json", content_length: 4097 } };

const refused = (name: string, send: Sent, expected: number, code?: string, fields?: readonly string[]) => [
  { name, send, expect: expected, ...(code === undefined ? {} : { code }), ...(fields ? { fields } : {}) },
];

function form(...parts: [string, string][]): Sent {
  return { form: parts.map(([name, content]) => ({ name, content, filename: "a" })) };
}
