import { type RawBuilder, sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../../src/kernel/clock.ts";
import { type ConnectionId, type EnvironmentId, type EventId, type OrganisationId, startOfIds } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { createEventRetention } from "../../src/webhooks/retention.ts";
import type { Actor } from "../harness/actors.ts";
import { keepEvents, keptEvent } from "../harness/events.ts";
import { at, createConnection, createCredential, createSubscription, type HTTPConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

const hourMs = 3_600_000;
const keepHours = 24;

onEachEngine("events past their time", (world) => {
  let actor: Actor;
  let connection: HTTPConnection;
  let nowMs: number;
  const lines: string[] = [];
  const clock: Clock = { now: () => new Date(nowMs) };

  beforeEach(async () => {
    actor = await world.as("key");
    connection = await createConnection(world, smallConnection());
    nowMs = world.clock.now().getTime();
    lines.length = 0;
  });

  const retention = () =>
    createEventRetention({
      db: world.mooring.db,
      clock,
      log: createLog("warn", { write: (line: string) => lines.push(line) }),
      keepHours,
    });

  async function sweep(times = 1): Promise<void> {
    const one = retention();
    for (let time = 0; time < times; time += 1) await one.sweep();
    await one.close();
  }

  let number = 0;
  /** An event that came so many hours ago. */
  const aged = (hours: number, changes: Partial<Parameters<typeof keptEvent>[0]> = {}, of: HTTPConnection = connection) => {
    number += 1;
    const receivedAt = new Date(nowMs - hours * hourMs);
    return keptEvent({
      id: `${startOfIds(receivedAt)}${String(number).padStart(16, "0")}` as EventId,
      connectionId: of.id as ConnectionId,
      environmentId: at(of.environments, 0).id as EnvironmentId,
      position: number,
      receivedAt,
      ...changes,
    });
  };

  const idsOf = async (org: string, connectionId: string): Promise<string[]> => {
    const rows = await world.mooring.db.read(org as OrganisationId, (tx) =>
      tx.all(sql<{ id: string }>`select id from events where org_id = ${org} and connection_id = ${connectionId} order by id desc`),
    );
    return rows.map(({ id }) => id);
  };

  const write = (statement: RawBuilder<unknown>) => world.mooring.db.write(actor.org as OrganisationId, (tx) => tx.run(statement));

  const deliveryOf = (event: string, subscription: string, state: string) =>
    write(sql`
      insert into deliveries (org_id, subscription_id, event_id, state, attempts, due_at)
      values (${actor.org}, ${subscription}, ${event}, ${state}, 0, 0)
    `);

  test("go, verified or not, of every organisation, and none goes before", async () => {
    const stranger = await world.as("strangerKey");
    const foreign = await createConnection(world, smallConnection(), stranger);
    const kept = [aged(0), aged(23.9), aged(23.99, { origin: "unverified", position: undefined })];
    const old = [aged(24.1), aged(30, { origin: "unverified", position: undefined }), aged(1000, { origin: "own" })];
    await keepEvents(world.mooring.db, actor.org, [...kept, ...old]);
    const theirs = [aged(25, {}, foreign), aged(1, {}, foreign)];
    await keepEvents(world.mooring.db, stranger.org, theirs);
    await sweep();
    expect(await idsOf(actor.org, connection.id)).toEqual(
      kept
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    expect(await idsOf(stranger.org, foreign.id)).toEqual([theirs[1]?.id]);
    expect(lines).toEqual([]);
  });

  test("go in portions, however many and however large they are", async () => {
    const large = Buffer.alloc(1024 * 1024, "x");
    await keepEvents(
      world.mooring.db,
      actor.org,
      Array.from({ length: 1100 }, () => aged(25)),
    );
    await keepEvents(
      world.mooring.db,
      actor.org,
      Array.from({ length: 9 }, () => aged(26, { body: large })),
    );
    await sweep();
    expect(await idsOf(actor.org, connection.id)).toEqual([]);
  });

  describe("that wait to be delivered", () => {
    test("are kept until they are, also while the destination is disabled", async () => {
      const [one, other] = [await createSubscription(world, connection.id), await createSubscription(world, connection.id)];
      const [waiting, done, dead, half] = [aged(30), aged(30), aged(30), aged(30)];
      await keepEvents(world.mooring.db, actor.org, [waiting, done, dead, half]);
      await write(sql`
        insert into destinations (org_id, subscription_id, url, state, failures, keys)
        values (${actor.org}, ${one.id}, 'https://example.com/', 'disabled', 0, '[]')
      `);
      await deliveryOf(waiting.id, one.id, "waiting");
      await deliveryOf(done.id, one.id, "delivered");
      await deliveryOf(dead.id, one.id, "dead");
      await deliveryOf(half.id, one.id, "delivered");
      await deliveryOf(half.id, other.id, "waiting");
      await sweep(2);
      expect(await idsOf(actor.org, connection.id)).toEqual([waiting.id, half.id].sort().reverse());
      await write(sql`update deliveries set state = 'skipped' where org_id = ${actor.org}`);
      await sweep();
      expect(await idsOf(actor.org, connection.id)).toEqual([]);
      expect(lines).toEqual([]);
    });

    test("are given up 30 days after their time, which is logged", async () => {
      const subscription = await createSubscription(world, connection.id);
      const [lost, kept] = [aged(keepHours + 30 * 24 + 0.1), aged(keepHours + 30 * 24 - 0.1)];
      await keepEvents(world.mooring.db, actor.org, [lost, kept]);
      for (const { id } of [lost, kept]) await deliveryOf(id, subscription.id, "waiting");
      await sweep();
      expect(await idsOf(actor.org, connection.id)).toEqual([kept.id]);
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { organisation: actor.org, msg: "1 events were deleted that had waited to be delivered for 30 days beyond their time" },
      ]);
    });

    test("are passed by, and looked at again when the walk begins anew", async () => {
      const subscription = await createSubscription(world, connection.id);
      const waiting = aged(30);
      await keepEvents(world.mooring.db, actor.org, [waiting]);
      await deliveryOf(waiting.id, subscription.id, "waiting");
      const one = retention();
      await one.sweep();
      await write(sql`update deliveries set state = 'delivered' where org_id = ${actor.org} and event_id = ${waiting.id}`);
      await one.sweep();
      expect(await idsOf(actor.org, connection.id)).toEqual([waiting.id]);
      nowMs += 600_000;
      await one.sweep();
      expect(await idsOf(actor.org, connection.id)).toEqual([]);
      await one.close();
    });
  });

  test("several nodes at once delete each of them, and none in anybody's way", async () => {
    await keepEvents(
      world.mooring.db,
      actor.org,
      Array.from({ length: 700 }, () => aged(25)),
    );
    const nodes = [retention(), retention(), retention()];
    await Promise.all(nodes.map((node) => node.sweep()));
    await Promise.all(nodes.map((node) => node.close()));
    expect(await idsOf(actor.org, connection.id)).toEqual([]);
    expect(lines).toEqual([]);
  });

  test("short addresses and secrets before the last go when they end, and not before", async () => {
    const environment = at(connection.environments, 0).id;
    const [ended, open] = [new Date(nowMs - 1).toISOString(), new Date(nowMs + 1000).toISOString()];
    for (const [id, until] of [
      ["ended", ended],
      ["open", open],
      ["endless", null],
    ])
      await write(sql`
        insert into trigger_addresses (org_id, id, connection_id, environment_id, trigger_name, token_hash, sealed, created_at, expires_at)
        values (${actor.org}, ${id}, ${connection.id}, ${environment}, 'order', ${`${id} ${connection.id}`}, 'sealed', ${ended}, ${until})
      `);
    const [old, recent] = [await createCredential(world), await createCredential(world)];
    for (const [id, until] of [
      [old.id, ended],
      [recent.id, open],
    ])
      await write(sql`
        insert into credential_predecessors (org_id, credential_id, revision, data, sealed, valid_until)
        values (${actor.org}, ${id}, 1, '{}', '{}', ${until})
      `);
    await sweep();
    const left = await world.mooring.db.read(actor.org as OrganisationId, (tx) =>
      tx.all(sql<{ id: string }>`
        select id from trigger_addresses where org_id = ${actor.org} and connection_id = ${connection.id}
        union
        select credential_id as id from credential_predecessors where org_id = ${actor.org} and credential_id in (${old.id}, ${recent.id})
      `),
    );
    expect(left.map(({ id }) => id).sort()).toEqual([recent.id, "endless", "open"]);
  });
});
