import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import type { NewEvent } from "../../src/domain/event.ts";
import type { ConnectionId, EnvironmentId, EventId, OrganisationId } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/store/database.ts";
import { appendEvents } from "../../src/store/events.ts";
import { at, createConnection, createSubscription, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

onEachEngine("events in the store", (world) => {
  let org: OrganisationId;
  let connectionId: ConnectionId;
  let environmentId: EnvironmentId;
  beforeEach(async () => {
    org = world.mooring.bootstrap.organisation as OrganisationId;
    const { id, environments } = await createConnection(world, smallConnection());
    connectionId = id as ConnectionId;
    environmentId = at(environments, 0).id as EnvironmentId;
  });

  const event = (changes: Partial<NewEvent> = {}): NewEvent => ({
    id: world.newId() as EventId,
    connectionId,
    origin: "verified",
    type: "trigger",
    environmentId,
    triggerName: "paid",
    receivedAt: world.clock.now(),
    method: "POST",
    target: "/t/x",
    headers: ["A", 'b\\"{,'],
    contentType: "application/json",
    body: Buffer.from([0, 0xff, 34, 92, 123]),
    fits: true,
    faults: undefined,
    verification: { passed: true, steps: [] },
    sealed: undefined,
    dedupeKey: undefined,
    ...changes,
  });
  const append = (events: readonly NewEvent[], db: Database = world.mooring.db) => db.write(org, (tx) => appendEvents(tx, org, events));
  const rows = () =>
    world.mooring.db.read(org, (tx) =>
      tx.all(sql<{
        id: string;
        position: unknown;
        sequence: unknown;
        duplicates: unknown;
        trigger_name: string;
        body: Uint8Array;
        headers: string;
      }>`
        select id, position, sequence, duplicates, trigger_name, body, headers
        from events
        where org_id = ${org} and connection_id = ${connectionId}
        order by position, id
      `),
    );
  const deliveries = () =>
    world.mooring.db.read(org, (tx) =>
      tx.all(sql<{ subscription_id: string; event_id: string }>`
        select subscription_id, event_id
        from deliveries
        where org_id = ${org} and state = 'waiting' and attempts = 0
      `),
    );
  const numbers = async (of: "position" | "sequence", trigger?: string) =>
    (await rows()).filter(({ trigger_name: name }) => trigger === undefined || name === trigger).map((row) => Number(row[of]));

  /** A subscription with a destination, written straight into the store. */
  async function subscribed(changes: { trigger?: string; own?: string; environment?: string } = {}): Promise<string> {
    const { id } = await createSubscription(world, connectionId, changes.environment ? { environment: changes.environment } : {});
    await world.mooring.db.write(org, async (tx) => {
      const { trigger = null, own = null } = changes;
      await tx.run(sql`update subscriptions set trigger_name = ${trigger}, own_events = ${own} where org_id = ${org} and id = ${id}`);
      await tx.run(sql`
        insert into destinations (org_id, subscription_id, url, state, keys)
        values (${org}, ${id}, 'https://example.com', 'active', '[]')
      `);
    });
    return id;
  }

  test("keep every byte, and are counted by connection and by trigger from 1", async () => {
    const first = [event(), event({ triggerName: "sent" }), event()];
    expect(await append(first)).toEqual(first.map(({ id }) => ({ id, isDuplicate: false })));
    await append([event({ triggerName: "sent" })]);
    expect(await numbers("position")).toEqual([1, 2, 3, 4]);
    expect(await numbers("sequence", "paid")).toEqual([1, 2]);
    expect(await numbers("sequence", "sent")).toEqual([1, 2]);
    const [row] = await rows();
    expect([...(row?.body ?? [])]).toEqual([0, 0xff, 34, 92, 123]);
    expect(JSON.parse(row?.headers ?? "")).toEqual(["A", 'b\\"{,']);
  });

  test("are kept once for a key, within one transaction and over several, and no number is used up (W-4)", async () => {
    const first = event({ dedupeKey: "a" });
    const once = { id: first.id, isDuplicate: true };
    expect(await append([first, event({ dedupeKey: "a" })])).toEqual([{ id: first.id, isDuplicate: false }, once]);
    const other = event({ dedupeKey: "b" });
    expect(await append([event({ dedupeKey: "a" }), other, event({ dedupeKey: "a" })])).toEqual([
      once,
      { id: other.id, isDuplicate: false },
      once,
    ]);
    await append([event({ dedupeKey: "a", triggerName: "sent" })]);
    expect((await rows()).map(({ position, duplicates }) => [Number(position), Number(duplicates)])).toEqual([
      [1, 3],
      [2, 0],
      [3, 0],
    ]);
  });

  test("that are unverified or refused have no place, use up none and go to nobody", async () => {
    await subscribed();
    await append([event({ origin: "unverified" }), event({ isRefused: true, fits: false }), event()]);
    const found = await rows();
    expect(found.map(({ position }) => (position === null ? null : Number(position))).toSorted()).toEqual([1, null, null]);
    expect(await deliveries()).toHaveLength(1);
  });

  test("go to each subscription with a destination that wants them, and to no other", async () => {
    await createSubscription(world, connectionId);
    const all = await subscribed();
    const paid = await subscribed({ trigger: "paid", environment: environmentId });
    const own = await subscribed({ trigger: "other", own: '["version.published"]' });
    const sent = event({ triggerName: "sent" });
    const isPaid = event();
    const published = event({ origin: "own", type: "version.published", triggerName: undefined, environmentId: undefined });
    const updated = event({ origin: "own", type: "environment.updated", triggerName: undefined });
    await append([sent, isPaid, published, updated]);
    const pairs = (await deliveries()).filter(({ event_id: id }) => [sent, isPaid, published, updated].some((one) => one.id === id));
    expect(pairs.map(({ subscription_id, event_id }) => `${subscription_id} ${event_id}`).toSorted()).toEqual(
      [`${all} ${sent.id}`, `${all} ${isPaid.id}`, `${paid} ${isPaid.id}`, `${own} ${published.id}`].toSorted(),
    );
  });

  test("of many transactions at once, on several nodes, have positions without gaps, and each key is kept once", async () => {
    const nodes = world.place.engine === "postgres" ? await Promise.all([world.place.open(), world.place.open()]) : [];
    const all = [world.mooring.db, ...nodes];
    const appended = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        append([event({ dedupeKey: `k${index % 8}` }), event({ triggerName: `t${index % 7}` })], all[index % all.length]),
      ),
    );
    for (const node of nodes) await node.close();
    expect(new Set(appended.map(([first]) => first?.id)).size).toBe(8);
    expect(await numbers("position")).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
    expect((await numbers("sequence", "paid")).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 8 }, (_, index) => index + 1));
  });
});
