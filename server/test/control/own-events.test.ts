import type { ConnectionUpdate, EnvironmentUpdate, OwnEvent } from "@mooring/contract";
import { ownEvents } from "@mooring/contract";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import type { Actor } from "../harness/actors.ts";
import {
  apiKeyScheme,
  at,
  createConnection,
  createCredential,
  createSubscription,
  type HTTPConnection,
  newConnection,
  newEnvironment,
  readConnection,
} from "../harness/samples.ts";
import { onEachEngine, type World } from "../harness/world.ts";

/** A connection with the environments dev and test and a draft `1`, and what a change of it is made with. */
interface Situation {
  readonly world: World;
  readonly key: Actor;
  readonly connection: HTTPConnection;
  readonly params: { readonly connection_id: string };
  readonly version: { readonly connection_id: string; readonly version: string };
}

interface Happening {
  readonly name: string;
  readonly given?: (situation: Situation) => Promise<unknown>;
  readonly happen: (situation: Situation) => Promise<unknown>;
  /** Types and data without the connection, in order. */
  readonly told: readonly (readonly [OwnEvent, object])[];
}

const published = ({ world, key, version }: Situation) => world.must(key, "PublishConnection", { params: version });
const environmentOf = ({ connection }: Situation, position: number) => at(connection.environments, position);
const update = ({ world, key, connection, params }: Situation, changes: Partial<ConnectionUpdate>) =>
  world.must(key, "UpdateConnection", { params, body: { ...(connection as ConnectionUpdate), ...changes } as ConnectionUpdate });
const updateEnvironment = (situation: Situation, changes: Partial<EnvironmentUpdate>) => {
  const environment = environmentOf(situation, 0);
  const params = { ...situation.params, environment_id: environment.id };
  return situation.world.must(situation.key, "UpdateEnvironment", { params, body: { ...environment, ...changes } });
};
const happenings: readonly Happening[] = [
  { name: "publishing a version", happen: published, told: [["version.published", { version: { id: expect.any(String), name: "1" } }]] },
  {
    name: "unpublishing one that nobody follows",
    async given(situation) {
      const { world, key, params } = situation;
      await published(situation);
      await world.must(key, "CreateConnectionVersion", { params, body: { name: "2" } });
      await world.must(key, "PublishConnection", { params: { ...params, version: "2" } });
    },
    happen: ({ world, key, version }) => world.must(key, "UnpublishConnection", { params: version }),
    told: [["version.unpublished", { version: { id: expect.any(String), name: "1" } }]],
  },
  {
    name: "unpublishing a draft, which changes nothing",
    happen: ({ world, key, version }) => world.must(key, "UnpublishConnection", { params: version }),
    told: [],
  },
  {
    name: "a new version, renamed and deleted",
    async happen({ world, key, params }) {
      const { body } = await world.must(key, "CreateConnectionVersion", { params, body: { name: "2" } });
      await world.must(key, "UpdateConnectionVersion", { params: { ...params, version: "2" }, body: { ...body, name: "3" } });
      await world.must(key, "DeleteConnectionVersion", { params: { ...params, version: "3" } });
    },
    told: [
      ["version.created", { version: { id: expect.any(String), name: "2" } }],
      ["version.updated", { version: { id: expect.any(String), name: "3" }, changes: ["name"] }],
      ["version.deleted", { version: { id: expect.any(String), name: "3" } }],
    ],
  },
  {
    name: "an environment that gets another name",
    happen: (situation) => updateEnvironment(situation, { name: "development" }),
    told: [["environment.updated", { environment: { id: expect.any(String), name: "development" }, changes: ["name"] }]],
  },
  { name: "an environment sent back as it was", happen: (situation) => updateEnvironment(situation, {}), told: [] },
  {
    name: "an environment that is deleted",
    happen: ({ world, key, params }) => world.must(key, "DeleteEnvironment", { params: { ...params, environment_id: "test" } }),
    told: [["environment.deleted", { environment: { id: expect.any(String), name: "test" } }]],
  },
  {
    name: "a connection that gets another name",
    happen: (situation) => update(situation, { name: "Shops" }),
    told: [["connection.updated", { changes: ["name"] }]],
  },
  { name: "a connection sent back as it was", happen: (situation) => update(situation, {}), told: [] },
  {
    name: "an update of a connection that deletes, changes and adds environments",
    happen: (situation) => {
      const kept = { ...environmentOf(situation, 1), name: "tests" };
      return update(situation, { environments: [kept, newEnvironment("prod")] } as Partial<ConnectionUpdate>);
    },
    told: [
      ["environment.deleted", { environment: { id: expect.any(String), name: "dev" } }],
      ["environment.updated", { environment: { id: expect.any(String), name: "tests" }, changes: ["name"] }],
      ["environment.created", { environment: { id: expect.any(String), name: "prod" } }],
    ],
  },
  {
    name: "environments in another order",
    happen: (situation) => update(situation, { environments: situation.connection.environments.toReversed() } as Partial<ConnectionUpdate>),
    told: [["connection.updated", { changes: ["environments"] }]],
  },
];

