import { describe, expect, test } from "vitest";
import {
  apiKeyScheme,
  at,
  basicAuthScheme,
  createConnection,
  createCredential,
  createSubscription,
  credentialOf,
  newConnection,
  newEnvironment,
  noneScheme,
  readConnection,
  smallConnection,
} from "../harness/samples.ts";
import { fieldsOf, scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

const given = async (world: World) => {
  const connection = await createConnection(world);
  return { connection, dev: at(connection.environments, 0), test: at(connection.environments, 1) };
};
type Given = Awaited<ReturnType<typeof given>>;

const oneOf = ({ connection, dev }: Given) => ({ connection_id: connection.id, environment_id: dev.id });
const put = (situation: Given, changes: object) => ({
  params: oneOf(situation),
  body: { id: situation.dev.id, name: situation.dev.name, ...changes },
});
const idsOf = (entries: readonly { id: string }[]) => entries.map(({ id }) => id);

onEachEngine("environments", (world) => {
  scenarios(world, { title: "reading one", operation: "GetEnvironment", given }, [
    {
      name: "its id works in the path",
      send: (situation) => ({ params: oneOf(situation) }),
      expect: 200,
      after: ({ body }, { dev }) => expect(body).toEqual(dev),
    },
    {
      name: "its name works in the path",
      send: ({ connection }) => ({ params: { connection_id: connection.id, environment_id: "dev" } }),
      expect: 200,
      after: ({ body }, { dev }) => expect(body).toEqual(dev),
    },
    {
      name: "its slug does not, where it is not its name",
      given: async (situation) => {
        situation.connection = await createConnection(world, smallConnection({ environments: [newEnvironment("Big Shop/EU 2")] }));
      },
      send: ({ connection }) => ({ params: { connection_id: connection.id, environment_id: "big-shop-eu-2" } }),
      expect: 404,
    },
    {
      name: "a name with a slash, a space and letters beyond ASCII works in the path",
      given: async (situation) => {
        situation.connection = await createConnection(world, smallConnection({ environments: [newEnvironment("Füße/EU 2%")] }));
      },
      send: ({ connection }) => ({ params: { connection_id: connection.id, environment_id: "Füße/EU 2%" } }),
      expect: 200,
      after: ({ body }) => expect(body.slug).toBe("füße-eu-2"),
    },
    {
      name: "an id goes before a name that looks like it",
      given: async (situation) => {
        const { connection, dev, test } = situation;
        const body = { id: test.id, name: dev.id };
        await world.must(await world.as("key"), "UpdateEnvironment", {
          params: { connection_id: connection.id, environment_id: test.id },
          body,
        });
      },
      send: (situation) => ({ params: oneOf(situation) }),
      expect: 200,
      after: ({ body }, { dev }) => expect(body.name).toBe(dev.name),
    },
    {
      name: "another connection's environment is 404",
      send: async ({ dev }) => ({
        params: { connection_id: (await createConnection(world, smallConnection())).id, environment_id: dev.id },
      }),
      expect: 404,
      code: "not_found",
    },
  ]);

  describe("`slug` is the kebab-case form of the name", () => {
    const slugs = {
      Dev: "dev",
      "My Prod": "my-prod",
      prodEU: "prod-eu",
      "  a_b.c  ": "a-b-c",
      Ａ１: "a1",
      "漢字 2": "漢字-2",
      "!!!": "environment",
    };
    test.each(Object.entries(slugs))("%j is %j", async (name, slug) => {
      const connection = await createConnection(world, smallConnection({ environments: [{ name, credentials: {}, variables: [] }] }));
      expect(connection.environments[0]).toMatchObject({ name, slug });
    });
  });

  scenarios(world, { title: "updating one", operation: "UpdateEnvironment", given }, [
    {
      name: "renames it",
      send: (situation) => put(situation, { name: "Development" }),
      expect: 200,
      after: ({ body }, { dev }) =>
        expect(body).toMatchObject({ id: dev.id, name: "Development", slug: "development", variables: dev.variables }),
    },
    {
      name: "a name that another environment of the connection has is 409",
      send: (situation) => put(situation, { name: "test" }),
      expect: 409,
      code: "name_taken",
    },
    {
      name: "a name that an environment of another connection has is free",
      given: () => createConnection(world, smallConnection({ environments: [newEnvironment("elsewhere")] })),
      send: (situation) => put(situation, { name: "elsewhere" }),
      expect: 200,
    },
    {
      name: "absent `variables` are kept",
      send: (situation) => put(situation, {}),
      expect: 200,
      after: ({ body }, { dev }) => expect(body).toEqual(dev),
    },
    {
      name: "`variables` are replaced",
      send: (situation) => put(situation, { variables: [{ name: "a", value: "line\nbreak 漢" }] }),
      expect: 200,
      after: ({ body }) => expect(body.variables).toEqual([{ name: "a", value: "line\nbreak 漢" }]),
    },
    {
      name: "`variables: []` deletes all",
      send: (situation) => put(situation, { variables: [] }),
      expect: 200,
      after: ({ body }) => expect(body.variables).toEqual([]),
    },
    {
      name: "credentials are reordered",
      send: (situation) => put(situation, { credentials: { action: situation.dev.credentials.action.toReversed() } }),
      expect: 200,
      after: async ({ body }, situation) => {
        expect(idsOf(body.credentials.action)).toEqual(idsOf(situation.dev.credentials.action.toReversed()));
        expect(body.credentials.trigger).toEqual(situation.dev.credentials.trigger);
        const again = await world.must(await world.as("key"), "GetEnvironment", { params: oneOf(situation) });
        expect(again.body).toEqual(body);
      },
    },
    {
      name: "an entry's `authSchemeConfig` is changed",
      send: (situation) => {
        const [entry, ...rest] = situation.dev.credentials.action;
        return put(situation, {
          credentials: { action: [{ id: entry?.id, authSchemeConfig: { ...apiKeyScheme, in: "query" } }, ...rest] },
        });
      },
      expect: 200,
      after: ({ body }) => expect(body.credentials.action[0]?.authSchemeConfig).toEqual({ ...apiKeyScheme, in: "query" }),
    },
    {
      name: "but never its `schemeType` (400)",
      send: (situation) => {
        const [entry, ...rest] = situation.dev.credentials.action;
        return put(situation, { credentials: { action: [{ ...entry, authSchemeConfig: basicAuthScheme }, ...rest] } });
      },
      expect: 400,
      fields: ["credentials.action[0].authSchemeConfig.schemeType"],
    },
    {
      name: "and never the credential itself (400)",
      send: async (situation) => {
        const [entry, ...rest] = situation.dev.credentials.action;
        const credential = await createCredential(world);
        return put(situation, { credentials: { action: [{ ...entry, credential }, ...rest] } });
      },
      expect: 400,
      fields: ["credentials.action[0].credential.id"],
    },
    {
      name: "what is sent of the credential inside an entry is ignored as long as it is the same one",
      send: (situation) => {
        const [entry, ...rest] = situation.dev.credentials.action;
        const credential = { ...entry?.credential, name: "renamed", data: { value: "replaced" } };
        return put(situation, { credentials: { action: [{ ...entry, credential }, ...rest] } });
      },
      expect: 200,
      after: ({ body }, { dev }) => expect(body).toEqual(dev),
    },
    {
      name: "an entry left out of a sent list is unlinked, and its credential stays",
      send: (situation) => put(situation, { credentials: { action: situation.dev.credentials.action.slice(1) } }),
      expect: 200,
      after: async ({ body }, { dev }) => {
        expect(idsOf(body.credentials.action)).toEqual(idsOf(dev.credentials.action.slice(1)));
        expect(body.credentials.trigger).toEqual(dev.credentials.trigger);
        const credential_id = at(dev.credentials.action, 0).credential.id;
        const { body: kept } = await world.must(await world.as("key"), "GetCredential", { params: { credential_id } });
        expect(kept.usages).toEqual([]);
      },
    },
    {
      name: "an empty list unlinks all of it, and only of that purpose",
      send: (situation) => put(situation, { credentials: { trigger: [] } }),
      expect: 200,
      after: ({ body }, { dev }) => expect(body.credentials).toEqual({ action: dev.credentials.action, trigger: [] }),
    },
    {
      name: "an entry whose id is unknown, of another list or of another environment is 400",
      send: (situation) => {
        const ids = [world.newId(), at(situation.dev.credentials.trigger, 0).id, at(situation.test.credentials.action, 0).id];
        return put(situation, { credentials: { action: ids.map((id) => ({ id, authSchemeConfig: apiKeyScheme })) } });
      },
      expect: 400,
      fields: [0, 1, 2].map((index) => `credentials.action[${index}].id`),
    },
    {
      name: "an entry without id is added in its place, with a new credential or one that is there",
      send: async (situation) => {
        const { action, trigger } = situation.dev.credentials;
        const { id } = await createCredential(world);
        const added = { authSchemeConfig: { ...apiKeyScheme, name: "X-Added" }, credential: credentialOf.string() };
        return put(situation, {
          credentials: { action: [added, ...action], trigger: [...trigger, { authSchemeConfig: apiKeyScheme, credential: { id } }] },
        });
      },
      expect: 200,
      after: async ({ body }, { dev }) => {
        const { action, trigger } = body.credentials;
        expect(idsOf(action.slice(1))).toEqual(idsOf(dev.credentials.action));
        expect(idsOf(trigger.slice(0, -1))).toEqual(idsOf(dev.credentials.trigger));
        expect(at(action, 0)).toMatchObject({ authSchemeConfig: { name: "X-Added" }, credential: { data: { value: "********" } } });
        const { body: used } = await world.must(await world.as("key"), "GetCredential", {
          params: { credential_id: at(trigger, trigger.length - 1).credential.id },
        });
        expect(used.usages).toHaveLength(1);
      },
    },
    {
      name: "an added entry's credential must be the organisation's and fit its scheme (400)",
      send: (situation) =>
        put(situation, {
          credentials: {
            action: [
              { authSchemeConfig: apiKeyScheme, credential: { id: world.newId() } },
              { authSchemeConfig: basicAuthScheme, credential: credentialOf.string() },
            ],
          },
        }),
      expect: 400,
      fields: ["credentials.action[0].credential.id", "credentials.action[1].authSchemeConfig.schemeType"],
    },
    {
      name: "`id` must be the environment in the path",
      send: (situation) => put(situation, { id: situation.test.id }),
      expect: 400,
      fields: ["id"],
    },
    {
      name: "moves `updatedAt` of the connection",
      send: (situation) => put(situation, { name: "moved" }),
      expect: 200,
      after: async ({ body }, { connection }) => {
        const after = await readConnection(world, connection.id);
        expect(after.updatedAt).toBe(body.updatedAt);
        expect(after.updatedAt > connection.updatedAt).toBe(true);
      },
    },
    {
      name: "is addressed by name too",
      send: ({ connection, dev }) => ({
        params: { connection_id: connection.id, environment_id: "dev" },
        body: { id: dev.id, name: "dev", variables: [] },
      }),
      expect: 200,
      after: ({ body }) => expect(body.variables).toEqual([]),
    },
  ]);

  scenarios(world, { title: "deleting one", operation: "DeleteEnvironment", given }, [
    {
      name: "is 412 when a subscription uses it",
      given: ({ connection, dev }) => createSubscription(world, connection.id, { environment: dev.id }),
      send: (situation) => ({ params: oneOf(situation) }),
      expect: 412,
      code: "environment_in_use",
      after: async (_answer, { connection }) =>
        expect(await readConnection(world, connection.id)).toMatchObject({ environments: connection.environments }),
    },
    {
      name: "is 204 with `force=true` all the same",
      given: ({ connection, dev }) => createSubscription(world, connection.id, { environment: dev.id }),
      send: (situation) => ({ params: oneOf(situation), query: { force: true } }),
      expect: 204,
      after: async (_answer, { connection }) => {
        expect((await readConnection(world, connection.id)).environments.map(({ name }) => name)).toEqual(["test"]);
      },
    },
    {
      name: "is 409 when it is the last one, forced or not",
      given: ({ connection, test }) =>
        world
          .as("key")
          .then((key) => world.must(key, "DeleteEnvironment", { params: { connection_id: connection.id, environment_id: test.id } })),
      send: (situation) => ({ params: oneOf(situation), query: { force: true } }),
      expect: 409,
      code: "last_environment",
    },
    {
      name: "another one's subscription does not matter",
      given: ({ connection, test }) => createSubscription(world, connection.id, { environment: test.id }),
      send: (situation) => ({ params: oneOf(situation) }),
      expect: 204,
    },
    {
      name: "its credentials stay, and the connection's `updatedAt` moves",
      send: (situation) => ({ params: oneOf(situation) }),
      expect: 204,
      after: async (_answer, { connection, dev }) => {
        const credential_id = at(dev.credentials.action, 0).credential.id;
        expect((await world.must(await world.as("key"), "GetCredential", { params: { credential_id } })).body.usages).toEqual([]);
        expect((await readConnection(world, connection.id)).updatedAt > connection.updatedAt).toBe(true);
      },
    },
    {
      name: "of two deletions of the last two at once, one is refused (B-4)",
      send: (situation) => ({ params: oneOf(situation), query: { nonsense: 1 } }),
      expect: 400,
      after: async (_answer, { connection, dev, test }) => {
        const key = await world.as("key");
        const deletions = [dev, test].map(({ id }) =>
          world.send(key, "DeleteEnvironment", { params: { connection_id: connection.id, environment_id: id } }),
        );
        expect((await Promise.all(deletions)).map(({ status }) => status).sort()).toEqual([204, 409]);
      },
    },
  ]);

  describe("creating one", () => {
    test("the order of its credentials is the order given", async () => {
      const schemes = ["A", "B", "C", "D", "E"].map((name) => ({ ...apiKeyScheme, name }));
      const action = schemes.map((authSchemeConfig) => ({ authSchemeConfig, credential: credentialOf.string() }));
      const { environments } = await createConnection(
        world,
        smallConnection({ environments: [{ name: "dev", credentials: { action }, variables: [] }] }),
      );
      expect(environments[0]?.credentials.action.map(({ authSchemeConfig }) => authSchemeConfig)).toEqual(schemes);
    });

    test("one credential may serve several environments, and says where", async () => {
      const credential = await createCredential(world);
      const entry = { authSchemeConfig: apiKeyScheme, credential: { id: credential.id } };
      const environments = ["one", "two"].map((name) => ({ name, credentials: { action: [entry], trigger: [entry] }, variables: [] }));
      const connection = await createConnection(world, smallConnection({ environments }));
      const { body } = await world.must(await world.as("key"), "GetCredential", { params: { credential_id: credential.id } });
      expect(body.usages?.map(({ environment }) => environment.name).sort()).toEqual(["one", "two"]);
      for (const { environment } of body.usages ?? []) expect(environment.connection.id).toBe(connection.id);
    });

    test("another organisation's credential, and one that nobody has, are the same 400 (T-2)", async () => {
      const foreign = await createCredential(world, "string", await world.as("stranger"));
      const answers = await Promise.all(
        [foreign.id, world.newId()].map(async (id) => {
          const environments = [
            { name: "dev", credentials: { action: [{ authSchemeConfig: apiKeyScheme, credential: { id } }] }, variables: [] },
          ];
          return world.send(await world.as("key"), "CreateHTTPConnection", { body: newConnection({ environments }) });
        }),
      );
      for (const answer of answers) expect(fieldsOf(answer)).toEqual(["environments[0].credentials.action[0].credential.id"]);
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    });

    test("a connection needs at least one, and names no two alike", async () => {
      const key = await world.as("key");
      const none = await world.send(key, "CreateHTTPConnection", { body: newConnection({ environments: [] }) });
      expect(fieldsOf(none)).toEqual(["environments"]);
      const twice = await world.send(key, "CreateHTTPConnection", {
        body: newConnection({ environments: [newEnvironment("a"), newEnvironment("b"), newEnvironment("a")] }),
      });
      expect(twice.error).toMatchObject({
        code: "name_taken",
        fields: [{ field: "environments[0].name" }, { field: "environments[2].name" }],
      });
    });

    test("the variables of all of them together stay below 1 MiB of text, whichever way they come", async () => {
      const key = await world.as("key");
      const half = Array.from({ length: 70 }, (_, index) => ({ name: `v${index}`, value: "x".repeat(8000) }));
      const environments = [newEnvironment("full", half), newEnvironment("empty")];
      const made = await createConnection(world, smallConnection({ environments }));
      const empty = at(made.environments, 1);
      const params = { connection_id: made.id, environment_id: empty.id };
      const refused = await world.send(key, "UpdateEnvironment", { params, body: { id: empty.id, name: "empty", variables: half } });
      expect(fieldsOf(refused)).toEqual(["variables"]);
      const carried = await world.send(key, "CreateHTTPConnection", {
        body: smallConnection({ environmentVariables: half, environments: [newEnvironment("a"), newEnvironment("b")] }),
      });
      expect(fieldsOf(carried)).toEqual(["environmentVariables"]);
    });

    test("`none` needs no secret and takes none", async () => {
      const environments = [
        { name: "dev", credentials: { action: [{ authSchemeConfig: noneScheme, credential: credentialOf.none() }] }, variables: [] },
      ];
      const { environments: made } = await createConnection(world, smallConnection({ environments }), await world.as("writeKey"));
      expect(made[0]?.credentials.action[0]).toMatchObject({ authSchemeConfig: noneScheme, credential: { type: "none", data: {} } });
    });
  });
});
