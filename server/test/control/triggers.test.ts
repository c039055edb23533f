import type { Trigger } from "@mooring/contract";
import { expect, test } from "vitest";
import { triggersMax } from "../../src/domain/trigger.ts";
import type { OrganisationId, TriggerId } from "../../src/kernel/ids.ts";
import { contentBytes } from "../../src/store/content-size.ts";
import { getContentVersion } from "../../src/store/versions.ts";
import { insertWays } from "../../src/store/ways.ts";
import { type ContentParams, draftWith, newTrigger } from "../harness/content.ts";
import { smallConnection } from "../harness/samples.ts";
import { scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

const using = newTrigger({
  summary: "An order was paid",
  strict: true,
  challenge: { in: "body", name: "/challenge" },
  requestBody: { required: true, definitions: [{ definition: { name: "Order" }, accept: ["application/json"] }] },
  responses: [{ status: 200, definitions: [{ definition: { name: "Receipt" } }] }, { definitions: [{ definition: { name: "Receipt" } }] }],
});

/** A connection whose draft `1` has the definitions Order and Receipt, and the trigger orderPaid, which uses them. */
const given = async (world: World) => {
  const key = await world.as("key");
  const { params, ids, byName } = await draftWith(world, { Order: { type: "object" }, Receipt: { type: "object" } });
  const { body: trigger } = await world.must(key, "CreateTrigger", { params, body: using });
  const read = async (changes: Partial<Record<"version" | "trigger_name", string>> = {}): Promise<Trigger> =>
    (await world.must(key, "GetTrigger", { params: { ...params, trigger_name: "orderPaid", ...changes } })).body;
  return { params, ids, byName, trigger, read, at: { ...params, trigger_name: "orderPaid" } };
};
type Given = Awaited<ReturnType<typeof given>>;

onEachEngine("triggers", (world) => {
  const send = async (operation: Parameters<World["must"]>[1], sent: Parameters<World["must"]>[2]) =>
    world.send(await world.as("key"), operation, sent);
  const must = async <Id extends Parameters<World["must"]>[1]>(operation: Id, sent: Parameters<World["must"]>[2]) =>
    world.must(await world.as("key"), operation, sent);

  scenarios(world, { title: "creating a trigger", operation: "CreateTrigger", given }, [
    {
      name: "keeps what was sent, and shows the definitions with their addresses",
      send: ({ params }: Given) => ({ params, body: { ...using, name: "another" } }),
      expect: 201,
      after: ({ body }, { byName }) => {
        const id = expect.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
        const { referencedBy: _, ...receipt } = byName.Receipt as object & { referencedBy?: unknown };
        const { referencedBy: __, ...order } = byName.Order as object & { referencedBy?: unknown };
        expect(body).toEqual({
          ...using,
          id,
          name: "another",
          requestBody: { required: true, definitions: [{ id, definition: order, accept: ["application/json"] }] },
          responses: [
            { id, status: 200, definitions: [{ id, definition: receipt }] },
            { id, definitions: [{ id, definition: receipt }] },
          ],
        });
      },
    },
    { name: "with a name that is taken is 409", send: ({ params }) => ({ params, body: using }), expect: 409, code: "name_taken" },
    {
      name: "takes a name that an action has",
      send: ({ params }) => ({ params, body: newTrigger({ name: "createOrder" }) }),
      expect: 201,
    },
    {
      name: "with faults keeps them",
      send: ({ params }) => ({
        params,
        body: newTrigger({
          name: "wrong",
          method: "GET",
          parameters: [{ name: "a b", in: "header", required: true, type: "integer", default: "x" }],
          requestBody: { required: true, definitions: [{ definition: { name: "Nowhere" } }] },
          responses: [{ status: 500, definitions: [] }],
        }),
      }),
      expect: 201,
      after: ({ body }) =>
        expect(body.errors?.map(({ field, severity }) => `${severity} ${field}`)).toEqual([
          "error /parameters/0/name",
          "error /parameters/0/default",
          "warning /requestBody",
          "warning /responses",
          "error /requestBody/definitions/0",
        ]),
    },
    {
      name: "takes at most 200 links to definitions",
      send: ({ params }) => ({
        params,
        body: newTrigger({
          responses: Array.from({ length: 5 }, () => ({ definitions: Array(41).fill({ definition: { name: "Order" } }) })),
        }),
      }),
      expect: 400,
      fields: [""],
    },
  ]);

  test("no version of a connection that speaks no HTTP has triggers", async () => {
    const { body: connection } = await must("CreateBigQueryConnection", {
      body: { name: world.newId(), environments: smallConnection().environments },
    });
    const { status, error } = await send("CreateTrigger", {
      params: { connection_id: connection.id, version: "1" },
      body: newTrigger(),
    });
    expect([status, error.fields]).toEqual([400, [expect.objectContaining({ field: "type" })]]);
  });

  test("what was read and is sent back changes nothing, and neither id nor type can be changed", async () => {
    const { at, trigger, read } = await given(world);
    expect((await must("UpdateTrigger", { params: at, body: trigger })).body).toEqual(await read());
    const { status, error } = await send("UpdateTrigger", { params: at, body: { ...trigger, id: world.newId() } });
    expect([status, error.fields?.map(({ field }) => field)]).toEqual([400, ["id"]]);
  });

  test("a version with a trigger that has an error cannot be published; warnings keep nothing back", async () => {
    const { params } = await given(world);
    const wrong = newTrigger({ name: "wrong", responses: [{ status: 1000 - 1, definitions: [] }] });
    await must("CreateTrigger", { params, body: wrong });
    const { status, error } = await send("PublishConnection", { params });
    expect([status, error.code, error.fields?.map(({ field }) => field)]).toEqual([
      400,
      "version_incomplete",
      ["triggers[wrong]/responses/0/status"],
    ]);
    const mended = { ...wrong, responses: [{ status: 400, definitions: [] }] };
    const { body } = await must("GetTrigger", { params: { ...params, trigger_name: "wrong" } });
    await must("UpdateTrigger", { params: { ...params, trigger_name: "wrong" }, body: { ...mended, id: body.id } });
    await must("PublishConnection", { params });
  });

  test("a published version's triggers cannot be created, changed or deleted, and a draft made of it has them with their ids", async () => {
    const { params, at: place, trigger, read } = await given(world);
    await must("PublishConnection", { params });
    const refused = await Promise.all([
      send("CreateTrigger", { params, body: newTrigger({ name: "more" }) }),
      send("UpdateTrigger", { params: place, body: { ...trigger, strict: false } }),
      send("DeleteTrigger", { params: place }),
    ]);
    expect(refused.map(({ status, error }) => [status, error.code])).toEqual(Array(3).fill([409, "version_published"]));

    await must("CreateConnectionVersion", { params, body: { name: "2", fromVersion: "1" } });
    const copy = await read({ version: "2" });
    const address = /"url":"[^"]*"/g;
    expect(JSON.stringify(copy).replaceAll(address, "")).toBe(JSON.stringify(trigger).replaceAll(address, ""));
    const { body } = await must("GetDefinition", { params: { ...params, version: "2", definition_name: "Order" } });
    expect(body.referencedBy).toEqual([{ type: "trigger", id: trigger.id, name: "orderPaid" }]);
    await must("DeleteTrigger", { params: { ...place, version: "2" } });
    expect((await read()).id).toBe(trigger.id);
  });

  test("a definition that a trigger uses is 412, and deleted with force it leaves an error until there is one of its name again", async () => {
    const { params, trigger, read } = await given(world);
    const order = { ...params, definition_name: "Order" };
    const blocked = await send("DeleteDefinition", { params: order });
    expect(blocked.status).toBe(412);
    expect(blocked.body).toMatchObject({ definition: { referencedBy: [{ type: "trigger", id: trigger.id, name: "orderPaid" }] } });

    await must("DeleteDefinition", { params: order, query: { force: true } });
    const broken = await read();
    expect(broken).toMatchObject({
      requestBody: { definitions: [] },
      errors: [{ field: "/requestBody/definitions/0", severity: "error", message: expect.stringContaining('"Order"') }],
    });
    expect((await send("PublishConnection", { params })).status).toBe(400);
    const again = { name: "Order", accept: ["application/json"], schema: { contentType: "application/schema+json", content: "{}" } };
    await must("CreateDefinitions", { params, body: { definitions: [again] } });
    const mended = await read();
    expect(mended.errors).toBeUndefined();
    expect(mended.requestBody).toMatchObject({ definitions: [{ definition: { name: "Order" }, accept: ["application/json"] }] });
  });

  test("a definition's media types decide whether two count for one", async () => {
    const { params, byName, read } = await given(world);
    const both = [{ definition: { name: "Order" } }, { definition: { name: "Receipt" } }];
    const { body: before } = await must("CreateTrigger", {
      params,
      body: newTrigger({ name: "both", requestBody: { required: true, definitions: both } }),
    });
    expect(before.errors).toMatchObject([{ field: "/requestBody/definitions/1" }]);
    await must("UpdateDefinition", {
      params: { ...params, definition_name: "Receipt" },
      body: { ...byName.Receipt, accept: ["text/json"] },
    });
    expect((await read({ trigger_name: "both" })).errors).toBeUndefined();
  });

  test("a version's triggers count in what it may hold: bytes and how many", async () => {
    const { params, trigger } = await given(world);
    const org = (await world.as("key")).org as OrganisationId;
    const size = (bytes: ContentParams) =>
      world.mooring.db.read(org, async (tx) => {
        const version = await getContentVersion(tx, org, bytes.connection_id as never, bytes.version);
        return { version, bytes: version ? await contentBytes(tx, org, version.id) : 0 };
      });
    const before = await size(params);
    await must("DeleteTrigger", { params: { ...params, trigger_name: trigger.name } });
    expect(before.bytes - (await size(params)).bytes).toBeGreaterThan(200);

    const document = { type: "http", method: "POST", parameters: [], responses: [] } as const;
    const filling = Array.from({ length: triggersMax }, (_, index) => ({
      id: world.newId() as TriggerId,
      name: `f${index}`,
      document,
      errors: [],
    }));
    await world.mooring.db.write(org, (tx) => insertWays(tx, org, before.version?.id as never, "trigger", filling, world.clock.now()));
    const { status, error } = await send("CreateTrigger", { params, body: newTrigger() });
    expect([status, error.message]).toEqual([400, "A version holds at most 1000 triggers."]);
  });

  test("of triggers that take one name at once one is made, and of edits on one state one is done (B-2, B-4)", async () => {
    const { params } = await given(world);
    const made = await Promise.all(Array.from({ length: 8 }, () => send("CreateTrigger", { params, body: newTrigger({ name: "one" }) })));
    expect(made.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    const one = { ...params, trigger_name: "one" };
    const { body, headers } = await must("GetTrigger", { params: one });
    const edits = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        send("UpdateTrigger", {
          params: one,
          body: { ...body, summary: `s${index}` },
          headers: { "if-match": headers.get("etag") ?? "" },
        }),
      ),
    );
    expect(edits.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)]);
  });
});
