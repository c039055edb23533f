import type { EnvironmentVariable } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import {
  apiKeyScheme,
  at,
  basicAuthScheme,
  createConnection,
  createCredential,
  createSubscription,
  credentialOf,
  googleScheme,
  type HTTPConnection,
  newConnection,
  newEnvironment,
  noneScheme,
  readConnection,
  smallConnection,
} from "../harness/samples.ts";
import { fieldsOf, scenarios } from "../harness/scenarios.ts";
import { differenceOf, storedOf } from "../harness/stored.ts";
import { onEachEngine, type World } from "../harness/world.ts";

const given = async (world: World) => ({ connection: await createConnection(world) });
type Given = Awaited<ReturnType<typeof given>>;

/** The body that only says what an update must say. */
const bare = ({ id, organisationId, name, baseUrl }: HTTPConnection) => ({ id, organisationId, name, protocol: "http", baseUrl });
const put = (connection: HTTPConnection, changes: object = {}) => ({
  params: { connection_id: connection.id },
  body: { ...bare(connection), ...changes },
});
const names = ({ environments }: Pick<HTTPConnection, "environments">) => environments.map(({ name }) => name);
const variablesOf = (connection: Pick<HTTPConnection, "environments">, name: string) =>
  Object.fromEntries((connection.environments.find((one) => one.name === name)?.variables ?? []).map((one) => [one.name, one.value]));
const asList = (variables: Record<string, string>): EnvironmentVariable[] =>
  Object.entries(variables).map(([name, value]) => ({ name, value }));

