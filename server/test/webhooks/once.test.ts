import { afterAll, beforeAll, expect, test } from "vitest";
import type { NewEvent } from "../../src/domain/event.ts";
import type { ConnectionId, EnvironmentId, EventId, OrganisationId } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/store/database.ts";
import { createArrivals } from "../../src/traffic/arrivals.ts";
import { createBatches } from "../../src/webhooks/ingest/batch.ts";
import { onEachEngine } from "../harness/world.ts";
import { createRig, eventsOf, type Rig, sendEvent, signed } from "./rig.ts";

onEachEngine("an event that comes again", (world) => {
  let rig: Rig;
  const others: Database[] = [];
  beforeAll(async () => {
    rig = await createRig(world);
    // The embedded engine has one process here: its file is not to be shared.
    if (world.place.engine === "postgres") others.push(await world.place.open(), await world.place.open(), await world.place.open());
  });
  afterAll(async () => {
    for (const other of others) await other.close();
  });

  const event = (dedupeKey: string): NewEvent => ({
    id: world.newId() as EventId,
    connectionId: rig.connection as ConnectionId,
    origin: "verified",
    type: "trigger",
    environmentId: rig.environment as EnvironmentId,
    triggerName: "many",
    receivedAt: world.clock.now(),
    method: "POST",
    target: "/",
    headers: [],
    contentType: undefined,
    body: Buffer.from(dedupeKey),
    fits: undefined,
    faults: undefined,
    verification: undefined,
    sealed: undefined,
    dedupeKey,
  });

  test("is answered as the first was, and kept once", async () => {
    const send = () => sendEvent(world, rig.path, { body: "once", headers: signed(rig.secret, "once") });
    const answers = [await send(), ...(await Promise.all(Array.from({ length: 20 }, send)))];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const kept = await eventsOf(world, rig);
    expect(kept).toMatchObject([{ duplicates: 20, position: 1 }]);
    expect(answers[0]?.text).toContain(kept[0]?.id);
  });

  test("a thousand times at once, on four nodes where the engine has them, is kept once (W-4)", async () => {
    const nodes = [world.mooring.db, ...others].map((db) => createBatches({ db, arrivals: createArrivals() }));
    const org = rig.org as OrganisationId;
    const kept = await Promise.all(Array.from({ length: 1_000 }, (_, at) => nodes[at % nodes.length]?.keep(org, event("same"))));
    expect(new Set(kept.map((one) => one?.id)).size).toBe(1);
    expect(kept.filter((one) => !one?.isDuplicate)).toHaveLength(1);
    for (const node of nodes) await node.close();
    const found = (await eventsOf(world, rig)).filter(({ body }) => Buffer.from(body).toString() === "same");
    expect(found).toMatchObject([{ duplicates: 999, position: 2, sequence: 1 }]);
  });

  test("is another one at another trigger, and when the sender signed another body", async () => {
    const more = await createRig(world, { triggers: [{ name: "paid" }, { name: "sent" }] });
    const send = (path: string, body: string) => sendEvent(world, path, { body, headers: signed(more.secret, body) });
    for (const name of ["paid", "sent"]) for (const body of ["a", "b"]) await send(more.path.replace(/paid$/, name), body);
    const kept = await eventsOf(world, more);
    expect(kept.map(({ position, sequence }) => [position, sequence])).toEqual([
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 2],
    ]);
  });
});
