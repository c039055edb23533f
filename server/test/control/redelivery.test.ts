import type { Delivery, Scope } from "@mooring/contract";
import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { deliverMany, type RedeliveryDeps } from "../../src/control/redelivery.ts";
import type { Actor } from "../../src/domain/actor.ts";
import type { StoredEvent } from "../../src/domain/event.ts";
import { type ApiKeyId, type ConnectionId, type EnvironmentId, type OrganisationId, startOfIds } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/store/database.ts";
import { haltDestination, keepEvents, keptEvent } from "../harness/events.ts";
import { trials } from "../harness/profile.ts";
import { at, createConnection, createSubscription, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

onEachEngine("events that are delivered again", (world) => {
  let org: OrganisationId;
  let connectionId: ConnectionId;
  let environments: [EnvironmentId, EnvironmentId];
  let positions: number;

  beforeEach(async () => {
    org = world.mooring.bootstrap.organisation as OrganisationId;
    const environment = (name: string) => ({ name, credentials: {}, variables: [] });
    const created = await createConnection(world, smallConnection({ environments: [environment("dev"), environment("test")] }));
    connectionId = created.id as ConnectionId;
    environments = [0, 1].map((place) => at(created.environments, place).id) as [EnvironmentId, EnvironmentId];
    positions = 0;
  });

  /** With a destination to which nothing is sent meanwhile. */
  async function subscribe(): Promise<string> {
    const { id } = await createSubscription(world, connectionId, { destination: { url: "https://hooks.example.com/mooring" } });
    await haltDestination(world.mooring.db, org, id);
    return id;
  }

  async function keep(count: number, changes: Partial<StoredEvent> = {}): Promise<string[]> {
    const events = Array.from({ length: count }, () => {
      positions += 1;
      return keptEvent({ connectionId, environmentId: environments[0], position: positions, ...changes });
    });
    await keepEvents(world.mooring.db, org, events);
    return events.map(({ id }) => id);
  }

  const idAt = (time: Date, number: number) => `${startOfIds(time)}${connectionId.slice(-15)}${number}` as StoredEvent["id"];

  /** Makes a delivery of each that ended in this state after ten attempts. */
  async function ended(events: readonly string[], subscription: string, state: Delivery["state"]): Promise<void> {
    await world.mooring.db.write(org, async (tx) => {
      for (const event of events) {
        await tx.run(sql`
          insert into deliveries (org_id, subscription_id, event_id, state, attempts, due_at, last_status)
          values (${org}, ${subscription}, ${event}, ${state}, 10, 0, 503)
        `);
      }
    });
  }

  /** Which deliveries of the connection are in which state, sent how often. */
  async function deliveries(): Promise<string[]> {
    const rows = await world.mooring.db.read(org, async (tx) => {
      const events = await tx.all(sql<{ id: string }>`select id from events where org_id = ${org} and connection_id = ${connectionId}`);
      const ids = new Set(events.map(({ id }) => id));
      const all = await tx.all(sql<{ subscription_id: string; event_id: string; state: string; attempts: number }>`
        select subscription_id, event_id, state, attempts
        from deliveries
        where org_id = ${org}
      `);
      return all.filter(({ event_id }) => ids.has(event_id));
    });
    return rows.map((row) => `${row.subscription_id} ${row.event_id} ${row.state} ${row.attempts}`).sort();
  }
  const waiting = (subscription: string, events: readonly string[]) => events.map((event) => `${subscription} ${event} waiting 0`);

  const again = async (body: Record<string, unknown>, actor?: Awaited<ReturnType<typeof world.as>>) =>
    world.send(actor ?? (await world.as("eventsKey")), "DeliverEvents", { params: { connection_id: connectionId }, body });
  const one = async (event: string, body: Record<string, unknown> = {}) =>
    world.send(await world.as("eventsKey"), "DeliverEvent", { params: { connection_id: connectionId, event_id: event }, body });

  const audited = async (subject: string) => {
    const { body } = await world.must(await world.as("key"), "ListAudit", { query: { first: 100 } });
    const found = body.items.filter(({ operation, subject: of }) => operation === "event.redelivered" && of.id === subject);
    return found.map(({ changes }) => changes[0]?.after);
  };

  test("one goes to all that want it, or to the one that is named, and says so in the audit", async () => {
    const [first, second] = [await subscribe(), await subscribe()];
    const [event = ""] = await keep(1);
    await ended([event], first, "delivered");
    expect((await one(event, { subscription: second })).body).toEqual({ deliveries: 1 });
    expect(await deliveries()).toEqual([`${first} ${event} delivered 10`, ...waiting(second, [event])].sort());
    expect((await one(event)).body).toEqual({ deliveries: 2 });
    expect(await deliveries()).toEqual([...waiting(first, [event]), ...waiting(second, [event])].sort());
    expect(await audited(event)).toEqual([2, 1]);
  });

  test("one that is unverified goes nowhere, alone or in a range", async () => {
    await subscribe();
    const [event = ""] = await keep(1, { origin: "unverified", position: undefined });
    const { status, error } = await one(event);
    expect([status, error.code]).toEqual([409, "event_undeliverable"]);
    expect((await again({})).body).toEqual({ deliveries: 0 });
    expect(await deliveries()).toEqual([]);
    expect([await audited(event), await audited(connectionId)]).toEqual([[], []]);
  });

  test("a subscription that has no destination, is another connection's or nobody's is refused", async () => {
    const [event = ""] = await keep(1);
    const read = (await createSubscription(world, connectionId)).id;
    const elsewhere = await createConnection(world, smallConnection());
    const foreign = await createSubscription(world, elsewhere.id, { destination: { url: "https://hooks.example.com/mooring" } });
    for (const subscription of [read, foreign.id, world.newId()]) {
      for (const answer of [await one(event, { subscription }), await again({ subscription })]) {
        expect([answer.status, answer.error.fields?.map(({ field }) => field)]).toEqual([400, ["subscription"]]);
      }
    }
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ["all of them", {}, ["old", "dev", "test", "refund"]],
    ["of an environment by its name", { environment: "test" }, ["test"]],
    ["of a trigger", { trigger: "refund" }, ["refund"]],
    ["of a time", { from: "2026-02-01T00:00:00Z" }, ["dev", "test", "refund"]],
    ["before a time", { to: "2026-02-01T00:00:00Z" }, ["old"]],
    ["that are dead", { state: "dead" }, ["dev", "refund"]],
    ["that are dead, of a trigger", { state: "dead", trigger: "refund" }, ["refund"]],
  ])("a range: %s", async (_name, request, expected) => {
    const subscription = await subscribe();
    const old = new Date("2026-01-01T00:00:00Z");
    const events: Record<string, string[]> = {
      old: [...(await keep(1, { receivedAt: old, id: idAt(old, 1) })), ...(await keep(1, { receivedAt: old, id: idAt(old, 2) }))],
      dev: await keep(2),
      test: await keep(2, { environmentId: environments[1] }),
      refund: await keep(2, { triggerName: "refund" }),
    };
    await ended([...(events.dev ?? []), ...(events.refund ?? [])], subscription, "dead");
    const wanted = expected.flatMap((name) => events[name] ?? []);
    expect((await again(request)).body).toEqual({ deliveries: wanted.length });
    const now = (await deliveries()).filter((line) => line.endsWith("waiting 0"));
    expect(now).toEqual(waiting(subscription, wanted).sort());
    expect(await audited(connectionId)).toEqual([wanted.length]);
  });

  test("a key that is limited to an environment delivers what came to that", async () => {
    const subscription = await subscribe();
    const [own, other] = [await keep(2), await keep(2, { environmentId: environments[1] })];
    await keep(1, { environmentId: undefined, origin: "own", type: "version.published", triggerName: undefined });
    await ended([...own, ...other], subscription, "dead");
    const limited = await world.keyWith({ scopes: ["events:write"], environments: [environments[0]] });
    for (const request of [{ state: "dead" }, {}]) expect((await again(request, limited)).body).toEqual({ deliveries: own.length });
    expect((await again({ environment: "test" }, limited)).error.code).toBe("forbidden");
    expect((await deliveries()).filter((line) => line.endsWith("waiting 0"))).toEqual(waiting(subscription, own).sort());
  });

  const actor: Actor = {
    kind: "api-key",
    id: "01KAKEY0000000000000000001" as ApiKeyId,
    org: "" as OrganisationId,
    scopes: new Set<Scope>(["events:write"]),
    mayChangeProductionSecrets: false,
  };
  const call = () => ({ actor: { ...actor, org }, requestId: "r" });
  const deps = (db: Database = world.mooring.db): RedeliveryDeps => ({
    db,
    clock: world.clock,
    newId: world.newId as RedeliveryDeps["newId"],
    arrivals: { announce: () => {} },
  });

  test("what is more than one request does is gone on with from where it says", async () => {
    const subscription = await subscribe();
    const events = await keep(600);
    const counts: number[] = [];
    for (const state of [undefined, "dead"] as const) {
      await world.mooring.db.write(org, (tx) => tx.run(sql`update deliveries set state = 'dead' where org_id = ${org}`));
      for (let after: string | undefined; ; ) {
        const asked = { ...(state ? { state } : {}), ...(after === undefined ? {} : { after }) };
        const answer = await deliverMany({ ...deps(), portionsMax: 1 }, call(), connectionId, asked);
        counts.push(answer.deliveries);
        after = answer.next;
        if (after === undefined) break;
      }
      expect((await deliveries()).filter((line) => line.endsWith("waiting 0"))).toEqual(waiting(subscription, events).sort());
    }
    expect(counts).toEqual([500, 100, 500, 100]);
  });

  test("dead letters: what a crash cut off is done when it is asked for again, and every id stays (D-4)", async () => {
    const subscription = await subscribe();
    const events = await keep(trials({ change: 1_200, long: 10_000 }));
    await ended(events, subscription, "dead");
    let left = 2;
    const dying = new Proxy(world.mooring.db, {
      get: (db, name) =>
        name === "write"
          ? (...given: Parameters<Database["write"]>) => {
              left -= 1;
              return left < 0 ? Promise.reject(new Error("The process is gone.")) : db.write(...given);
            }
          : Reflect.get(db, name),
    });
    await expect(deliverMany(deps(dying), call(), connectionId, { state: "dead" })).rejects.toThrow("gone");
    expect((await deliveries()).filter((line) => line.endsWith("waiting 0"))).toHaveLength(1_000);
    expect((await again({ state: "dead" })).body).toEqual({ deliveries: events.length - 1_000 });
    expect(await deliveries()).toEqual(waiting(subscription, events).sort());
    // What was done before the crash is in the audit, too.
    const sum = (await audited(connectionId)).reduce<number>((total, count) => total + Number(count), 0);
    expect(sum).toBe(events.length);
  });
});
