import { describe, expect, test } from "vitest";
import { createConnection, createSubscription, type HTTPConnection, readConnection, smallConnection } from "../harness/samples.ts";
import { scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

/** A connection whose versions are drafts, and the means to do something with one. */
const given = async (world: World) => {
  const connection = await createConnection(world, smallConnection());
  const params = { connection_id: connection.id };
  const key = await world.as("key");
  return {
    connection,
    params,
    create: async (name: string) => (await world.must(key, "CreateConnectionVersion", { params, body: { name } })).body,
    publish: async (version: string) => (await world.must(key, "PublishConnection", { params: { ...params, version } })).body.version,
    choose: async (name: string) => {
      const { body } = await world.must(key, "GetConnectionVersion", { params: { ...params, version: name } });
      return (
        await world.must(key, "UpdateConnectionVersion", { params: { ...params, version: name }, body: { ...body, isDefault: true } })
      ).body;
    },
    get: async (version: string) => (await world.must(key, "GetConnectionVersion", { params: { ...params, version } })).body,
  };
};
type Given = Awaited<ReturnType<typeof given>>;

const named =
  (version: string) =>
  ({ params }: Given) => ({ params: { ...params, version } });
/** `1` and `2` published in this order, `3` a draft. */
const published = async ({ create, publish }: Given) => {
  for (const name of ["2", "3"]) await create(name);
  for (const name of ["1", "2"]) await publish(name);
};

onEachEngine("versions", (world) => {
  scenarios(world, { title: "reserved names", operation: "GetConnectionVersion", given }, [
    { name: "`latest` is 404 while nothing is published", send: named("latest"), expect: 404, code: "not_found" },
    { name: "`default` is 404 while nothing is published", send: named("default"), expect: 404, code: "not_found" },
    {
      name: "`latest` is the one that was published last, whichever was made last",
      given: async ({ create, publish }) => {
        await create("2");
        for (const name of ["2", "1"]) await publish(name);
      },
      send: named("latest"),
      expect: 200,
      after: ({ body }) => expect(body).toMatchObject({ name: "1", isLatest: true }),
    },
    {
      name: "`default` is latest when none was chosen",
      given: published,
      send: named("default"),
      expect: 200,
      after: ({ body }) => expect(body).toMatchObject({ name: "2", isLatest: true }),
    },
    {
      name: "`default` is the chosen one, whatever is published later",
      given: async (situation) => {
        await published(situation);
        await situation.choose("1");
        await situation.publish("3");
      },
      send: named("default"),
      expect: 200,
      after: ({ body }) => expect(body).toMatchObject({ name: "1", isDefault: true, isLatest: false }),
    },
    {
      name: "they work wherever a version's name does",
      given: published,
      operation: "UnpublishConnection",
      send: named("latest"),
      expect: 200,
      after: async (_answer, { get }) => {
        expect(await get("2")).toMatchObject({ publishedAt: null });
        expect(await get("latest")).toMatchObject({ name: "1" });
      },
    },
  ]);

  describe("the first version", () => {
    test("a new connection has one draft version named `1`", async () => {
      const { connection } = await given(world);
      expect(connection.versions).toMatchObject([{ name: "1", publishedAt: null, isDefault: false, isLatest: false }]);
    });
  });

  scenarios(world, { title: "creating", operation: "CreateConnectionVersion", given }, [
    ...["latest", "default"].map((name) => ({
      name: `${name} is 400: the name is reserved`,
      send: ({ params }: Given) => ({ params, body: { name } }),
      expect: 400,
      fields: ["name"],
    })),
    ...["a/b", "", " ", "x".repeat(101), ".", ".."].map((name) => ({
      name: `${JSON.stringify(name.slice(0, 5))} of ${name.length} characters is 400`,
      send: ({ params }: Given) => ({ params, body: { name } }),
      expect: 400,
      fields: ["name"],
    })),
    ...["x".repeat(100), "1.0.0-β %2F?#", "Latest", "constructor"].map((name) => ({
      name: `${JSON.stringify(name.slice(0, 20))} is fine, and found by it`,
      send: ({ params }: Given) => ({ params, body: { name } }),
      expect: 201,
      after: async (_answer: unknown, { get }: Given) => expect((await get(name)).name).toBe(name),
    })),
    { name: "a name that is taken is 409", send: ({ params }) => ({ params, body: { name: "1" } }), expect: 409, code: "name_taken" },
    {
      name: "`fromVersion` that is not there is 400",
      send: ({ params }) => ({ params, body: { name: "2", fromVersion: "9" } }),
      expect: 400,
      fields: ["fromVersion"],
    },
    {
      name: "`fromVersion` may be `latest`, and only the content is copied",
      given: published,
      send: ({ params }) => ({ params, body: { name: "4", fromVersion: "latest" } }),
      expect: 201,
      after: ({ body }) => expect(body).toMatchObject({ name: "4", publishedAt: null, isDefault: false, isLatest: false }),
    },
    {
      name: "of twenty at once with one name, one wins (B-4)",
      send: ({ params }) => ({ params, body: { name: "first" } }),
      expect: 201,
      after: async (_answer, { params }) => {
        const key = await world.as("key");
        const tries = Array.from({ length: 20 }, () => world.send(key, "CreateConnectionVersion", { params, body: { name: "raced" } }));
        expect((await Promise.all(tries)).map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(409)]);
      },
    },
  ]);

  scenarios(world, { title: "publishing", operation: "PublishConnection", given }, [
    {
      name: "`publishedAt` tells, and the connection's `updatedAt` moves",
      send: named("1"),
      expect: 200,
      after: async ({ body }, { connection }) => {
        expect(body.version.publishedAt).toEqual(expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));
        const after = await readConnection(world, connection.id);
        expect(after.updatedAt > connection.updatedAt).toBe(true);
        expect(after.versions).toEqual([body.version]);
      },
    },
    { name: "twice is 409", given: ({ publish }) => publish("1"), send: named("1"), expect: 409, code: "version_published" },
    { name: "`default` while nothing is published is 404", send: named("default"), expect: 404 },
  ]);

  const put =
    (version: string, changes: object) =>
    async ({ params, get }: Given) => ({
      params: { ...params, version },
      body: { ...(await get(version)), ...changes },
    });
  scenarios(world, { title: "updating", operation: "UpdateConnectionVersion", given }, [
    {
      name: "what a GET returned may be PUT back as it was, draft",
      send: put("1", {}),
      expect: 200,
      after: async ({ body }, { get }) => expect(await get("1")).toEqual(body),
    },
    {
      name: "what a GET returned may be PUT back as it was, published",
      given: published,
      send: put("2", {}),
      expect: 200,
      after: ({ body }) => expect(body).toMatchObject({ name: "2", isLatest: true }),
    },
    ...[{ name: "2.1" }, { description: "late" }].map((change) => ({
      name: `of a published version, ${Object.keys(change)} is 409 version_published`,
      given: published,
      send: put("2", change),
      expect: 409,
      code: "version_published",
    })),
    {
      name: "`isDefault` is set through it, on a published version",
      given: published,
      send: put("1", { isDefault: true }),
      expect: 200,
      after: async ({ body }, { get }) => {
        expect(body.isDefault).toBe(true);
        expect(await get("default")).toEqual(body);
      },
    },
    {
      name: "there is one default at most: choosing another takes it from the first",
      given: async (situation) => {
        await published(situation);
        await situation.choose("1");
      },
      send: put("2", { isDefault: true }),
      expect: 200,
      after: async (_answer, { get }) => expect((await get("1")).isDefault).toBe(false),
    },
    {
      name: "`isDefault: false` goes back to latest",
      given: async (situation) => {
        await published(situation);
        await situation.choose("1");
      },
      send: put("1", { isDefault: false }),
      expect: 200,
      after: async (_answer, { get }) => expect((await get("default")).name).toBe("2"),
    },
    { name: "`isDefault` on a draft is 400", send: put("1", { isDefault: true }), expect: 400, fields: ["isDefault"] },
    { name: "`id` must be the one in the path", send: put("1", { id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }), expect: 400, fields: ["id"] },
    {
      name: "a name that is taken is 409",
      given: ({ create }) => create("2"),
      send: put("1", { name: "2" }),
      expect: 409,
      code: "name_taken",
    },
    { name: "a reserved name is 400", send: put("1", { name: "latest" }), expect: 400, fields: ["name"] },
    {
      name: "every fault at once",
      send: put("1", { id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", name: "default", isDefault: true }),
      expect: 400,
      fields: ["id", "isDefault", "name"],
    },
    {
      name: "a left out description is unset",
      given: async (situation) => {
        await world.must(await world.as("key"), "UpdateConnectionVersion", await put("1", { description: "there" })(situation));
      },
      send: put("1", { description: undefined }),
      expect: 200,
      after: ({ body }) => expect(body).not.toHaveProperty("description"),
    },
  ]);

  const used = (version: string) => async (situation: Given) => {
    await published(situation);
    await createSubscription(world, situation.connection.id, { version });
  };
  const followed = async (situation: Given) => {
    await published(situation);
    await createSubscription(world, situation.connection.id);
  };
  scenarios(world, { title: "unpublishing", operation: "UnpublishConnection", given }, [
    {
      name: "makes it a draft again, that can be changed",
      given: published,
      send: named("2"),
      expect: 200,
      after: async ({ body }, situation) => {
        expect(body.version).toMatchObject({ name: "2", publishedAt: null, isLatest: false, isDefault: false });
        expect((await situation.get("1")).isLatest).toBe(true);
        await world.must(await world.as("key"), "UpdateConnectionVersion", await put("2", { name: "2.1" })(situation));
      },
    },
    { name: "one that a subscription uses is 409", given: used("1"), send: named("1"), expect: 409, code: "in_use" },
    { name: "one that a subscription follows as the default is 409", given: followed, send: named("2"), expect: 409, code: "in_use" },
    { name: "one that no subscription uses is fine, though another's is used", given: used("1"), send: named("2"), expect: 200 },
  ]);

  scenarios(world, { title: "deleting", operation: "DeleteConnectionVersion", given }, [
    { name: "a draft is 204", send: named("1"), expect: 204 },
    { name: "a published one that nothing uses is 204", given: published, send: named("2"), expect: 204 },
    { name: "a published one that a subscription uses is 409", given: used("2"), send: named("2"), expect: 409, code: "in_use" },
    { name: "one that a subscription follows as the default is 409", given: followed, send: named("2"), expect: 409, code: "in_use" },
    {
      name: "with `force=true` it is 204 all the same",
      given: used("2"),
      send: ({ params }) => ({ params: { ...params, version: "2" }, query: { force: true } }),
      expect: 204,
      after: async (_answer, { get }) => expect((await get("latest")).name).toBe("1"),
    },
  ]);

  scenarios(world, { title: "the connection", operation: "DeleteConnection", given }, [
    {
      name: "is 409 to delete while a subscription is active",
      given: ({ connection }) => createSubscription(world, connection.id),
      send: ({ params }) => ({ params }),
      expect: 409,
      code: "in_use",
    },
    {
      name: "is 204 with `force=true`; everything under it goes and credentials stay",
      given: async (situation) => {
        situation.connection = (await createConnection(world)) as HTTPConnection;
        await createSubscription(world, situation.connection.id);
      },
      send: ({ connection }) => ({ params: { connection_id: connection.id }, query: { force: true } }),
      expect: 204,
      after: async (_answer, { connection }) => {
        const key = await world.as("key");
        const [environment] = connection.environments;
        const params = { connection_id: connection.id, environment_id: environment?.id ?? "" };
        for (const operation of ["GetConnection", "GetEnvironment", "ListConnectionEnvironments", "ListConnectionVersions"] as const) {
          expect((await world.send(key, operation, { params })).status).toBe(404);
        }
        const credential_id = environment?.credentials.action[0]?.credential.id ?? "";
        expect((await world.must(key, "GetCredential", { params: { credential_id } })).body.usages).toEqual([]);
      },
    },
  ]);
});
