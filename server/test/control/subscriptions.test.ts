import type { OperationId } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import type { Sent } from "../harness/client.ts";
import { trials } from "../harness/profile.ts";
import { at, createConnection, createSubscription, newEnvironment, readConnection, smallConnection } from "../harness/samples.ts";
import { scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

/** A connection with the environments dev and test, the published version `1` and the draft `2`. */
const given = async (world: World) => {
  const environments = [newEnvironment("dev"), newEnvironment("test")];
  const { id } = await createConnection(world, smallConnection({ environments }));
  const params = { connection_id: id };
  const key = await world.as("key");
  await world.must(key, "PublishConnection", { params: { ...params, version: "1" } });
  await world.must(key, "CreateConnectionVersion", { params, body: { name: "2" } });
  const connection = await readConnection(world, id);
  const [dev, test] = [at(connection.environments, 0), at(connection.environments, 1)];
  return { connection, params, dev, test };
};
type Given = Awaited<ReturnType<typeof given>>;
const subscribing =
  (body: object) =>
  ({ params }: Given) => ({ params, body: { name: "billing", ...body } });

onEachEngine("subscriptions", (world) => {
  scenarios(world, { title: "creating", operation: "CreateSubscription", given }, [
    {
      name: "without a version it follows `default`, and shows none",
      send: subscribing({}),
      expect: 201,
      after: ({ body }) => expect(Object.keys(body).sort()).toEqual(["acknowledged", "createdAt", "id", "name", "updatedAt"]),
    },
    {
      name: "following is fine while nothing is published: what is published then is held",
      given: async ({ params }) => {
        await world.must(await world.as("key"), "UnpublishConnection", { params: { ...params, version: "1" } });
      },
      send: subscribing({}),
      expect: 201,
      after: async (_answer, { params }) => {
        const [key, version] = [await world.as("key"), { ...params, version: "2" }];
        await world.must(key, "PublishConnection", { params: version });
        expect((await world.send(key, "UnpublishConnection", { params: version })).status).toBe(409);
      },
    },
    {
      name: "an environment goes by its name, and is shown by its id",
      send: subscribing({ environment: "test" }),
      expect: 201,
      after: ({ body }, { test }) => expect(body.environment).toBe(test.id),
    },
    {
      name: "an environment goes by its id",
      send: (situation) => subscribing({ environment: situation.dev.id })(situation),
      expect: 201,
      after: ({ body }, { dev }) => expect(body.environment).toBe(dev.id),
    },
    ...["default", "latest", "9", "2"].map((version) => ({
      name: `the version ${version} is 400: only what stays can be held`,
      send: subscribing({ version }),
      expect: 400,
      fields: ["version"],
    })),
    {
      name: "another connection's environment is 400, by id too, with every other fault",
      send: async ({ params }) => {
        const other = await createConnection(world, smallConnection());
        return { params, body: { name: "billing", version: "9", environment: at(other.environments, 0).id } };
      },
      expect: 400,
      fields: ["environment", "version"],
    },
    {
      name: "a name that the connection has is 409",
      given: ({ connection }) => createSubscription(world, connection.id, { name: "billing" }),
      send: subscribing({}),
      expect: 409,
      code: "name_taken",
    },
    {
      name: "another connection may have the name too",
      given: async () => createSubscription(world, (await createConnection(world, smallConnection())).id, { name: "billing" }),
      send: subscribing({}),
      expect: 201,
    },
    {
      name: "it is audited, and moves the connection's `updatedAt`",
      send: subscribing({ version: "1" }),
      expect: 201,
      after: async ({ body }, { connection }) => {
        expect((await readConnection(world, connection.id)).updatedAt > connection.updatedAt).toBe(true);
        const { body: audit } = await world.must(await world.as("key"), "ListAudit", { query: { first: 1 } });
        expect(audit.items).toMatchObject([{ operation: "subscription.created", subject: { id: body.id, name: "billing" } }]);
      },
    },
    {
      name: "a key that is limited to environments is 403: it would hold what all of them share",
      as: ({ dev }) => world.keyWith({ scopes: ["connections:read", "connections:write"], environments: [dev.id] }),
      send: subscribing({ environment: "dev" }),
      expect: 403,
    },
  ]);

  scenarios(world, { title: "ending", operation: "DeleteSubscription", given }, [
    {
      name: "frees what it held, and is audited",
      send: async ({ connection, params }) => {
        const { id } = await createSubscription(world, connection.id, { name: "billing", version: "1" });
        return { params: { ...params, subscription_id: id } };
      },
      expect: 204,
      after: async (_answer, { params }) => {
        const key = await world.as("key");
        const { body: audit } = await world.must(key, "ListAudit", { query: { first: 1 } });
        expect(audit.items).toMatchObject([{ operation: "subscription.deleted", subject: { name: "billing" } }]);
        await world.must(key, "UnpublishConnection", { params: { ...params, version: "1" } });
      },
    },
    {
      name: "is 412 when it is not the one that was read",
      send: async ({ connection, params }) => {
        const { id } = await createSubscription(world, connection.id);
        return { params: { ...params, subscription_id: id }, headers: { "if-match": '"other"' } };
      },
      expect: 412,
    },
    {
      name: "is 404 through another connection",
      send: async ({ params }) => {
        const other = await createConnection(world, smallConnection());
        return { params: { ...params, subscription_id: (await createSubscription(world, other.id)).id } };
      },
      expect: 404,
    },
  ]);

  describe("what is held", () => {
    test("a follower holds the default alone: choosing another frees the first", async () => {
      const { params, connection } = await given(world);
      const key = await world.as("key");
      await createSubscription(world, connection.id);
      await world.must(key, "PublishConnection", { params: { ...params, version: "2" } });
      const unpublish = (version: string) => world.send(key, "UnpublishConnection", { params: { ...params, version } });
      expect((await unpublish("2")).status).toBe(409);
      expect((await unpublish("1")).status).toBe(200);
    });

    test("what is deleted by force takes its subscriptions along, and the audit trail names them", async () => {
      const { params, connection } = await given(world);
      const key = await world.as("key");
      await createSubscription(world, connection.id, { name: "on the version", version: "1" });
      await createSubscription(world, connection.id, { name: "on the environment", environment: "dev" });
      await world.must(key, "DeleteConnectionVersion", { params: { ...params, version: "1" }, query: { force: true } });
      await world.must(key, "DeleteEnvironment", { params: { ...params, environment_id: "dev" }, query: { force: true } });
      expect((await world.must(key, "ListSubscriptions", { params })).body.totalCount).toBe(0);
      const { body } = await world.must(key, "ListAudit", { query: { first: 2 } });
      expect(body.items.map(({ operation, changes }) => [operation, changes])).toEqual([
        ["environment.deleted", [{ field: "subscriptions", before: ["on the environment"] }]],
        ["version.deleted", [{ field: "subscriptions", before: ["on the version"] }]],
      ]);
    });

    test("a key that is limited to environments does not see what others use", async () => {
      const { params, connection, dev } = await given(world);
      const hidden = await createSubscription(world, connection.id, { environment: "test" });
      const shown = [
        await createSubscription(world, connection.id),
        await createSubscription(world, connection.id, { environment: "dev" }),
      ];
      const limited = await world.keyWith({ scopes: ["connections:read"], environments: [dev.id] });
      const { body } = await world.must(limited, "ListSubscriptions", { params });
      expect(body).toMatchObject({ totalCount: 2, subscriptions: shown.toReversed() });
      const read = (subscription_id: string) => world.send(limited, "GetSubscription", { params: { ...params, subscription_id } });
      expect((await read(hidden.id)).status).toBe(403);
      for (const { id } of shown) expect((await read(id)).status).toBe(200);
    });
  });

  describe("a race is won by one (B-4)", () => {
    /** What cannot be true together with the subscription, and which subscription. */
    const races: { operation: OperationId; params: object; to: object; lost: number }[] = [
      { operation: "UnpublishConnection", params: { version: "1" }, to: { version: "1" }, lost: 409 },
      { operation: "DeleteConnectionVersion", params: { version: "1" }, to: { version: "1" }, lost: 409 },
      { operation: "DeleteEnvironment", params: { environment_id: "dev" }, to: { environment: "dev" }, lost: 412 },
    ];
    test.each(races)("$operation against a subscription", async ({ operation, params: more, to, lost }) => {
      const key = await world.as("key");
      for (let trial = 0; trial < trials({ change: 12, long: 300 }); trial++) {
        const { params } = await given(world);
        const subscribe = () => world.send(key, "CreateSubscription", { params, body: { name: "billing", ...to } });
        const take = () => world.send(key, operation, { params: { ...params, ...more } } as Sent);
        // Whoever is sent first has the better chance; either order must be right.
        const [subscribed, taken] =
          trial % 2 === 0
            ? await Promise.all([subscribe(), take()])
            : await Promise.all([take(), subscribe()]).then(([first, second]) => [second, first] as const);
        expect([
          [201, lost],
          [400, 200],
          [400, 204],
        ]).toContainEqual([subscribed.status, taken.status]);
        const { body } = await world.must(key, "ListSubscriptions", { params });
        expect(body.totalCount).toBe(subscribed.status === 201 ? 1 : 0);
      }
    });

    test("of twenty subscriptions of one name, one is made", async () => {
      const { params } = await given(world);
      const key = await world.as("key");
      const all = await Promise.all(
        Array.from({ length: 20 }, () => world.send(key, "CreateSubscription", { params, body: { name: "billing" } })),
      );
      expect(all.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(409)]);
    });
  });
});
