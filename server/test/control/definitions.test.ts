import type { Definition } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import { draftWith, newAction, newDefinition, ref } from "../harness/content.ts";
import { scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

const given = (world: World) => draftWith(world, { User: { type: "object" }, Team: { type: "array", items: ref("User") } });
type Given = Awaited<ReturnType<typeof given>>;
const creating =
  (...definitions: unknown[]) =>
  ({ params }: Given) => ({ params, body: { definitions } });
const named = (name: string, { params }: Given) => ({ ...params, definition_name: name });
const putting = (name: string, changes: (given: Given) => object) => (situation: Given) => ({
  params: named(name, situation),
  body: { ...situation.byName[name], ...changes(situation) },
});
const typed = (contentType: string, content: string) => ({ name: "X", accept: [], schema: { contentType, content } });

onEachEngine("definitions", (world) => {
  const read = async (situation: Given, name: string) =>
    (await world.must(await world.as("key"), "GetDefinition", { params: named(name, situation) })).body;
  const referrers = async (situation: Given, name: string) => (await read(situation, name)).referencedBy?.map((one) => one.name);

  scenarios(world, { title: "creating", operation: "CreateDefinitions", given: () => given(world) }, [
    {
      name: "takes those that refer to each other in circles, and to those that are there by name or by address",
      send: (situation) => ({
        params: situation.params,
        body: {
          definitions: [
            newDefinition("A", { properties: { b: ref("B"), self: ref("A"), user: ref("User") } }),
            newDefinition("B", { anyOf: [ref("A"), { $ref: situation.byName.Team?.url }] }),
          ],
        },
      }),
      expect: 201,
      after: async ({ body }, situation) => {
        const [a, b] = body.definitions as [Definition, Definition];
        expect(a.referencedBy).toEqual([{ type: "definition", id: b.id, name: "B" }]);
        expect(b.referencedBy).toEqual([{ type: "definition", id: a.id, name: "A" }]);
        expect(await referrers(situation, "User")).toEqual(["Team", "A"]);
        expect(await referrers(situation, "Team")).toEqual(["B"]);
        for (const one of body.definitions) expect(await read(situation, one.name)).toEqual(one);
      },
    },
    {
      name: "refers to a definition of the request rather than to nothing, and to a schema of its own rather than to a definition",
      send: creating(newDefinition("Own", { $defs: { User: { type: "null" } }, ...ref("User") })),
      expect: 201,
      after: async (_answer, situation) => expect(await referrers(situation, "User")).toEqual(["Team"]),
    },
    {
      name: "takes 1,000 at once",
      send: creating(...Array.from({ length: 1_000 }, (_, index) => newDefinition(`d${index}`, { items: ref(`d${(index + 1) % 1_000}`) }))),
      expect: 201,
      after: async (_answer, situation) => expect(await referrers(situation, "d0")).toEqual(["d999"]),
    },
    {
      name: "refuses 1,001",
      send: creating(...Array.from({ length: 1_001 }, (_, index) => newDefinition(`d${index}`))),
      expect: 400,
      fields: ["definitions"],
    },
    {
      name: "tells every fault of every schema at once, with its place, and adds none",
      send: creating(
        newDefinition("Good"),
        newDefinition("Bad", { type: "thing", properties: { a: { minLength: -1 } } }),
        newDefinition("Lost", {
          anyOf: [ref("Nowhere"), { $ref: "https://example.com/a.json" }, { $ref: "file:///etc/passwd" }, { $ref: "#/none" }],
        }),
        newDefinition("Good"),
        typed("text/plain", "x"),
        typed("application/json", '{"a":'),
        newDefinition("Slow", { pattern: "(?=a)b" }),
      ),
      expect: 400,
      fields: [
        ...["definitions[1].schema.content", "definitions[1].schema.content"],
        ...Array.from({ length: 4 }, () => "definitions[2].schema.content"),
        "definitions[3].name",
        "definitions[4].schema.contentType",
        "definitions[5].name",
        "definitions[5].schema.content",
        "definitions[6].schema.content",
      ],
      after: ({ error }) => {
        const messages = error.fields?.map(({ message }) => message) ?? [];
        expect(messages).toEqual(expect.arrayContaining([expect.stringMatching(/^\/anyOf\/0\/\$ref: .*Nowhere/)]));
        expect(messages).toEqual(expect.arrayContaining([expect.stringMatching(/^\/properties\/a\/minLength: /)]));
        expect(messages).toEqual(expect.arrayContaining([expect.stringMatching(/^Line 1, column 6: /)]));
      },
    },
    {
      name: "refuses the address of another version's definition, though it is the same organisation's",
      send: async ({ params }) => {
        const { byName } = await given(world);
        return { params, body: { definitions: [newDefinition("Far", { $ref: byName.User?.url })] } };
      },
      expect: 400,
      fields: ["definitions[0].schema.content"],
    },
    {
      name: "names every name that is taken",
      send: creating(newDefinition("User"), newDefinition("New"), newDefinition("Team")),
      expect: 409,
      code: "name_taken",
      fields: ["definitions[0].name", "definitions[2].name"],
    },
    {
      name: "is refused in a published version",
      given: async ({ params }) => world.must(await world.as("key"), "PublishConnection", { params }),
      send: creating(newDefinition("New")),
      expect: 409,
      code: "version_published",
    },
    {
      name: "links an action again that was without a definition of that name",
      given: async ({ params }) => {
        const responses = [{ status: 200, definitions: [{ definition: { name: "Order" } }] }];
        const { body } = await world.must(await world.as("key"), "CreateAction", { params, body: newAction({ responses }) });
        expect(body.errors).toHaveLength(1);
      },
      send: creating(newDefinition("Order")),
      expect: 201,
      after: async ({ body }, { params }) => {
        const action = await world.must(await world.as("key"), "GetAction", { params: { ...params, action_name: "createOrder" } });
        expect(action.body.errors ?? []).toEqual([]);
        expect(body.definitions[0]?.referencedBy).toEqual([{ type: "action", id: action.body.id, name: "createOrder" }]);
      },
    },
    {
      name: "leaves a trace of each in the audit trail, without the address of its schema",
      send: creating(newDefinition("A"), newDefinition("B")),
      expect: 201,
      after: async ({ body }) => {
        const { items } = (await world.must(await world.as("key"), "ListAudit", { query: { first: 2 } })).body;
        expect(items.map(({ operation, subject }) => [operation, subject.name])).toEqual([
          ["definition.created", "B"],
          ["definition.created", "A"],
        ]);
        expect(JSON.stringify(items)).not.toContain(body.definitions[0]?.url.split("/").at(-2));
      },
    },
  ]);

  test("the same creation with the same Idempotency-Key gives the same definitions", async () => {
    const { params } = await given(world);
    const sent = { params, body: { definitions: [newDefinition("New")] }, headers: { "idempotency-key": world.newId() } };
    const key = await world.as("key");
    const first = await world.must(key, "CreateDefinitions", sent);
    expect((await world.must(key, "CreateDefinitions", sent)).body).toEqual(first.body);
  });

  scenarios(world, { title: "changing", operation: "UpdateDefinition", given: () => given(world) }, [
    {
      name: "back to what was read changes nothing",
      send: putting("User", () => ({})),
      expect: 200,
      after: ({ body, headers }, { byName }) => {
        expect(body).toEqual(byName.User);
        expect(headers.get("etag")).toMatch(/^"/);
      },
    },
    {
      name: "its name keeps what refers to it",
      send: putting("User", () => ({ name: "Person", description: "Somebody" })),
      expect: 200,
      after: async ({ body }, situation) => {
        expect(body).toMatchObject({ id: situation.ids.User, name: "Person", description: "Somebody" });
        expect(await referrers(situation, "Person")).toEqual(["Team"]);
        const { status } = await world.send(await world.as("key"), "GetDefinition", { params: named("User", situation) });
        expect(status).toBe(404);
      },
    },
    {
      name: "its schema changes what it refers to, and it may name itself by its new name",
      send: putting("Team", () => newDefinition("Crew", { items: ref("Crew") })),
      expect: 200,
      after: async ({ body }, situation) => {
        expect(body.referencedBy).toEqual([]);
        expect(await referrers(situation, "User")).toEqual([]);
        expect(JSON.parse((await world.raw(body.url)).text).items).toEqual({ $ref: body.url });
      },
    },
    {
      name: "tells every fault at once",
      send: putting("User", ({ ids }) => ({ id: ids.Team, ...newDefinition("User", { anyOf: [ref("A"), ref("B")] }) })),
      expect: 400,
      fields: ["id", "schema.content", "schema.content"],
    },
    { name: "to a name that is taken is refused", send: putting("User", () => ({ name: "Team" })), expect: 409, fields: ["name"] },
    {
      name: "a left out description is unset",
      given: async (situation) => {
        await world.must(await world.as("key"), "UpdateDefinition", putting("User", () => ({ description: "Somebody" }))(situation));
      },
      send: putting("User", () => ({})),
      expect: 200,
      after: ({ body }) => expect(body).not.toHaveProperty("description"),
    },
    {
      name: "is refused when it is not as the caller read it",
      given: async (situation) => {
        await world.must(await world.as("key"), "UpdateDefinition", putting("User", () => ({ description: "Somebody" }))(situation));
      },
      send: (situation) => ({ ...putting("User", () => ({ name: "Person" }))(situation), headers: { "if-match": '"old"' } }),
      expect: 412,
      code: "precondition_failed",
    },
    {
      name: "is taken when it is as the caller read it",
      send: async (situation) => {
        const { headers } = await world.must(await world.as("key"), "GetDefinition", { params: named("User", situation) });
        return { ...putting("User", () => ({ name: "Person" }))(situation), headers: { "if-match": headers.get("etag") ?? "" } };
      },
      expect: 200,
    },
    {
      name: "is refused in a published version",
      given: async ({ params }) => world.must(await world.as("key"), "PublishConnection", { params }),
      send: putting("User", () => ({ name: "Person" })),
      expect: 409,
      code: "version_published",
    },
    {
      name: "what it is for tells an action that uses it",
      given: async ({ params, ids }) => {
        const requestBody = { required: true, definitions: [{ definition: { id: ids.User } }, { definition: { id: ids.Team } }] };
        const { body } = await world.must(await world.as("key"), "CreateAction", { params, body: newAction({ requestBody } as object) });
        expect(body.errors).toHaveLength(1);
      },
      send: putting("Team", () => ({ accept: ["text/json"] })),
      expect: 200,
      after: async (_answer, { params }) => {
        const { body } = await world.must(await world.as("key"), "GetAction", { params: { ...params, action_name: "createOrder" } });
        expect(body.errors ?? []).toEqual([]);
      },
    },
  ]);

  describe("listing", () => {
    test("has a page of those whose name contains a text, newest change first, each with what refers to it", async () => {
      const situation = await given(world);
      const key = await world.as("key");
      await world.must(key, "CreateDefinitions", creating(newDefinition("SuperUser", ref("User")))(situation));
      const { body } = await world.must(key, "GetDefinitions", { params: situation.params, query: { name: "uSeR", first: 1 } });
      expect(body).toMatchObject({ totalCount: 2, definitions: [{ name: "SuperUser", referencedBy: [] }] });
      const { body: next } = await world.must(key, "GetDefinitions", {
        params: situation.params,
        query: { name: "uSeR", first: 1, after: body.next ?? "" },
      });
      expect(next.definitions.map(({ name, referencedBy }) => [name, referencedBy?.map((one) => one.name)])).toEqual([
        ["User", ["Team", "SuperUser"]],
      ]);
    });

    test("of a published version works by its name and by `latest`", async () => {
      const { params } = await given(world);
      const key = await world.as("key");
      await world.must(key, "PublishConnection", { params });
      const { body } = await world.must(key, "GetDefinitions", { params: { ...params, version: "latest" } });
      expect(body.totalCount).toBe(2);
    });
  });
});
