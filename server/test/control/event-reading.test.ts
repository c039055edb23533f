import type { SubscriptionEvents } from "@mooring/contract";
import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { StoredEvent } from "../../src/domain/event.ts";
import type { EnvironmentId, OrganisationId } from "../../src/kernel/ids.ts";
import { arrive, haltDestination } from "../harness/events.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { at, createConnection, createSubscription, newEnvironment, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

type Changes = Partial<StoredEvent>;

onEachEngine("reading events", (world) => {
  const org = () => world.mooring.bootstrap.organisation as OrganisationId;
  const connect = async () => {
    const { id, environments } = await createConnection(
      world,
      smallConnection({ environments: [newEnvironment("dev"), newEnvironment("test")] }),
    );
    return { connection_id: id, dev: at(environments, 0).id as EnvironmentId, test: at(environments, 1).id as EnvironmentId };
  };
  const reader = async (wishes: object = {}) => {
    const { connection_id, ...environments } = await connect();
    const subscription = await createSubscription(world, connection_id, wishes);
    const params = { connection_id, subscription_id: subscription.id };
    const come = (changes: readonly Changes[] = [{}]) => arrive(world.mooring.db, org(), connection_id, changes);
    return { ...environments, subscription, params, come };
  };
  const read = async (params: Record<string, string>, query: Record<string, string | number> = {}) =>
    (await world.must(await world.as("key"), "ReadSubscriptionEvents", { params, query })).body;
  const idsOf = ({ events }: SubscriptionEvents) => events.map(({ id }) => id);
  /** Reads portion by portion until nothing is left. */
  const readAll = async (params: Record<string, string>, first: number) => {
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const portion = await read(params, { first, ...(after === undefined ? {} : { after }) });
      expect(portion.events.length).toBeLessThanOrEqual(first);
      seen.push(...idsOf(portion));
      if (portion.cursor === after) return seen;
      after = portion.cursor;
    }
  };
  const acknowledge = (params: Record<string, string>, through: string) =>
    world.as("key").then((key) => world.send(key, "AcknowledgeSubscriptionEvents", { params, body: { through } }));

  test("gives what came since the subscription was made, in the order in which it was kept, with all that was kept of it", async () => {
    const { connection_id } = await connect();
    await arrive(world.mooring.db, org(), connection_id);
    const subscription = await createSubscription(world, connection_id);
    const params = { connection_id, subscription_id: subscription.id };
    expect(await read(params)).toEqual({ events: [], cursor: subscription.acknowledged });
    const bytes = Buffer.from([0xff, 0x00, 0x7b]);
    const ids = await arrive(world.mooring.db, org(), connection_id, [
      {
        body: Buffer.from(`\ufeff{ "order" : 7,\r\n"order":8 }\u0000`),
        headers: ["X-A", "1", "x-a", "2"],
        target: "/hook?key=%2A",
        fits: false,
      },
      { body: bytes, contentType: undefined, method: "PUT" },
    ]);
    const { events, cursor } = await read(params);
    expect(events).toMatchObject([
      {
        id: ids[0],
        origin: "verified",
        type: "trigger",
        trigger: "order",
        sequence: 2,
        body: `\ufeff{ "order" : 7,\r\n"order":8 }\u0000`,
        headers: [
          { name: "X-A", value: "1" },
          { name: "x-a", value: "2" },
        ],
        target: "/hook?key=%2A",
        fits: false,
        bytes: 31,
      },
      { id: ids[1], bodyBase64: bytes.toString("base64"), method: "PUT", bytes: 3 },
    ]);
    expect([events[1]?.cursor, events[1]?.body, events[1]?.contentType]).toEqual([cursor, undefined, undefined]);
    expect(idsOf(await read(params, { after: events[0]?.cursor ?? "" }))).toEqual([ids[1]]);
    expect(await read(params, { after: cursor })).toEqual({ events: [], cursor });
  });

  test("a reader that dies before it acknowledges reads the same again, and one that did what is behind", async () => {
    const { params, come } = await reader();
    const ids = await come([{}, {}, {}]);
    const first = await read(params, { first: 2 });
    expect(await read(params, { first: 2 })).toEqual(first);
    expect((await acknowledge(params, at(first.events, 0).cursor)).status).toBe(200);
    expect(idsOf(await read(params, { first: 2 }))).toEqual(ids.slice(1));
    await acknowledge(params, first.cursor);
    expect(idsOf(await read(params))).toEqual(ids.slice(2));
    // Backwards changes nothing.
    expect((await acknowledge(params, at(first.events, 0).cursor)).body.acknowledged).toBe(first.cursor);
    expect(idsOf(await read(params))).toEqual(ids.slice(2));
    // Somebody who kept a cursor may still look back.
    expect(idsOf(await read(params, { after: at(first.events, 0).cursor }))).toEqual(ids.slice(1));
  });

  test("a cursor that was not given out, or is ahead of all events, is 400 and moves nothing", async () => {
    const { params, come } = await reader();
    await come();
    const ahead = await reader();
    await ahead.come([{}, {}]);
    const { cursor: tooFar } = await read(ahead.params);
    for (const cursor of ["", "7", "event:1", tooFar]) {
      const read = await world.send(await world.as("key"), "ReadSubscriptionEvents", { params, query: { after: cursor } });
      const acknowledged = await acknowledge(params, cursor);
      expect([read.status, read.error.fields?.[0]?.field]).toEqual([400, "after"]);
      expect([acknowledged.status, acknowledged.error.fields?.[0]?.field]).toEqual([400, "through"]);
    }
    expect((await read(params)).events).toHaveLength(1);
  });

  test("what retention deleted is passed over, and a reader behind it goes on", async () => {
    const { params, come } = await reader();
    const ids = await come([{}, {}, {}]);
    const forget = (gone: readonly string[]) =>
      world.mooring.db.write(org(), (tx) => tx.run(sql`delete from events where org_id = ${org()} and id in (${sql.join([...gone])})`));
    await forget(ids.slice(0, 1));
    expect(idsOf(await read(params))).toEqual(ids.slice(1));
    await forget(ids);
    const { cursor, events } = await read(params);
    expect(events).toEqual([]);
    const [next] = await come();
    expect(idsOf(await read(params, { after: cursor }))).toEqual([next]);
  });

  test("an answer holds 1 MiB of bodies or one event, whatever was asked for", async () => {
    const { params, come } = await reader();
    const sizes = [600_000, 400_000, 100_000, 1_048_577, 10];
    const ids = await come(sizes.map((size) => ({ body: Buffer.alloc(size, "a") })));
    const portions: string[][] = [];
    for (let after = ""; portions.flat().length < ids.length; ) {
      const portion = await read(params, { first: 100, ...(after === "" ? {} : { after }) });
      portions.push(idsOf(portion));
      after = portion.cursor;
    }
    expect(portions).toEqual([[ids[0], ids[1]], [ids[2]], [ids[3]], [ids[4]]]);
  });

  test("unverified events, and those of other connections, are nobody's", async () => {
    const { params, come } = await reader();
    const other = await reader();
    await other.come();
    const ids = await come([{}, { origin: "unverified" }, {}]);
    expect(idsOf(await read(params))).toEqual([ids[0], ids[2]]);
  });

  describe("who gets what", () => {
    const own = (type: string, environmentId?: EnvironmentId): Changes => ({ origin: "own", type, triggerName: undefined, environmentId });
    const rows: [string, (of: { dev: string; test: string }) => object, string][] = [
      ["all triggers", () => ({}), "abcd"],
      ["one environment", ({ dev }) => ({ environment: dev }), "ab"],
      ["one trigger", () => ({ trigger: "order" }), "ac"],
      ["one trigger of one environment", ({ test }) => ({ environment: test, trigger: "order" }), "c"],
      ["own events too", () => ({ ownEvents: ["version.published", "credential.updated"] }), "abcdefg"],
      ["own events alone", () => ({ ownEventsOnly: true, ownEvents: ["version.published", "credential.updated"] }), "efg"],
      ["own events of one environment", ({ dev }) => ({ environment: dev, ownEventsOnly: true, ownEvents: ["credential.updated"] }), "f"],
      [
        "a filter, which says nothing of own events",
        () => ({ filter: [{ pointer: "/n", is: "less", value: 2 }], ownEvents: ["version.published"] }),
        "abe",
      ],
    ];
    test.each(rows)("%s: by reading the same as by delivery", async (_name, wishes, expected) => {
      const { connection_id, ...of } = await connect();
      const destination = { url: "https://8.8.8.8/" };
      const { id } = await createSubscription(world, connection_id, { ...wishes(of), destination });
      await haltDestination(world.mooring.db, org(), id);
      const event = (environmentId: EnvironmentId | undefined, triggerName: string, n: number): Changes => ({
        environmentId,
        triggerName,
        body: Buffer.from(`{"n":${n}}`),
      });
      const ids = await arrive(world.mooring.db, org(), connection_id, [
        event(of.dev, "order", 0),
        event(of.dev, "refund", 1),
        event(of.test, "order", 2),
        event(of.test, "refund", 3),
        own("version.published"),
        own("credential.updated", of.dev),
        own("credential.updated", of.test),
        own("version.unpublished"),
      ]);
      const params = { connection_id, subscription_id: id };
      const lettersOf = (some: readonly string[]) => [..."abcdefgh"].filter((_letter, index) => some.includes(ids[index] ?? "")).join("");
      expect(lettersOf(await readAll(params, 2))).toBe(expected);
      const { body } = await world.must(await world.as("key"), "ListDeliveries", { params });
      // What a filter leaves out is skipped when it is claimed, so here it is a delivery still.
      const isFiltered = "filter" in wishes(of);
      expect(lettersOf(body.deliveries.map((delivery) => delivery.event))).toBe(isFiltered ? "abcde" : expected);
    });
  });

  test("however it is read, each event that fits comes once and in order", { timeout: propertyTimeoutMs }, async () => {
    const event = fc.record({ trigger: fc.constantFrom("order", "refund"), n: fc.nat(3), bytes: fc.constantFrom(0, 0, 0, 500_000) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 25 }),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        async (events, first, isFiltered) => {
          const filter = [{ pointer: "/n", is: "greater", value: 1 }];
          const { params, come } = await reader({ trigger: "order", ...(isFiltered ? { filter } : {}) });
          const bodies = events.map(({ trigger, n, bytes }) => ({
            triggerName: trigger,
            body: Buffer.from(JSON.stringify({ n, pad: "x".repeat(bytes) })),
          }));
          const ids = await come(bodies);
          const wanted = ids.filter((_id, index) => events[index]?.trigger === "order" && (!isFiltered || (events[index]?.n ?? 0) > 1));
          expect(await readAll(params, first)).toEqual(wanted);
        },
      ),
      { numRuns: trials({ change: 6, long: 300 }) },
    );
  });

  test("more than one reading looks through: it goes on behind what was not for it", { timeout: propertyTimeoutMs }, async () => {
    const { params, come } = await reader({ trigger: "rare" });
    for (let round = 0; round < 21; round++) await come(Array.from({ length: 100 }, () => ({})));
    const [rare] = await come([{ triggerName: "rare" }]);
    const first = await read(params, { waitMs: 30_000 });
    expect(first.events).toEqual([]);
    expect(idsOf(await read(params, { after: first.cursor }))).toEqual([rare]);
  });

  test("while events are kept from many sides at once, a reader skips none and sees none twice", {
    timeout: propertyTimeoutMs,
  }, async () => {
    const { params, come } = await reader();
    const rounds = trials({ change: 15, long: 500 });
    let isOver = false;
    const writers = Array.from({ length: 4 }, async () => {
      for (let round = 0; round < rounds; round++) await come([{}, {}]);
    });
    // One that the database refuses, because it is busy, has kept what it kept.
    const written = Promise.allSettled(writers).finally(() => {
      isOver = true;
    });
    const seen: string[] = [];
    for (let after = ""; ; ) {
      const wasOver = isOver;
      const portion = await read(params, { first: 7, waitMs: 200, ...(after === "" ? {} : { after }) });
      seen.push(...idsOf(portion));
      after = portion.cursor;
      if (wasOver && portion.events.length === 0) break;
    }
    await written;
    const kept = await world.mooring.db.read(org(), (tx) =>
      tx.all(
        sql<{ id: string }>`select id from events where org_id = ${org()} and connection_id = ${params.connection_id} order by position`,
      ),
    );
    expect(seen).toEqual(kept.map(({ id }) => id));
    expect(seen.length).toBeGreaterThan(0);
  });
});
