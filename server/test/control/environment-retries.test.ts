import { expect, test } from "vitest";
import type { ConnectionId, OrganisationId } from "../../src/kernel/ids.ts";
import { readSnapshot } from "../../src/store/snapshots.ts";
import { at, createConnection, readConnection, smallConnection } from "../harness/samples.ts";
import { scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

const environment = (changes: object) => ({ name: "dev", credentials: {}, variables: [], ...changes });

const given = async (world: World) => {
  const connection = await createConnection(world, smallConnection({ environments: [environment({ retries: 3 })] }));
  return { connection, dev: at(connection.environments, 0) };
};
type Given = Awaited<ReturnType<typeof given>>;

const put = ({ connection, dev }: Given, changes: object) => ({
  params: { connection_id: connection.id, environment_id: dev.id },
  body: { id: dev.id, name: dev.name, ...changes },
});

/** What the gateway is told of the environment. */
const inSnapshot = (world: World, { connection, dev }: Given) => {
  const org = connection.organisationId as OrganisationId;
  return world.mooring.db.read(org, async (tx) => (await readSnapshot(tx, org, connection.id as ConnectionId, dev.id))?.retries);
};

onEachEngine("an environment's retries", (world) => {
  test("are kept as they are given, and not there where nobody gave any", async () => {
    const situation = await given(world);
    expect(situation.dev.retries).toBe(3);
    expect(await inSnapshot(world, situation)).toBe(3);
    const connection = await createConnection(world, smallConnection());
    expect(at(connection.environments, 0)).not.toHaveProperty("retries");
    expect(await inSnapshot(world, { connection, dev: at(connection.environments, 0) })).toBeUndefined();
  });

  scenarios(world, { title: "an update", operation: "UpdateEnvironment", given }, [
    {
      name: "changes them",
      send: (situation) => put(situation, { retries: 0 }),
      expect: 200,
      after: async ({ body }, situation) => {
        expect(body.retries).toBe(0);
        expect(await inSnapshot(world, situation)).toBe(0);
      },
    },
    {
      name: "leaves them when it does not name them",
      send: (situation) => put(situation, { name: "other" }),
      expect: 200,
      after: ({ body }) => expect(body).toMatchObject({ name: "other", retries: 3 }),
    },
    {
      name: "with what was read changes nothing",
      send: (situation) => put(situation, situation.dev),
      expect: 200,
      after: ({ body }, { dev }) => expect(body).toEqual(dev),
    },
    { name: "takes no more than 5", send: (situation) => put(situation, { retries: 6 }), expect: 400, fields: ["retries"] },
    { name: "takes whole numbers", send: (situation) => put(situation, { retries: 1.5 }), expect: 400, fields: ["retries"] },
    { name: "takes no negative number", send: (situation) => put(situation, { retries: -1 }), expect: 400, fields: ["retries"] },
  ]);

  test("stay when the connection is sent back as it was read", async () => {
    const { connection } = await given(world);
    await world.must(await world.as("key"), "UpdateConnection", { params: { connection_id: connection.id }, body: connection });
    expect(at((await readConnection(world, connection.id)).environments, 0).retries).toBe(3);
  });
});
