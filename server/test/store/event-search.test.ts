import { type RawBuilder, sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import type { StoredEvent } from "../../src/domain/event.ts";
import { type ConnectionId, type EnvironmentId, type EventId, type OrganisationId, startOfIds } from "../../src/kernel/ids.ts";
import type { Tx } from "../../src/store/database.ts";
import { deliveriesOfEvent, readEvent } from "../../src/store/event-reads.ts";
import { eventsBetween, pastEvents } from "../../src/store/event-retention.ts";
import { countEvents, type EventFilter, searchEvents } from "../../src/store/event-search.ts";
import { keepEvents, keptEvent } from "../harness/events.ts";
import { trials } from "../harness/profile.ts";
import { createConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

const startMs = 1_800_000_000_000;

onEachEngine("what is asked of many events", (world) => {
  const count = trials({ change: 20_000, long: 100_000 });
  let org: OrganisationId;
  let connectionId: ConnectionId;
  const environment = "01KAENV0000000000000000001" as EnvironmentId;
  const idAt = (place: number) => `${startOfIds(new Date(startMs + place * 1_000))}${String(place).padStart(16, "0")}` as EventId;

  beforeAll(async () => {
    org = world.mooring.bootstrap.organisation as OrganisationId;
    const connections = [await createConnection(world, smallConnection()), await createConnection(world, smallConnection())];
    connectionId = connections[0]?.id as ConnectionId;
    for (let from = 0; from < count; from += 1_000) {
      const events = Array.from({ length: 1_000 }, (_, index): StoredEvent => {
        const place = from + index;
        return keptEvent({
          id: idAt(place),
          connectionId: connections[place % 2]?.id as ConnectionId,
          environmentId: environment,
          triggerName: place % 500 === 0 ? "rare" : "usual",
          position: place + 1,
          receivedAt: new Date(startMs + place * 1_000),
          body: Buffer.alloc(300, "x"),
        });
      });
      await keepEvents(world.mooring.db, org, events);
    }
    // Plans follow what the engine knows of the rows, which it would find out by itself before long.
    if (world.place.engine === "sqlite") await world.mooring.db.write(org, (tx) => tx.run(sql`analyze`));
    else await asOwner("analyze events");
  }, 120_000);

  async function asOwner(statement: string): Promise<void> {
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: world.place.url });
    await client.connect();
    await client.query(statement);
    await client.end();
  }

  /** How the engine goes about each statement of `work`, in its own words. */
  async function plansOf(work: (tx: Tx) => Promise<unknown>): Promise<string[]> {
    return world.mooring.db.read(org, async (tx) => {
      const asked: RawBuilder<unknown>[] = [];
      const noted = <Name extends "all" | "first">(name: Name): Tx[Name] =>
        ((query: RawBuilder<unknown>) => {
          asked.push(query);
          return tx[name](query);
        }) as Tx[Name];
      await work({
        ...tx,
        all: noted("all"),
        first: noted("first"),
      });
      const plans: string[] = [];
      for (const query of asked) {
        const rows = await tx.all(
          tx.engine === "sqlite"
            ? sql<Record<string, unknown>>`explain query plan ${query}`
            : sql<Record<string, unknown>>`explain (costs off) ${query}`,
        );
        plans.push(rows.map((row) => String(row.detail ?? row["QUERY PLAN"])).join("\n"));
      }
      return plans;
    });
  }

  const all: EventFilter = { environments: undefined, trigger: undefined, origin: undefined, from: undefined, to: undefined };
  const middle = new Date(startMs + (count / 2) * 1_000);
  const filters: readonly [string, EventFilter][] = [
    ["nothing", all],
    ["an environment", { ...all, environments: [environment] }],
    ["a rare trigger", { ...all, trigger: "rare" }],
    ["an origin that none has", { ...all, origin: "unverified" }],
    ["a time", { ...all, from: middle, to: new Date(middle.getTime() + 60_000) }],
    ["all at once", { environments: [environment], trigger: "rare", origin: "verified", from: middle, to: undefined }],
  ];

  test.each(filters)("a page by %s, either way, and the count of it read no more than an index leads to", async (_name, filter) => {
    const cut = idAt(count / 2);
    const page = { filter, limit: 21 };
    const plans = await plansOf(async (tx) => {
      const bounds = { windows: 3, windowRows: 500 };
      await searchEvents(tx, org, connectionId, { ...page, above: "", below: "~", direction: "older" }, bounds);
      await searchEvents(tx, org, connectionId, { ...page, above: "", below: cut, direction: "older" }, bounds);
      await searchEvents(tx, org, connectionId, { ...page, above: cut, below: "~", direction: "newer" }, bounds);
      // To sift as many as there are, PostgreSQL may as well read them as they lie.
      if (tx.engine === "sqlite" || (filter === all && count > 50_000)) await countEvents(tx, org, connectionId, filter);
    });
    expect(plans.length).toBeGreaterThanOrEqual(3);
    for (const plan of plans) {
      expect(plan).toMatch(/events_(by_connection|unverified)/);
      expect(plan).not.toMatch(/SCAN events|Seq Scan|TEMP B-TREE/);
      // The few that a rare filter lets through may be sorted; where there is none, nothing is.
      if (filter === all) expect(plan).not.toMatch(/Sort/);
    }
  });

  test("one event and what becomes of it, and what retention walks through, are found by keys", async () => {
    const plans = await plansOf(async (tx) => {
      await readEvent(tx, org, connectionId, idAt(7));
      await deliveriesOfEvent(tx, org, idAt(7));
      await pastEvents(tx, org, [idAt(1), idAt(2)]);
    });
    for (const plan of plans) expect(plan).not.toMatch(/SCAN|Seq Scan on events/);
    const [walk] = await plansOf((tx) => eventsBetween(tx, "", idAt(count), 500));
    // Row security lets the walk see one organisation's here: whichever index it takes, it sorts nothing.
    expect(walk).not.toMatch(/Seq Scan|TEMP B-TREE|Sort/);
  });
});