onEachEngine("Mooring's own events", (world) => {
  const org = () => world.mooring.bootstrap.organisation as OrganisationId;

  async function given({ types = ownEvents }: { types?: readonly OwnEvent[] } = {}): Promise<Situation> {
    const connection = await createConnection(world);
    if (types.length > 0) await ask(connection.id, types);
    const params = { connection_id: connection.id };
    return { world, key: await world.as("key"), connection, params, version: { ...params, version: "1" } };
  }

  const ask = (id: string, types: readonly OwnEvent[]) => createSubscription(world, id, { ownEvents: [...types] });

  const told = async ({ id }: { id: string }) =>
    (
      await world.mooring.db.read(org(), (tx) =>
        tx.all(sql<{ type: string; body: Uint8Array; origin: string; environment_id: string | null }>`
          select type, body, origin, environment_id
          from events
          where org_id = ${org()} and connection_id = ${id}
          order by position
        `),
      )
    ).map((row) => ({ ...row, body: JSON.parse(Buffer.from(row.body).toString()) }));

  describe("what is told of", () => {
    test.each(happenings)("$name", async (happening) => {
      const situation = await given();
      const { connection } = situation;
      await happening.given?.(situation);
      const before = (await told(connection)).length;
      await happening.happen(situation);
      const events = (await told(connection)).slice(before);
      const names = [connection.name, (await readConnection(world, connection.id)).name];
      expect(events.map(({ type, body }) => [type, body])).toEqual(
        happening.told.map(([type, data]) => [
          type,
          {
            type,
            timestamp: expect.stringMatching(/Z$/),
            data: { connection: { id: connection.id, name: expect.toBeOneOf(names) }, ...data },
          },
        ]),
      );
      expect(events.every(({ origin }) => origin === "own")).toBe(true);
    });

    test("a credential's change goes to each connection that uses it, with the environments there, and never its secret (V-7)", async () => {
      const credential = await createCredential(world);
      const used = { authSchemeConfig: apiKeyScheme, credential: { id: credential.id } };
      const environments = ["dev", "prod"].map((name) => ({ name, credentials: { action: [used] }, variables: [] }));
      const [both, one, other] = [
        await createConnection(world, newConnection({ environments })),
        await createConnection(world, newConnection({ environments: environments.slice(1) })),
        await createConnection(world),
      ];
      for (const { id } of [both, one, other]) await ask(id, ["credential.updated"]);
      const { usages: _, ...body } = credential;
      await world.must(await world.as("key"), "UpdateCredential", {
        params: { credential_id: credential.id },
        body: { ...body, name: "renamed", data: { value: "Another secret" } } as never,
      });
      const data = { credential: { id: credential.id, name: "renamed", type: "string" }, changes: ["name", "data.value"] };
      expect((await told(both)).map((event) => [event.environment_id, event.body.data])).toEqual([
        [null, { connection: expect.anything(), ...data, environments: both.environments.map(({ id, name }) => ({ id, name })) }],
      ]);
      const [alone] = one.environments;
      expect((await told(one)).map((event) => [event.environment_id, event.body.data])).toEqual([
        [alone?.id, { connection: expect.anything(), ...data, environments: [{ id: alone?.id, name: "prod" }] }],
      ]);
      expect(await told(other)).toEqual([]);
    });
  });

  test.each([
    { environment: "dev", gets: ["version.published", "environment.updated dev"] },
    { environment: "test", gets: ["version.published", "environment.updated test"] },
    { environment: undefined, gets: ["version.published", "environment.updated dev", "environment.updated test"] },
  ])(
    "go to a subscription of the environment $environment where they concern it, or all: read and sent alike",
    async ({ environment, gets }) => {
      const situation = await given({ types: [] });
      const { key, params, connection } = situation;
      const asks = { ownEvents: ["version.published", "environment.updated"] as OwnEvent[], ...(environment && { environment }) };
      const reads = await createSubscription(world, connection.id, { ...asks, name: "reads" });
      const sent = await createSubscription(world, connection.id, { ...asks, name: "sent" });
      // Disabled, so that nothing leaves: what is to be sent waits.
      await world.mooring.db.write(org(), (tx) =>
        tx.run(sql`
        insert into destinations (org_id, subscription_id, url, state, failures, keys)
        values (${org()}, ${sent.id}, 'https://example.com/', 'disabled', 0, '[]')
      `),
      );
      await published(situation);
      for (const one of connection.environments) {
        const body = { ...one, variables: [] };
        await world.must(key, "UpdateEnvironment", { params: { ...params, environment_id: one.id }, body });
      }
      const read = await world.must(key, "ReadSubscriptionEvents", { params: { ...params, subscription_id: reads.id } });
      const names = read.body.events.map(({ type, body = "" }) => {
        const { environment: one } = (JSON.parse(body) as { data: { environment?: { name: string } } }).data;
        return one ? `${type} ${one.name}` : type;
      });
      expect(names).toEqual(gets);
      const waiting = await world.must(key, "ListDeliveries", { params: { ...params, subscription_id: sent.id } });
      expect(waiting.body.deliveries.map(({ event }) => event).toSorted()).toEqual(read.body.events.map(({ id }) => id).toSorted());
    },
  );

  test("nothing is kept where no subscription asks for it", async () => {
    const situation = await given({ types: ["environment.updated"] });
    await published(situation);
    expect(await told(situation.connection)).toEqual([]);
  });

  test("a change that is refused tells of nothing (D-1)", async () => {
    const situation = await given();
    await createSubscription(world, situation.connection.id, { name: "holds", environment: "dev" });
    const answer = await world.send(situation.key, "UpdateConnection", {
      params: situation.params,
      body: { ...situation.connection, name: "Shops", environments: situation.connection.environments.slice(1) } as ConnectionUpdate,
    });
    expect(answer.status).toBe(409);
    expect(await told(situation.connection)).toEqual([]);
  });

  test("an answer that is given again tells of it once", async () => {
    const { key, params, connection } = await given();
    const sent = { params, body: { name: "2" }, headers: { "idempotency-key": "once" } };
    for (let time = 0; time < 2; time++) await world.must(key, "CreateConnectionVersion", sent);
    expect((await told(connection)).map(({ type }) => type)).toEqual(["version.created"]);
  });

  test("every process is told that the connection has an event", async () => {
    const { connection, ...situation } = await given();
    const heard: string[] = [];
    const stop = world.mooring.db.changes.subscribe((change) => {
      if (change.kind === "event") heard.push(change.id);
    });
    await published({ connection, ...situation });
    await world.mooring.db.changes.caughtUp();
    stop();
    // On PostgreSQL whoever made the change hears of it twice.
    expect([...new Set(heard)]).toEqual([connection.id]);
  });
});
