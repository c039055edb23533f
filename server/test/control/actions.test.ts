import type { ActionHTTPCreate } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import { addDefinitions, type HTTPAction, newAction } from "../harness/content.ts";
import { at, createConnection, smallConnection } from "../harness/samples.ts";
import { scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

/** A connection whose draft `1` has the definitions Order and Problem and an action that uses them, and whose version `2` is published. */
const given = async (world: World) => {
  const key = await world.as("key");
  const { id } = await createConnection(world, smallConnection());
  const [params, published] = ["1", "2"].map((version) => ({ connection_id: id, version })) as [Params, Params];
  await world.must(key, "CreateConnectionVersion", { params: { connection_id: id }, body: { name: "2" } });
  await world.must(key, "CreateAction", { params: published, body: newAction() });
  await world.must(key, "PublishConnection", { params: published });
  const definitions = await addDefinitions(world, params, ["Order", "Problem"]);
  const { body } = await world.must(key, "CreateAction", { params, body: using });
  return {
    params,
    published,
    definitions,
    action: body as HTTPAction,
    at: { ...params, action_name: "createOrder" },
    create: (changes: Partial<ActionHTTPCreate>) => world.must(key, "CreateAction", { params, body: newAction(changes) }),
    read: async (name = "createOrder") =>
      (await world.must(key, "GetAction", { params: { ...params, action_name: name } })).body as HTTPAction,
  };
};
interface Params extends Readonly<Record<string, string>> {
  readonly connection_id: string;
  readonly version: string;
}
type Given = Awaited<ReturnType<typeof given>>;

const using = newAction({
  summary: "Adds an order",
  requestBody: { required: true, definitions: [{ definition: { name: "Order" } }] },
  responses: [
    { status: 201, description: "Added", definitions: [{ definition: { name: "Order" }, accept: ["application/json"] }] },
    { definitions: [{ definition: { name: "Problem" } }] },
  ],
});

const wrongSchemas = [{ minimum: "low" }, { minimum: 1 }, { type: "array", items: { pattern: "(a+)\\1" } }, "no schema"].map(
  (schema, index) => ({ name: `p${index}`, in: "query", required: false, type: index === 2 ? "string" : "integer", schema }) as const,
);

onEachEngine("actions", (world) => {
  scenarios(world, { title: "creating", operation: "CreateAction", given }, [
    {
      name: "keeps what was sent, and shows the definitions with their addresses",
      send: ({ params }) => ({ params, body: { ...using, name: "another" } }),
      expect: 201,
      after: ({ body }, { definitions }) => {
        const shown = (name: string) => ({
          id: definitions[name],
          name,
          accept: ["application/json"],
          url: expect.stringMatching(new RegExp(`^${world.mooring.origin.origin}/.+/schemas/[0-9a-f]{32}/${name}$`)),
        });
        const id = expect.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
        expect(body).toEqual({
          ...using,
          id,
          name: "another",
          requestBody: { required: true, definitions: [{ id, definition: shown("Order") }] },
          responses: [
            { id, status: 201, description: "Added", definitions: [{ id, definition: shown("Order"), accept: ["application/json"] }] },
            { id, definitions: [{ id, definition: shown("Problem") }] },
          ],
        });
      },
    },
    {
      name: "with a name that is taken is 409",
      send: ({ params }) => ({ params, body: using }),
      expect: 409,
      code: "name_taken",
    },
    {
      name: "tells names apart by case",
      send: ({ params }) => ({ params, body: { ...using, name: "CREATEORDER" } }),
      expect: 201,
    },
    {
      name: "in a published version is 409",
      send: ({ published }) => ({ params: published, body: using }),
      expect: 409,
      code: "version_published",
    },
    {
      name: "with faults keeps them",
      send: ({ params }) => ({
        params,
        body: newAction({
          name: "wrong",
          path: "/{{ param.a }}",
          responses: [
            { status: 200, definitions: [] },
            { status: 200, definitions: [] },
          ],
        }),
      }),
      expect: 201,
      after: ({ body }) =>
        expect(body.errors?.map(({ field, severity }) => [field, severity])).toEqual([
          ["/path", "error"],
          ["/parameters/0/name", "error"],
          ["/responses/1/status", "error"],
        ]),
    },
    {
      name: "with a parameter's schema that is malformed, or has a pattern that may take for ever, says so (J-4)",
      send: ({ params }) => ({ params, body: newAction({ name: "wrong", path: "/", parameters: wrongSchemas }) }),
      expect: 201,
      after: async ({ body }, { params }) => {
        const places = ["/parameters/0/schema/minimum", "/parameters/2/schema/items/pattern", "/parameters/3/schema"];
        expect((body.errors ?? []).map(({ field }) => field).sort()).toEqual(places);
        const { body: page } = await world.must(await world.as("key"), "GetActions", { params, query: { name: "wrong" } });
        expect(at(page.actions, 0)).toEqual(body);
      },
    },
    {
      name: "takes no query for a connection that speaks HTTP",
      send: ({ params }) => ({ params, body: { type: "bigquery", name: "count", query: "select 1", parameters: [] } }),
      expect: 400,
      fields: ["type"],
    },
    {
      name: "wants an id or a name of each definition",
      send: ({ params }) => ({ params, body: newAction({ responses: [{ definitions: [{ definition: {} as { name: string } }] }] }) }),
      expect: 400,
      fields: ["responses[0].definitions[0].definition.name"],
    },
    {
      name: "takes at most 200 links to definitions",
      send: ({ params }) => ({
        params,
        body: newAction({
          responses: Array.from({ length: 5 }, () => ({ definitions: Array(41).fill({ definition: { name: "Order" } }) })),
        }),
      }),
      expect: 400,
      fields: [""],
    },
  ]);

  scenarios(world, { title: "changing", operation: "UpdateAction", given }, [
    {
      name: "with what was read changes nothing, and moves no updatedAt",
      send: ({ at: params, action }) => ({ params, body: action }),
      expect: 200,
      after: async ({ body }, { action, params }) => {
        expect(body).toEqual(action);
        const { body: entries } = await world.must(await world.as("key"), "ListAudit", { query: { first: 1 } });
        expect(at(entries.items, 0)).toMatchObject({ operation: "action.created" });
        const { body: connection } = await world.must(await world.as("key"), "GetConnection", { params });
        expect(connection.updatedAt).toBe(
          at(
            connection.versions.filter(({ name }) => name === "1"),
            0,
          ).updatedAt,
        );
      },
    },
    {
      name: "replaces all of it, and audits what differs",
      send: ({ at: params, action: { summary: _, requestBody: __, ...action } }) => ({
        params,
        body: { ...action, name: "addOrder", responses: action.responses.slice(0, 1) },
      }),
      expect: 200,
      after: async ({ body }, { action, read, at: params }) => {
        const { summary: _, requestBody: __, ...rest } = action;
        expect(body).toEqual({ ...rest, name: "addOrder", responses: action.responses.slice(0, 1) });
        expect(await read("addOrder")).toEqual(body);
        expect((await world.send(await world.as("key"), "GetAction", { params })).status).toBe(404);
        const { body: entries } = await world.must(await world.as("key"), "ListAudit", { query: { first: 1 } });
        expect(at(entries.items, 0)).toMatchObject({
          operation: "action.updated",
          subject: { type: "action", id: action.id, name: "addOrder" },
          changes: [
            { field: "name", before: "createOrder", after: "addOrder" },
            { field: "summary", before: "Adds an order" },
            { field: "requestBody" },
            { field: "responses", before: at(action.responses, 1).id },
          ],
        });
      },
    },
    {
      name: "keeps the ids of what is inside it, also where the order changes",
      send: ({ at: params, action }) => ({ params, body: { ...action, responses: action.responses.toReversed() } }),
      expect: 200,
      after: ({ body }, { action }) => expect((body as HTTPAction).responses).toEqual(action.responses.toReversed()),
    },
    {
      name: "clears its faults when they are mended",
      given: ({ create }) => create({ name: "wrong", path: "nowhere" }),
      send: async ({ params, read }) => ({
        params: { ...params, action_name: "wrong" },
        body: { ...(await read("wrong")), path: "/{{ param.shop }}" },
      }),
      expect: 200,
      after: ({ body }) => expect(body.errors).toBeUndefined(),
    },
    {
      name: "leaves id and type as they are",
      send: ({ at: params }) => ({
        params,
        body: { type: "bigquery", id: world.newId(), name: "count", query: "select 1", parameters: [] },
      }),
      expect: 400,
      fields: ["id", "type"],
    },
    {
      name: "to a name that is taken is 409",
      given: ({ create }) => create({ name: "taken" }),
      send: ({ at: params, action }) => ({ params, body: { ...action, name: "taken" } }),
      expect: 409,
      code: "name_taken",
    },
    {
      name: "in a published version is 409, even to what it is",
      send: async ({ published }) => {
        const params = { ...published, action_name: "createOrder" };
        return { params, body: (await world.must(await world.as("key"), "GetAction", { params })).body };
      },
      expect: 409,
      code: "version_published",
    },
    {
      name: "with the ETag of an earlier state is 412",
      send: ({ at: params, action }) => ({ params, body: { ...action, summary: "x" }, headers: { "if-match": '"earlier"' } }),
      expect: 412,
      code: "precondition_failed",
    },
    {
      name: "with its ETag is done",
      send: async ({ at: params, action }) => {
        const { headers } = await world.must(await world.as("key"), "GetAction", { params });
        return { params, body: { ...action, summary: "x" }, headers: { "if-match": headers.get("etag") ?? "" } };
      },
      expect: 200,
    },
  ]);

  scenarios(world, { title: "deleting", operation: "DeleteAction", given }, [
    {
      name: "leaves the definitions, which nothing uses any more",
      send: ({ at: params }) => ({ params }),
      expect: 204,
      after: async (_answer, { params, create, definitions }) => {
        const { body } = await create({
          name: "next",
          responses: [{ definitions: [{ definition: { id: definitions.Order as string } }] }],
        });
        expect(body.errors).toBeUndefined();
        const { body: page } = await world.must(await world.as("key"), "GetActions", { params });
        expect(page).toMatchObject({ totalCount: 1, actions: [{ name: "next" }] });
      },
    },
    {
      name: "in a published version is 409",
      send: ({ published }) => ({ params: { ...published, action_name: "createOrder" } }),
      expect: 409,
    },
    {
      name: "with the ETag of an earlier state is 412",
      send: ({ at: params }) => ({ params, headers: { "if-match": '"earlier"' } }),
      expect: 412,
    },
  ]);

  scenarios(world, { title: "listing", operation: "GetActions", given }, [
    {
      name: "shows each action as it reads alone",
      send: ({ params }) => ({ params }),
      expect: 200,
      after: ({ body }, { action }) => expect(body).toEqual({ totalCount: 1, actions: [action] }),
    },
    ...["ORDER", "eo", "createOrder"].map((name) => ({
      name: `finds ${name} in a name, in any case`,
      send: ({ params }: Given) => ({ params, query: { name } }),
      expect: 200,
      after: ({ body }: { body: unknown }) => expect(body).toMatchObject({ totalCount: 1 }),
    })),
    ...["%", "_", "create_rder", "\\", "\0", "ö", "createOrder ", "' or 1=1 --"].map((name) => ({
      name: `finds nothing for ${JSON.stringify(name)}`,
      send: ({ params }: Given) => ({ params, query: { name } }),
      expect: 200,
      after: ({ body }: { body: unknown }) => expect(body).toEqual({ totalCount: 0, actions: [] }),
    })),
    {
      name: "works on latest and default",
      send: ({ params }) => ({ params: { ...params, version: "latest" } }),
      expect: 200,
      after: ({ body }) => expect(body).toMatchObject({ totalCount: 1, actions: [{ name: "createOrder" }] }),
    },
    { name: "of no version is 404", send: ({ params }) => ({ params: { ...params, version: "3" } }), expect: 404 },
  ]);

  describe("an API key", () => {
    test("that is limited to another connection reads and writes none", async () => {
      const { at: params, params: all, action } = await given(world);
      const { id } = await createConnection(world, smallConnection());
      const key = await world.keyWith({ scopes: ["connections:read", "connections:write"], connections: [id] });
      for (const [operation, sent] of [
        ["GetActions", { params: all }],
        ["GetAction", { params }],
        ["CreateAction", { params: all, body: newAction() }],
        ["UpdateAction", { params, body: action }],
        ["DeleteAction", { params }],
      ] as const)
        expect((await world.send(key, operation, sent)).status, operation).toBe(403);
    });

    test("that is limited to an environment reads them, and changes nothing that the others share", async () => {
      const { at: params, params: all, action } = await given(world);
      const { body: connection } = await world.must(await world.as("key"), "GetConnection", { params: all });
      const environments = [at(connection.environments, 0).id];
      const key = await world.keyWith({ scopes: ["connections:read", "connections:write"], environments });
      expect((await world.send(key, "GetActions", { params: all })).status).toBe(200);
      expect((await world.send(key, "GetAction", { params })).status).toBe(200);
      expect((await world.send(key, "CreateAction", { params: all, body: newAction() })).status).toBe(403);
      expect((await world.send(key, "UpdateAction", { params, body: action })).status).toBe(403);
      expect((await world.send(key, "DeleteAction", { params })).status).toBe(403);
    });
  });
});
