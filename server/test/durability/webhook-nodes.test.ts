import { Agent } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import { engines, type Place } from "../harness/engines.ts";
import { clientOf, homeOn, type MooringProcess, startProcess } from "../harness/process.ts";
import { trials } from "../harness/profile.ts";
import { type Inspector, inspect } from "./inspector.ts";
import { type Destination, startDestination } from "./webhooks/destination.ts";
import { post } from "./webhooks/sender.ts";
import { createWay, type Way } from "./webhooks/way.ts";

const events = trials({ change: 1_000, long: 20_000 });
const senders = 64;

describe("events on four nodes that share a PostgreSQL", () => {
  let place: Place;
  let destination: Destination;
  let inspector: Inspector;
  let way: Way;
  const nodes: MooringProcess[] = [];
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    place = await (engines[1] as (typeof engines)[number]).prepare();
    destination = await startDestination();
    const home = homeOn(place, { MOORING_EGRESS_ALLOW: destination.allow });
    // One after the other: four at once take a busy machine longer than a start may.
    while (nodes.length < 4) nodes.push(await startProcess(home.settings));
    const actor: Actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
    way = await createWay(clientOf(nodeAt(0)), { actor, to: destination.url });
    destination.expect({ key: way.key, slowMs: 50 });
    inspector = inspect(place);
  }, 240_000);
  afterAll(async () => {
    agent.destroy();
    await Promise.all(nodes.map((node) => node.kill("SIGKILL")));
    await inspector?.close();
    destination?.stop();
    await place?.remove();
  });

  const nodeAt = (at: number) => nodes[at % nodes.length] as MooringProcess;
  const send = (at: number, body: string) => post(new URL(way.path, nodeAt(at).url), agent, { body, headers: way.sign(body) });
  const allDelivered = () =>
    expect
      .poll(() => inspector.rows("select event_id from deliveries where state <> 'delivered' limit 1"), { timeout: 120_000 })
      .toEqual([]);

  test("are delivered once each, and no two nodes deliver the same at a time", { timeout: 240_000 }, async () => {
    let next = 0;
    const statuses = new Set<number | undefined>();
    await Promise.all(
      Array.from({ length: senders }, async (_, sender) => {
        while (next < events) statuses.add((await send(sender, JSON.stringify({ event: next++ })))?.status);
      }),
    );
    expect([...statuses]).toEqual([200]);
    await allDelivered();
    const report = await destination.report();
    expect(report).toMatchObject({ different: 0, unverified: 0, overlapping: 0 });
    expect(report.events).toHaveLength(events);
    expect(report.events.filter(({ times }) => times !== 1)).toEqual([]);
    expect(await inspector.faults()).toEqual([]);
  });

  test("are kept once when the same comes 1,000 times at once, and all are answered alike (W-4)", { timeout: 120_000 }, async () => {
    const before = (await destination.report()).events.length;
    const body = JSON.stringify({ event: "the same" });
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, at) => send(at, body)));
    expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer?.text)).size).toBe(1);
    await allDelivered();
    const { id } = JSON.parse(answers[0]?.text ?? "") as { id: string };
    expect(await inspector.rows(`select duplicates from events where id = '${id}'`)).toEqual([{ duplicates: "999" }]);
    const after = await destination.report();
    expect(after.events).toHaveLength(before + 1);
    expect(after.events.find((event) => event.id === id)).toMatchObject({ times: 1 });
  });
});
