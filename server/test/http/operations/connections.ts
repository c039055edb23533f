import { expect } from "vitest";
import { createConnection, newConnection, newEnvironment, readConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

const given = (world: World) => createConnection(world);
const one = ({ id }: { id: string }) => ({ params: { connection_id: id } });

export const connectionScenarios = {
  ListConnections: five<"ListConnections", { id: string }>({
    given,
    happy: () => ({ query: { first: 1 } }),
    after: ({ body }, { id }) => expect(body.connections.map((connection) => connection.id)).toEqual([id]),
    invalid: { send: () => ({ query: { first: 101, sort: "name", nonsense: 1 } }), fields: ["first", "nonsense", "sort"] },
    forbidden: "gatewayKey",
  }),
  GetConnection: five<"GetConnection", Awaited<ReturnType<typeof given>>>({
    given,
    happy: one,
    after: ({ body }, connection) => expect(body).toEqual(connection),
    invalid: { send: (connection) => ({ ...one(connection), query: { nonsense: 1 } }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
  UpdateConnection: five<"UpdateConnection", Awaited<ReturnType<typeof given>>>({
    given,
    happy: (connection) => ({ ...one(connection), body: { ...connection, name: "Store" } }),
    after: async ({ body }, connection, world) => {
      expect(body).toMatchObject({ name: "Store", environments: connection.environments });
      expect(await readConnection(world, connection.id)).toEqual(body);
    },
    invalid: {
      send: (connection) => ({ ...one(connection), body: { ...connection, name: "", baseUrl: 7, environments: [] } }),
      fields: ["baseUrl", "environments", "name"],
    },
    forbidden: "viewer",
  }),
  DeleteConnection: five<"DeleteConnection", Awaited<ReturnType<typeof given>>>({
    given,
    happy: one,
    after: async (_answer, connection, world) => {
      expect((await world.send(await world.as("key"), "GetConnection", one(connection))).status).toBe(404);
    },
    invalid: { send: (connection) => ({ ...one(connection), query: { force: "perhaps" } }), fields: ["force"] },
    forbidden: "viewer",
  }),
  CreateHTTPConnection: five<"CreateHTTPConnection", object>({
    given: async () => ({}),
    happy: () => ({ body: newConnection() }),
    after: async ({ body }, _given, world) => {
      expect(body.versions).toMatchObject([{ name: "1", publishedAt: null, isLatest: false, isDefault: false }]);
      expect(body.environments.map(({ name }) => name)).toEqual(["dev", "test"]);
      expect(await readConnection(world, body.id)).toEqual(body);
    },
    invalid: { send: () => ({ body: {} }), fields: ["authSchemeConfigs", "baseUrl", "environments", "name"] },
    forbidden: "viewer",
  }),
  CreateBigQueryConnection: five<"CreateBigQueryConnection", object>({
    given: async () => ({}),
    happy: () => ({ body: { name: "Warehouse", environments: [{ name: "dev", credentials: {}, variables: [] }] } }),
    after: ({ body }) =>
      expect(body).toMatchObject({ protocol: "bigquery", datasetId: "", authSchemeConfigs: [], environmentVariables: [] }),
    invalid: {
      send: () => ({ body: { datasetId: "a b", baseUrl: "https://example.com" } }),
      fields: ["baseUrl", "datasetId", "environments", "name"],
    },
    forbidden: "readKey",
  }),
};

const givenEnvironment = async (world: World) => {
  const connection = await createConnection(world, newConnection({ environments: [newEnvironment("dev"), newEnvironment("test")] }));
  const [environment] = connection.environments;
  if (!environment) throw new Error("A connection without environments.");
  return { connection, environment };
};
type Situation = Awaited<ReturnType<typeof givenEnvironment>>;
const oneOf = ({ connection, environment }: Situation) => ({ params: { connection_id: connection.id, environment_id: environment.id } });

export const environmentScenarios = {
  ListConnectionEnvironments: five<"ListConnectionEnvironments", Situation>({
    given: givenEnvironment,
    happy: ({ connection }) => one(connection),
    after: ({ body }) => expect(body).toMatchObject({ totalCount: 2, items: [{ slug: "test" }, { slug: "dev" }] }),
    invalid: { send: ({ connection }) => ({ ...one(connection), query: { first: "many", force: true } }), fields: ["first", "force"] },
    forbidden: "gatewayKey",
  }),
  GetEnvironment: five<"GetEnvironment", Situation>({
    given: givenEnvironment,
    happy: oneOf,
    after: ({ body }, { environment }) => expect(body).toEqual(environment),
    invalid: { send: (situation) => ({ ...oneOf(situation), query: { nonsense: 1 } }), fields: ["nonsense"] },
    forbidden: "secretsKey",
  }),
  UpdateEnvironment: five<"UpdateEnvironment", Situation>({
    given: givenEnvironment,
    happy: (situation) => ({ ...oneOf(situation), body: { ...situation.environment, name: "Dev Two" } }),
    after: ({ body }, { environment }) =>
      expect(body).toMatchObject({ id: environment.id, slug: "dev-two", credentials: environment.credentials }),
    invalid: {
      send: (situation) => ({ ...oneOf(situation), body: { id: 7, variables: [{ name: "1" }] } }),
      fields: ["id", "name", "variables[0].name", "variables[0].value"],
    },
    forbidden: "viewer",
  }),
  DeleteEnvironment: five<"DeleteEnvironment", Situation>({
    given: givenEnvironment,
    happy: oneOf,
    after: async (_answer, { connection }, world) => {
      expect((await readConnection(world, connection.id)).environments.map(({ name }) => name)).toEqual(["test"]);
    },
    invalid: { send: (situation) => ({ ...oneOf(situation), query: { force: "yes please" } }), fields: ["force"] },
    forbidden: "viewer",
  }),
};
