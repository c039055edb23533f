import { describe, expect, test } from "vitest";
import { importForm, smallApi, smallWebhooks } from "../harness/forms.ts";
import { createConnection, type HTTPConnection, newConnection, readConnection, smallConnection } from "../harness/samples.ts";
import { fieldsOf, type Scenario, scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

type Metadata = Readonly<Record<string, string>>;

/** What sends a file into a connection, as a new version of it. */
const into = (connection: { id: string }, file: unknown = smallApi(), metadata: Metadata = {}) =>
  importForm(file, { format: "openapi", connection: connection.id, ...metadata });

async function imported(world: World) {
  const { body } = await world.must(await world.as("key"), "ImportHTTPConnection", importForm(smallApi()));
  return body;
}

const put = smallApi().paths["/orders/{id}"].put;
/** The same API after a release that breaks its callers: one more field that is required, one operation less, one more. */
const changed = smallApi({
  paths: {
    "/orders/{id}": {
      put: { ...put, parameters: [...put.parameters, { name: "reason", in: "query", required: true, schema: { type: "string" } }] },
    },
  },
  components: {
    ...smallApi().components,
    schemas: {
      ...smallApi().components.schemas,
      Order: { type: "object", required: ["lines", "total"], properties: { total: { type: "number" } } },
    },
  },
});
const without = smallApi({
  paths: { "/orders": { get: { operationId: "listOrders", responses: { 200: { description: "Orders." } } } } },
});

onEachEngine("an import into an existing connection", (world) => {
  const importInto = async (connection: { id: string }, file?: unknown, metadata?: Metadata) =>
    (await world.must(await world.as("key"), "ImportHTTPConnection", into(connection, file, metadata))).body;

  test("of the same file makes a draft that differs in nothing", async () => {
    const before = await imported(world);
    const after = await importInto(before.connection);
    expect(after.version).toMatchObject({ name: "2", publishedAt: null });
    expect(after.diff).toEqual({ from: "1", to: "2", breaks: false, added: [], removed: [], changed: [] });
    expect(after.messages).toEqual(before.messages);
    const idsOf = (items: readonly { id: string; name: string }[]) => items.map(({ id, name }) => [name, id]);
    expect(idsOf(after.actions)).toEqual(idsOf(before.actions));
    expect(idsOf(after.definitions)).toEqual(idsOf(before.definitions));
    expect(after.connection.versions.map(({ name }) => name).sort()).toEqual(["1", "2"]);
  });

  test("refers within its own version, although its ids are those of the other", async () => {
    const { connection } = await imported(world);
    const { definitions, actions, version } = await importInto(connection);
    const order = definitions.find(({ name }) => name === "Order");
    const schema = await world.raw(order?.url ?? "");
    expect(schema.text).toContain(definitions.find(({ name }) => name === "Line")?.url);
    const [action] = actions;
    expect(action?.type === "http" && action.requestBody?.definitions[0]?.definition.url).toBe(order?.url);
    const params = { connection_id: connection.id, version: version?.name ?? "", definition_name: "Line" };
    const { body } = await world.must(await world.as("key"), "GetDefinition", { params });
    expect(body.referencedBy).toEqual([{ type: "definition", id: order?.id, name: "Order" }]);
  });

  test("knows triggers again by their names, and tells what becomes of them", async () => {
    const file = smallApi({ webhooks: smallWebhooks });
    const { body: before } = await world.must(await world.as("key"), "ImportHTTPConnection", importForm(file));
    const again = await importInto(before.connection, file);
    expect(again.diff).toMatchObject({ breaks: false, added: [], removed: [], changed: [] });
    expect(again.triggers?.map(({ id, name }) => [id, name])).toEqual(before.triggers?.map(({ id, name }) => [id, name]));
    const order = again.definitions.find(({ name }) => name === "Order");
    expect(again.triggers).toMatchObject([{ requestBody: { definitions: [{ definition: { url: order?.url } }] } }, {}]);

    const { diff } = await importInto(before.connection, smallApi({ webhooks: { orderPaid: { put: smallWebhooks.orderPaid.post } } }));
    expect(diff?.removed).toEqual([{ type: "trigger", name: "ping", breaks: true }]);
    expect(diff?.changed).toMatchObject([{ type: "trigger", name: "orderPaid", breaks: true, changes: [{ field: "/method" }] }]);
  });

  test("tells what breaks callers", async () => {
    const { connection } = await imported(world);
    const { diff } = await importInto(connection, changed);
    expect(diff).toMatchObject({ from: "1", to: "2", breaks: true, added: [], removed: [] });
    expect(diff?.changed.map(({ type, name, breaks }) => [type, name, breaks])).toContainEqual(["action", "putOrder", true]);
    expect(diff?.changed.map(({ name }) => name)).toContain("Order");
    const gone = (await importInto(connection, without)).diff;
    expect(gone).toMatchObject({ breaks: true });
    expect(gone?.removed).toContainEqual({ type: "action", name: "putOrder", breaks: true });
    expect(gone?.added).toContainEqual({ type: "action", name: "listOrders", breaks: false });
  });

  test("compares with the default version, or with the one that is named", async () => {
    const key = await world.as("key");
    const { connection } = await imported(world);
    await importInto(connection, without, { version: "other" });
    await world.must(key, "PublishConnection", { params: { connection_id: connection.id, version: "1" } });
    expect((await importInto(connection)).diff).toMatchObject({ from: "1", to: "2", breaks: false });
    expect((await importInto(connection, smallApi(), { compareWith: "other" })).diff).toMatchObject({
      from: "other",
      to: "3",
      breaks: true,
    });
    expect((await importInto(connection, smallApi(), { compareWith: "latest", version: "x" })).diff).toMatchObject({ from: "1", to: "x" });
  });

  test("into a connection that was made by hand, and has nothing yet, adds everything", async () => {
    const connection = await createConnection(world, smallConnection());
    const { diff, version } = await importInto(connection);
    expect(version).toMatchObject({ name: "2" });
    expect(diff).toMatchObject({ from: "1", breaks: false, removed: [], changed: [] });
    expect(diff?.added).toHaveLength(3);
  });

  test("leaves the connection as it is, and says what the file has otherwise", async () => {
    const before = await createConnection(world, newConnection());
    const { messages } = await importInto(
      before,
      smallApi({ servers: [{ url: "https://{zone}.example.net", variables: { zone: { default: "eu" } } }] }),
    );
    const after = await readConnection(world, before.id);
    expect({ ...after, versions: [], updatedAt: "" }).toEqual({ ...before, versions: [], updatedAt: "" });
    const texts = messages.map(({ text }) => text).join("\n");
    expect(texts).toContain("https://{{ env.zone }}.example.net");
    expect(texts).toContain("variables that the connection does not");
  });

  test("is audited, and moves the connection's time", async () => {
    const key = await world.as("key");
    const { connection } = await imported(world);
    const answer = await world.must(key, "ImportHTTPConnection", into(connection));
    expect(answer.body.connection.updatedAt > connection.updatedAt).toBe(true);
    const audit = await world.must(key, "ListAudit", { query: { first: 5 } });
    const entry = audit.body.items.find(({ requestId }) => requestId === answer.headers.get("mooring-request-id"));
    expect(entry).toMatchObject({ operation: "version.imported", subject: { id: answer.body.version?.id, name: "2" } });
  });

  test("is repeated under its Idempotency-Key with the same version and difference", async () => {
    const key = await world.as("key");
    const { connection } = await imported(world);
    const sent = { ...into(connection, changed), headers: { "idempotency-key": world.newId() } };
    const first = await world.must(key, "ImportHTTPConnection", sent);
    expect((await world.must(key, "ImportHTTPConnection", sent)).body).toEqual(first.body);
  });

  test("gives each of several at once a number of its own", async () => {
    const { connection } = await imported(world);
    const made = await Promise.all([1, 2, 3].map(() => importInto(connection)));
    expect(made.map(({ version }) => version?.name).sort()).toEqual(["2", "3", "4"]);
  });

  describe("by whoever may not", () => {
    test.each(["viewer", "secretsKey", "gatewayKey"] as const)("as %s is refused", async (name) => {
      const { connection } = await imported(world);
      expect((await world.send(await world.as(name), "ImportHTTPConnection", into(connection))).status).toBe(403);
    });

    test("with a key for another connection or for an environment is refused", async () => {
      const { connection } = await imported(world);
      const other = await createConnection(world, smallConnection());
      const environment = connection.environments[0]?.id ?? "";
      const scopes = ["connections:read" as const, "connections:write" as const];
      for (const limits of [{ connections: [other.id] }, { environments: [environment] }]) {
        const key = await world.keyWith({ scopes, ...limits });
        expect((await world.send(key, "ImportHTTPConnection", into(connection))).status).toBe(403);
      }
    });
  });

  scenarios(world, { title: "is refused", operation: "ImportHTTPConnection", given }, refusals);

  test("answers another organisation's connection like one that nobody has", async () => {
    const foreign = await createConnection(world, smallConnection(), await world.as("stranger"));
    const key = await world.as("key");
    const [theirs, nobodys] = await Promise.all(
      [foreign.id, world.newId()].map((id) => world.send(key, "ImportHTTPConnection", into({ id }))),
    );
    expect([theirs?.status, theirs?.text]).toEqual([400, nobodys?.text]);
    expect(fieldsOf(theirs as NonNullable<typeof theirs>)).toEqual(["metadata.connection"]);
  });
});

interface Given {
  readonly connection: HTTPConnection;
  readonly bigQuery: { readonly id: string };
}

async function given(world: World): Promise<Given> {
  const key = await world.as("key");
  const { connection } = await imported(world);
  const environments = [{ name: "dev", credentials: {}, variables: [] }];
  const { body } = await world.must(key, "CreateBigQueryConnection", {
    body: { name: "BQ", datasetId: "a.b", authSchemeConfigs: [], environments },
  });
  return { connection, bigQuery: body };
}

const refusals: readonly Scenario<Given, "ImportHTTPConnection">[] = [
  {
    name: "into a connection of another protocol",
    send: ({ bigQuery }) => into(bigQuery),
    expect: 400,
    code: "invalid_request",
    fields: ["metadata.connection"],
  },
  {
    name: "as a version that is there",
    send: ({ connection }) => into(connection, smallApi(), { version: "1" }),
    expect: 409,
    code: "name_taken",
  },
  {
    name: "as a version with a reserved name",
    send: ({ connection }) => into(connection, smallApi(), { version: "default" }),
    expect: 400,
    fields: ["metadata.version"],
  },
  {
    name: "as a version whose name is none",
    send: ({ connection }) => into(connection, smallApi(), { version: "a/b" }),
    expect: 400,
    fields: ["metadata.version"],
  },
  {
    name: "against a version that is not there",
    send: ({ connection }) => into(connection, smallApi(), { compareWith: "9" }),
    expect: 400,
    fields: ["metadata.compareWith"],
  },
  {
    name: "of a file that is none",
    send: ({ connection }) => into(connection, "openapi: 3.1.0\npaths: ["),
    expect: 400,
    code: "malformed_document",
  },
  {
    name: "onto a state that moved",
    send: ({ connection }) => ({ ...into(connection), headers: { "if-match": '"x"' } }),
    expect: 412,
    code: "precondition_failed",
  },
];
