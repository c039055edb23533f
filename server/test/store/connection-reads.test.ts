import type { OperationId } from "@mooring/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConnectionId, OrganisationId } from "../../src/kernel/ids.ts";
import { type ConnectionReads, createConnectionReads } from "../../src/store/connection-reads.ts";
import { getConnection } from "../../src/store/connections.ts";
import type { Database } from "../../src/store/database.ts";
import type { Sent } from "../harness/client.ts";
import {
  apiKeyScheme,
  at,
  authorizationCodeScheme,
  createConnection,
  createCredential,
  type HTTPConnection,
  newConnection,
} from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

type Change = readonly [operation: OperationId, sent: Sent];

onEachEngine("connections kept in memory", (world) => {
  let node: Database;
  let reads: ConnectionReads;

  beforeAll(async () => {
    // Another node than the one that answers, where the engine allows several.
    node = world.place.engine === "postgres" ? await world.place.open() : world.mooring.db;
    reads = createConnectionReads(node);
  });
  afterAll(async () => {
    if (node !== world.mooring.db) await node.close();
  });

  const read = ({ id, organisationId }: HTTPConnection) => reads.get(organisationId as OrganisationId, id as ConnectionId);
  const stored = ({ id, organisationId }: HTTPConnection) =>
    world.mooring.db.read(organisationId as OrganisationId, (tx) =>
      getConnection(tx, organisationId as OrganisationId, id as ConnectionId),
    );

  test("are given as they are after every operation that changes what they show, as soon as it is answered", async () => {
    const key = await world.as("key");
    const application = await createCredential(world, "oauth2-client");
    const authSchemeConfigs = [apiKeyScheme, authorizationCodeScheme(application.id)];
    const connection = await createConnection(world, newConnection({ authSchemeConfigs }));
    for (const [operation, sent] of changesOf(connection, application.id)) {
      const before = await read(connection);
      await world.must(key, operation, sent);
      const after = await read(connection);
      expect(after, operation).toEqual(await stored(connection));
      expect(after, operation).not.toEqual(before);
    }
    expect(await read(connection)).toBeUndefined();
  });

  test("are never older than an answered change, however often it changes", async () => {
    const key = await world.as("key");
    const connection = await createConnection(world);
    const { id, organisationId, baseUrl } = connection;
    let isDone = false;
    // Others who read all the time, so that there is always something kept and something under way.
    const others = Array.from({ length: 4 }, async () => {
      while (!isDone) {
        await read(connection);
        await new Promise(setImmediate);
      }
    });
    for (let round = 0; round < 40; round++) {
      const body = { id, organisationId, name: `round ${round}`, protocol: "http", baseUrl };
      await world.must(key, "UpdateConnection", { params: { connection_id: id }, body });
      expect((await read(connection))?.name).toBe(`round ${round}`);
    }
    isDone = true;
    await Promise.all(others);
  });

  test("are one object while nothing changes, which nobody can change", async () => {
    const connection = await createConnection(world);
    const first = await read(connection);
    expect(await read(connection)).toBe(first);
    expect(() => first?.environments[0]?.variables.push({ name: "a", value: "b" })).toThrow(TypeError);
  });

  test("are kept up to a number of characters, the least used going first", async () => {
    const connections = [await createConnection(world), await createConnection(world), await createConnection(world)] as const;
    const charactersMax = JSON.stringify(connections[0]).length * 2.5;
    const few = createConnectionReads(node, { charactersMax });
    const get = ({ id, organisationId }: HTTPConnection) => few.get(organisationId as OrganisationId, id as ConnectionId);
    const [first, second] = [await get(connections[0]), await get(connections[1])];
    await get(connections[0]);
    await get(connections[2]);
    expect(await get(connections[0])).toBe(first);
    expect(await get(connections[1])).not.toBe(second);
  });
});

/** Each operation that changes what a connection shows, in an order in which each does. */
function changesOf({ id, organisationId, name, baseUrl, environments, versions }: HTTPConnection, application: string): Change[] {
  const [dev, other] = [at(environments, 0), at(environments, 1)];
  const { credential } = at(dev.credentials.action, 0);
  const { data } = credential;
  const params = { connection_id: id };
  const version = { ...params, version: "1" };
  const asDefault = { id: versions?.[0]?.id, name: "1", isDefault: true };
  const endpoints = { authorizeUrl: "https://id.example.com/authorize", tokenUrl: "https://id.example.com/token" };
  const renamed = {
    id: application,
    name: "other",
    type: "oauth2-client",
    data: { clientId: "other", clientSecret: "********", ...endpoints },
  };
  return [
    ["UpdateCredential", { params: { credential_id: application }, body: renamed }],
    ["UpdateCredential", { params: { credential_id: credential.id }, body: { id: credential.id, name: "other", type: "string", data } }],
    ["UpdateConnection", { params, body: { id, organisationId, name: `${name} 2`, protocol: "http", baseUrl } }],
    ["UpdateEnvironment", { params: { ...params, environment_id: dev.id }, body: { id: dev.id, name: "other" } }],
    ["DeleteEnvironment", { params: { ...params, environment_id: other.id } }],
    ["CreateConnectionVersion", { params, body: { name: "2" } }],
    ["DeleteConnectionVersion", { params: { ...params, version: "2" } }],
    ["PublishConnection", { params: version }],
    ["UpdateConnectionVersion", { params: version, body: asDefault }],
    ["UnpublishConnection", { params: version }],
    ["DeleteConnection", { params }],
  ];
}
