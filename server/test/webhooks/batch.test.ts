import { beforeAll, expect, test } from "vitest";
import type { NewEvent } from "../../src/domain/event.ts";
import type { ConnectionId, EnvironmentId, EventId } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/store/database.ts";
import { type Arrival, createArrivals } from "../../src/traffic/arrivals.ts";
import { createBatches } from "../../src/webhooks/ingest/batch.ts";
import { onEachEngine } from "../harness/world.ts";
import { createRig, eventsOf, type Rig } from "./rig.ts";

onEachEngine("events that arrive together", (world) => {
  let rig: Rig;
  let foreign: Rig;
  beforeAll(async () => {
    rig = await createRig(world);
    foreign = await createRig(world, { actor: await world.as("strangerKey") });
  });
  const event = (of: Rig = rig, changes: Partial<NewEvent> = {}): NewEvent => ({
    id: world.newId() as EventId,
    connectionId: of.connection as ConnectionId,
    origin: "verified",
    type: "trigger",
    environmentId: of.environment as EnvironmentId,
    triggerName: "paid",
    receivedAt: world.clock.now(),
    method: "POST",
    target: "/",
    headers: [],
    contentType: undefined,
    body: Buffer.from("x"),
    fits: undefined,
    faults: undefined,
    verification: undefined,
    sealed: undefined,
    dedupeKey: undefined,
    ...changes,
  });
  const many = <Item>(length: number, item: (at: number) => Item) => Array.from({ length }, (_, at) => item(at));

  test("are kept in few transactions, each organisation's in its own, and told of once they are", async () => {
    const arrivals = createArrivals();
    const told: Arrival[] = [];
    arrivals.subscribe((arrival) => told.push(arrival));
    const batches = createBatches({ db: world.mooring.db, arrivals, batchMax: 20 });
    await Promise.all(many(100, (at) => batches.keep((at % 2 ? rig : foreign).org, event(at % 2 ? rig : foreign))));
    expect(batches.stats()).toEqual({ waiting: 0, batches: 6 });
    expect(new Set(told.map(({ connectionId }) => connectionId))).toEqual(new Set([rig.connection, foreign.connection]));
    for (const one of [rig, foreign]) expect(await eventsOf(world, one)).toHaveLength(50);
  });

  test("are kept in as many transactions as their bodies need: no more bytes go together than may, but for one body that has more", async () => {
    const written: number[] = [];
    const { db } = world.mooring;
    const counted: Pick<Database, "write"> = {
      async write(reach, work) {
        const before = (await eventsOf(world, rig)).length;
        const result = await db.write(reach, work);
        written.push((await eventsOf(world, rig)).length - before);
        return result;
      },
    };
    const batches = createBatches({ db: counted, arrivals: createArrivals(), batchBytesMax: 100 });
    const sizes = [40, 60, 1, 500, 99, 1, 1];
    await Promise.all(sizes.map((size) => batches.keep(rig.org, event(rig, { body: Buffer.alloc(size) }))));
    expect(written).toEqual([2, 1, 1, 2, 1]);
  });

  test("are kept all but the one that cannot be, and its sender is told that its trigger is gone", async () => {
    const batches = createBatches({ db: world.mooring.db, arrivals: createArrivals() });
    const before = (await eventsOf(world, rig)).length;
    const gone = event(rig, { connectionId: world.newId() as ConnectionId });
    const kept = await Promise.allSettled([event(), gone, event(), event()].map((one) => batches.keep(rig.org, one)));
    expect(kept.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(kept[1]).toMatchObject({ reason: { code: "not_found" } });
    expect(await eventsOf(world, rig)).toHaveLength(before + 3);
  });

  test("are refused beyond what may wait, and those that wait are kept before it closes", async () => {
    const batches = createBatches({ db: world.mooring.db, arrivals: createArrivals(), waitingMax: 3 });
    const asked = many(5, () => batches.keep(rig.org, event()));
    const closing = batches.close();
    asked.push(batches.keep(rig.org, event()));
    const ended = await Promise.allSettled(asked);
    await closing;
    expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected", "rejected", "rejected"]);
    expect(ended[3]).toMatchObject({ reason: { code: "overloaded", retryAfterSeconds: 1 } });
  });

  test("are not answered before they are committed (W-5)", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { db } = world.mooring;
    const late: Pick<Database, "write"> = {
      async write(reach, work) {
        const written = await db.write(reach, work);
        ask();
        await gate;
        return written;
      },
    };
    const batches = createBatches({ db: late, arrivals: createArrivals() });
    let answered = 0;
    const kept = many(3, () => batches.keep(rig.org, event()).then(() => (answered += 1)));
    await asked;
    expect(answered).toBe(0);
    open();
    await Promise.all(kept);
    expect(answered).toBe(3);
  });
});