onEachEngine("updating a connection", (world) => {
  scenarios(world, { title: "identity", operation: "UpdateConnection", given }, [
    {
      name: "`id`, `organisationId` and `protocol` must equal what is stored, else 400 on that field",
      send: ({ connection: { id, name } }, { newId }) => ({
        params: { connection_id: id },
        body: { id: newId(), organisationId: newId(), name, protocol: "bigquery", datasetId: "" },
      }),
      expect: 400,
      code: "invalid_request",
      fields: ["id", "organisationId", "protocol"],
    },
    {
      name: "`versions` cannot be changed here",
      send: ({ connection }) => put(connection, { versions: [{ name: "9", isDefault: true }], createdAt: "yesterday", updatedAt: 7 }),
      expect: 200,
      after: ({ body }, { connection }) => {
        expect(body.versions).toEqual(connection.versions);
        expect(body.createdAt).toBe(connection.createdAt);
      },
    },
    {
      name: "what a GET returned may be PUT back as it was, and changes nothing",
      send: ({ connection }) => put(connection, connection),
      expect: 200,
      after: ({ body }, { connection }) => expect(body).toEqual(connection),
    },
  ]);

  scenarios(world, { title: "fields that are left out", operation: "UpdateConnection", given }, [
    {
      name: "mutable fields that are left out are unset",
      send: ({ connection }) => put(connection),
      expect: 200,
      after: ({ body }) => expect(body).toMatchObject({ authSchemeConfigs: [], environmentVariables: [] }),
    },
    ...["name", "baseUrl"].map((field) => ({
      name: `unless that would be invalid: a missing \`${field}\` is 400`,
      send: ({ connection }: Given) => put(connection, { [field]: undefined }),
      expect: 400,
      fields: [field],
    })),
    {
      name: "`environments` left out: untouched",
      send: ({ connection }) => put(connection, { name: "Other" }),
      expect: 200,
      after: ({ body }, { connection }) => expect(body.environments).toEqual(connection.environments),
    },
  ]);

  scenarios(world, { title: "`authSchemeConfigs`", operation: "UpdateConnection", given }, [
    {
      name: "when present, replaces the connection's list, in its order",
      send: ({ connection }) => put(connection, { authSchemeConfigs: [basicAuthScheme, noneScheme] }),
      expect: 200,
      after: ({ body }) => expect(body.authSchemeConfigs).toEqual([basicAuthScheme, noneScheme]),
    },
    {
      name: "environments keep the copies they were created with",
      send: ({ connection }) => put(connection, { authSchemeConfigs: [{ ...apiKeyScheme, name: "X-Other" }] }),
      expect: 200,
      after: ({ body }, { connection }) => expect(body.environments).toEqual(connection.environments),
    },
  ]);

  scenarios(world, { title: "`environments`, when present", operation: "UpdateConnection", given }, [
    {
      name: "replaces the list and its order",
      send: ({ connection }) => put(connection, { environments: connection.environments.toReversed() }),
      expect: 200,
      after: async ({ body }, { connection }) => {
        expect(names(body)).toEqual(["test", "dev"]);
        expect(names(await readConnection(world, connection.id))).toEqual(["test", "dev"]);
      },
    },
    {
      name: "an item with `id` is an existing environment, unchanged",
      send: ({ connection }) => put(connection, { ...connection, environments: connection.environments }),
      expect: 200,
      after: ({ body }, { connection }) => expect(body.environments).toEqual(connection.environments),
    },
    {
      name: "an unchanged connection moves nothing, also where its variables stand in another order than the defaults",
      given: async (situation) => {
        const environmentVariables = asList({ a: "1", b: "2" });
        const environments = [newEnvironment("dev", asList({ b: "2", a: "3" }))];
        situation.connection = await createConnection(world, newConnection({ environmentVariables, environments }));
        world.clock.advance(1000);
      },
      send: ({ connection }) => put(connection, connection),
      expect: 200,
      after: ({ body }, { connection }) => expect(body).toEqual(connection),
    },
    {
      name: "an item with `id` is an existing environment, changed as in updating an environment",
      send: ({ connection }) => {
        const [dev, ...rest] = connection.environments;
        const action = dev?.credentials.action.toReversed();
        return put(connection, { environments: [{ id: dev?.id, name: "Development", credentials: { action }, variables: [] }, ...rest] });
      },
      expect: 200,
      after: ({ body }, { connection }) => {
        const [dev, other] = connection.environments;
        expect(body.environments[0]).toMatchObject({ id: dev?.id, name: "Development", slug: "development", variables: [] });
        expect(body.environments[0]?.credentials.action.map(({ id }) => id)).toEqual(
          dev?.credentials.action.map(({ id }) => id).toReversed(),
        );
        expect(body.environments[0]?.credentials.trigger).toMatchObject(dev?.credentials.trigger.map(({ id }) => ({ id })) ?? []);
        expect(body.environments[1]).toEqual(other);
      },
    },
    {
      name: "an item without `id` is created, between those that are there",
      send: ({ connection }) => {
        const [dev, other] = connection.environments;
        return put(connection, { environments: [dev, newEnvironment("staging"), other] });
      },
      expect: 200,
      after: ({ body }) => {
        expect(names(body)).toEqual(["dev", "staging", "test"]);
        const schemes = body.environments[1]?.credentials.action.map(({ authSchemeConfig }) => authSchemeConfig.schemeType);
        expect(schemes).toEqual(["api-key", "basic-auth"]);
      },
    },
    {
      name: "a created one starts with the defaults that the request sets",
      send: ({ connection }) =>
        put(connection, {
          environmentVariables: [{ name: "fresh", value: "1" }],
          environments: [...connection.environments, { name: "new", credentials: {}, variables: [{ name: "own", value: "2" }] }],
        }),
      expect: 200,
      after: ({ body }) => expect(variablesOf(body, "new")).toEqual({ fresh: "1", own: "2" }),
    },
    {
      name: "an environment that is not listed is deleted; its credentials stay",
      send: ({ connection }) => put(connection, { environments: connection.environments.slice(1) }),
      expect: 200,
      after: async ({ body }, { connection }) => {
        expect(names(body)).toEqual(["test"]);
        const [entry] = at(connection.environments, 0).credentials.action;
        const kept = await world.must(await world.as("key"), "GetCredential", { params: { credential_id: entry?.credential.id ?? "" } });
        expect(kept.body.usages).toEqual([]);
      },
    },
    {
      name: "deleting one that is in use is 409",
      given: async (situation) => {
        await createSubscription(world, situation.connection.id, { environment: at(situation.connection.environments, 0).id });
      },
      send: ({ connection }) => put(connection, { name: "Other", environments: connection.environments.slice(1) }),
      expect: 409,
      code: "in_use",
    },
    {
      name: "an empty list is 400",
      send: ({ connection }) => put(connection, { environments: [] }),
      expect: 400,
      fields: ["environments"],
    },
    {
      name: "an id that is not this connection's is 400 on that item, whoever's it is",
      send: async ({ connection }) => {
        const other = await createConnection(world, smallConnection());
        const foreign = await createConnection(world, smallConnection(), await world.as("stranger"));
        const ids = [at(other.environments, 0).id, at(foreign.environments, 0).id, world.newId()];
        return put(connection, { environments: [...connection.environments, ...ids.map((id, index) => ({ id, name: `other ${index}` }))] });
      },
      expect: 400,
      fields: ["environments[2].id", "environments[3].id", "environments[4].id"],
      after: ({ error }) => expect(new Set(error.fields?.map(({ message }) => message)).size).toBe(1),
    },
    {
      name: "one listed twice is 400 on the second",
      send: ({ connection }) => put(connection, { environments: [...connection.environments, at(connection.environments, 0)] }),
      expect: 400,
      fields: ["environments[2].id"],
    },
    {
      name: "two with one name are 409 on both",
      send: ({ connection }) => put(connection, { environments: [...connection.environments, { ...newEnvironment("dev") }] }),
      expect: 409,
      code: "name_taken",
    },
    {
      name: "two may change names with each other",
      send: ({ connection }) => {
        const [dev, other] = connection.environments;
        return put(connection, {
          environments: [
            { ...dev, name: "test" },
            { ...other, name: "dev" },
          ],
        });
      },
      expect: 200,
      after: ({ body }, { connection }) => {
        expect(names(body)).toEqual(["test", "dev"]);
        expect(body.environments.map(({ id }) => id)).toEqual(connection.environments.map(({ id }) => id));
      },
    },
    {
      name: "a name may go from one that is deleted to one that is created",
      send: ({ connection }) => put(connection, { environments: [newEnvironment("dev"), connection.environments[1]] }),
      expect: 200,
      after: ({ body }, { connection }) => expect(body.environments[0]?.id).not.toBe(connection.environments[0]?.id),
    },
  ]);

  scenarios(world, { title: "`environmentVariables`, when present", operation: "UpdateConnection", given }, [
    {
      name: "replaces the connection's defaults",
      send: ({ connection }) => put(connection, { environmentVariables: asList({ zone: "1", tenant: "new" }) }),
      expect: 200,
      after: ({ body }) => expect(body.environmentVariables).toEqual(asList({ zone: "1", tenant: "new" })),
    },
    {
      name: "each listed variable is created in every environment, or given the new value there",
      send: ({ connection }) => put(connection, { environmentVariables: asList({ tenant: "acme", region: "asia", zone: "1" }) }),
      expect: 200,
      after: ({ body }) => {
        expect(variablesOf(body, "dev")).toEqual({ tenant: "acme", region: "asia", zone: "1", own: "dev" });
        expect(variablesOf(body, "test")).toEqual({ tenant: "acme", region: "asia", zone: "1" });
      },
    },
    {
      name: "one that was a default and is no longer listed is removed there, even with a value of its own",
      send: ({ connection }) => put(connection, { environmentVariables: asList({ tenant: "acme" }) }),
      expect: 200,
      after: ({ body }) => {
        expect(variablesOf(body, "dev")).toEqual({ tenant: "acme", own: "dev" });
        expect(variablesOf(body, "test")).toEqual({ tenant: "acme" });
      },
    },
    {
      name: "variables that only the environment has stay",
      send: ({ connection }) => put(connection, { environmentVariables: [] }),
      expect: 200,
      after: ({ body }) => {
        expect(variablesOf(body, "dev")).toEqual({ own: "dev" });
        expect(variablesOf(body, "test")).toEqual({});
      },
    },
    {
      name: "variables given for an environment in the same request win for that environment",
      send: ({ connection }) => {
        const [dev, other] = connection.environments;
        return put(connection, {
          environmentVariables: asList({ tenant: "all", zone: "1" }),
          environments: [
            { id: dev?.id, name: "dev", variables: asList({ tenant: "mine" }) },
            { id: other?.id, name: "test" },
          ],
        });
      },
      expect: 200,
      after: ({ body }) => {
        expect(variablesOf(body, "dev")).toEqual({ tenant: "mine", zone: "1" });
        expect(variablesOf(body, "test")).toEqual({ tenant: "all", zone: "1" });
      },
    },
    {
      name: "left out, no environment's variables change",
      send: ({ connection }) => put(connection),
      expect: 200,
      after: ({ body }, { connection }) => expect(body.environments).toEqual(connection.environments),
    },
    {
      name: "one listed twice is 400 on the second",
      send: ({ connection }) => put(connection, { environmentVariables: [...asList({ a: "1" }), ...asList({ a: "2" })] }),
      expect: 400,
      fields: ["environmentVariables[1].name"],
    },
  ]);

  describe("all of it happens or none of it does", () => {
    test("a fault in the last environment undoes the first, and the credentials that came with it", async () => {
      const { connection } = await given(world);
      const before = await storedOf(world.mooring.db, connection.organisationId);
      const environments = [
        newEnvironment("one"),
        { name: "two", credentials: { action: [{ authSchemeConfig: apiKeyScheme, credential: { id: world.newId() } }] }, variables: [] },
      ];
      const answer = await world.send(
        await world.as("key"),
        "UpdateConnection",
        put(connection, { name: "Other", environmentVariables: [], environments }),
      );
      expect(answer.status).toBe(400);
      expect(fieldsOf(answer)).toEqual(["environments[1].credentials.action[0].credential.id"]);
      expect(differenceOf(before, await storedOf(world.mooring.db, connection.organisationId))).toEqual([]);
    });

    test("every fault is listed at once, wherever it lies", async () => {
      const { connection } = await given(world);
      const [dev] = connection.environments;
      const [entry] = dev?.credentials.action ?? [];
      const body = {
        id: world.newId(),
        baseUrl: "https://user:secret@example.com/?q=1",
        authSchemeConfigs: [{ schemeType: "google-service-account" }],
        environments: [
          {
            id: dev?.id,
            name: "dev",
            credentials: {
              action: [
                { id: entry?.id, authSchemeConfig: basicAuthScheme },
                { id: world.newId(), authSchemeConfig: noneScheme },
              ],
            },
          },
          {
            name: "new",
            credentials: { trigger: [{ authSchemeConfig: basicAuthScheme, credential: credentialOf.string() }] },
            variables: asList({ a: "" }).concat(asList({ a: "" })),
          },
        ],
      };
      const answer = await world.send(await world.as("key"), "UpdateConnection", put(connection, body));
      expect(fieldsOf(answer), answer.text).toEqual([
        "authSchemeConfigs[0].schemeType",
        "baseUrl",
        "environments[0].credentials.action[0].authSchemeConfig.schemeType",
        "environments[0].credentials.action[1].id",
        "environments[1].credentials.trigger[0].authSchemeConfig.schemeType",
        "environments[1].variables[1].name",
        "id",
      ]);
    });

    test("two concurrent updates never mix", async () => {
      const key = await world.as("key");
      const { connection } = await given(world);
      for (let round = 0; round < 6; round++) {
        const change = (mark: string) => ({
          name: mark,
          baseUrl: `https://${mark}.example.com`,
          authSchemeConfigs: [{ ...apiKeyScheme, name: mark }],
          environmentVariables: asList({ mark }),
          environments: [`${mark}1`, `${mark}2`].map((name) => ({ name, credentials: {}, variables: [] })),
        });
        const marks = ["a", "b", "c"].map((letter) => `${letter}${round}`);
        const answers = await Promise.all(marks.map((mark) => world.send(key, "UpdateConnection", put(connection, change(mark)))));
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
        const after = await readConnection(world, connection.id);
        expect(marks).toContain(after.name);
        expect(after).toMatchObject({ ...change(after.name), environments: [{ name: `${after.name}1` }, { name: `${after.name}2` }] });
        expect(after.environments).toHaveLength(2);
        for (const { variables } of after.environments) expect(variables).toEqual(asList({ mark: after.name }));
        for (const [index, { body }] of answers.entries()) expect(body.environments[0]?.name).toBe(`${marks[index]}1`);
      }
    });

    test("of ten updates that build on one reading, one happens and nine are told to read again (B-2)", async () => {
      const key = await world.as("key");
      const { connection } = await given(world);
      const read = await world.must(key, "GetConnection", { params: { connection_id: connection.id } });
      const headers = { "if-match": read.headers.get("etag") ?? "" };
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          world.send(key, "UpdateConnection", { ...put(connection, { name: `writer ${index}` }), headers }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(412)]);
    });
  });

  scenarios(world, { title: "the parent's `updatedAt`", operation: "UpdateConnection", given }, [
    {
      name: "moves when an environment changes, and the other environment's does not",
      send: ({ connection }) => {
        const [dev, other] = connection.environments;
        return put(connection, { ...connection, environments: [{ ...dev, name: "devel" }, other] });
      },
      expect: 200,
      after: ({ body }, { connection }) => {
        expect(body.updatedAt > connection.updatedAt).toBe(true);
        expect(body.environments[0]?.updatedAt).toBe(body.updatedAt);
        expect(body.environments[1]?.updatedAt).toBe(connection.environments[1]?.updatedAt);
      },
    },
  ]);

  scenarios(world, { title: "where secrets are sent (V-8)", operation: "UpdateConnection", given }, [
    {
      name: "another origin needs the right to manage secrets",
      as: "writeKey",
      send: ({ connection }) => put(connection, { baseUrl: "https://evil.example.com/api" }),
      expect: 403,
      code: "forbidden",
    },
    {
      name: "so does another value of a variable in the host",
      as: "writeKey",
      send: ({ connection }) => put(connection, { environmentVariables: asList({ tenant: "evil" }) }),
      expect: 403,
    },
    {
      name: "so does a variable of one environment",
      as: "writeKey",
      send: ({ connection }) => {
        const [dev, ...rest] = connection.environments;
        return put(connection, { environments: [{ ...dev, variables: asList({ tenant: "evil.example.com/" }) }, ...rest] });
      },
      expect: 403,
    },
    {
      name: "another path does not",
      as: "writeKey",
      send: ({ connection }) => put(connection, { ...connection, baseUrl: `${connection.baseUrl}/v2` }),
      expect: 200,
    },
    {
      name: "linking a stored secret to a new environment does",
      as: "writeKey",
      send: async ({ connection }) => {
        const { id } = await createCredential(world);
        const entry = { authSchemeConfig: apiKeyScheme, credential: { id } };
        return put(connection, {
          ...connection,
          environments: [...connection.environments, { name: "new", credentials: { action: [entry] }, variables: [] }],
        });
      },
      expect: 403,
    },
    {
      name: "sending a secret in another header does",
      as: "writeKey",
      send: ({ connection }) => {
        const [dev, ...rest] = connection.environments;
        const [entry, ...others] = dev?.credentials.action ?? [];
        const action = [{ ...entry, authSchemeConfig: { ...apiKeyScheme, name: "X-Echoed" } }, ...others];
        return put(connection, { ...connection, environments: [{ ...dev, credentials: { action } }, ...rest] });
      },
      expect: 403,
    },
    {
      name: "a developer may, where it is no production environment",
      as: "developer",
      send: ({ connection }) => put(connection, { ...connection, baseUrl: "https://elsewhere.example.com/api" }),
      expect: 200,
    },
    {
      name: "a developer may not, where it is one",
      as: "developer",
      given: async (situation) => {
        situation.connection = await createConnection(world, newConnection({ environments: [newEnvironment("Production EU")] }));
      },
      send: ({ connection }) => put(connection, { ...connection, baseUrl: "https://elsewhere.example.com/api" }),
      expect: 403,
    },
    {
      name: "nor by renaming it out of production",
      as: "developer",
      given: async (situation) => {
        situation.connection = await createConnection(world, newConnection({ environments: [newEnvironment("prod")] }));
      },
      send: ({ connection }) => put(connection, { ...connection, environments: [{ ...at(connection.environments, 0), name: "dev" }] }),
      expect: 403,
    },
  ]);

  describe("a BigQuery connection", () => {
    const bigQuery = async () => {
      const action = [{ authSchemeConfig: googleScheme, credential: credentialOf.binary() }];
      const body = { name: "Warehouse", datasetId: "shop.sales", environments: [{ name: "dev", credentials: { action }, variables: [] }] };
      return (await world.must(await world.as("key"), "CreateBigQueryConnection", { body })).body;
    };
    const update = async (connection: { id: string }, changes: object) =>
      world.send(await world.as("key"), "UpdateConnection", {
        params: { connection_id: connection.id },
        body: { ...connection, ...changes },
      });

    test("may be PUT back as it was, and gets another dataset", async () => {
      const connection = await bigQuery();
      expect((await update(connection, {})).body).toEqual(connection);
      expect((await update(connection, { datasetId: "shop.returns" })).body).toMatchObject({
        datasetId: "shop.returns",
        environments: connection.environments,
      });
    });

    test("has no base URL, keeps its protocol, and takes its own schemes only", async () => {
      const connection = await bigQuery();
      expect(fieldsOf(await update(connection, { baseUrl: "https://example.com" }))).toEqual(["baseUrl"]);
      expect(fieldsOf(await update(connection, { datasetId: undefined }))).toEqual(["datasetId"]);
      expect(fieldsOf(await update(connection, { authSchemeConfigs: [basicAuthScheme] }))).toEqual(["authSchemeConfigs[0].schemeType"]);
      const { datasetId: _, ...http } = { ...connection, protocol: "http", baseUrl: "https://example.com" };
      const answer = await world.send(await world.as("key"), "UpdateConnection", { params: { connection_id: connection.id }, body: http });
      expect(fieldsOf(answer)).toContain("protocol");
    });
  });
});
