import type { ServerResponse } from "node:http";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { claimDeliveries } from "../../src/store/delivery-claims.ts";
import { engines } from "../harness/engines.ts";
import { trials } from "../harness/profile.ts";
import { answering, type Delivers, deliveryRig, org, startDestination, until } from "./deliver-rig.ts";

const several = (count: number) => Array.from({ length: count }, () => ({}));

describe.each(engines)("whoever delivers, on $name", ({ prepare }) => {
  const rig = deliveryRig(prepare);

  test("delivers each event by one at a time, however many do", async () => {
    const count = trials({ change: 400, long: 20_000 });
    const server = await startDestination();
    const { id } = await rig.subscribe(server.url);
    const ids = await rig.keep(...several(count));
    const nodes: Delivers[] = [];
    for (let at = 0; at < 4; at += 1) nodes.push(rig.deliver({ db: await rig.openAnother() }));
    for (const node of nodes) node.announce();
    await until(async () => expect((await rig.deliveries(id)).filter(({ state }) => state === "delivered")).toHaveLength(count));
    expect(server.sent.map((sent) => sent.id).sort()).toEqual(ids.sort());
    expect(nodes.reduce((sum, { stats }) => sum + stats().attempts, 0)).toBe(count);
    expect(nodes.filter(({ stats }) => stats().attempts > 0).length).toBeGreaterThan(1);
  });

  test("leaves what another holds, and takes it over when that one no longer says that it does (D-1)", async () => {
    const server = await startDestination();
    const { id } = await rig.subscribe(server.url);
    const ids = await rig.keep(...several(20));
    const request = { owner: "who-was-killed", leaseMs: 15_000, limit: 12, bytesMax: 1_000_000 };
    const claim = await rig.db.write(org, (tx) => claimDeliveries(tx, org, id, request));
    expect(claim?.deliveries).toHaveLength(12);
    const node = rig.deliver();
    await until(() => expect(node.stats().ended.delivered).toBe(8));
    await polled(node);
    expect(server.sent).toHaveLength(8);
    await rig.age(15_000);
    await until(() => expect(node.stats().ended.delivered).toBe(20));
    expect(server.sent.map((sent) => sent.id).sort()).toEqual(ids.sort());
    expect((await rig.deliveries(id)).map(({ attempts }) => attempts)).toEqual(ids.map(() => 1));
  });

  test("keeps what takes longer than a lease, and nobody else is given it", async () => {
    const held: ServerResponse[] = [];
    const server = await startDestination((response) => held.push(response));
    await rig.subscribe(server.url);
    await rig.keep(...several(3));
    const bounds = { leaseMs: 1_500, heartbeatMs: 100 };
    const [one, other] = [rig.deliver({ bounds }), rig.deliver({ db: await rig.openAnother(), bounds })];
    await until(() => expect(held).toHaveLength(3));
    const until3 = await leases();
    // Three leases' time, one heartbeat after the other.
    for (let beats = 0, last = until3; beats < 8; beats += 1) {
      await until(async () => expect(await leases()).toBeGreaterThan(last));
      last = await leases();
    }
    expect(held).toHaveLength(3);
    for (const response of held) response.writeHead(200).end();
    await until(() => expect(one.stats().ended.delivered + other.stats().ended.delivered).toBe(3));
  });

  test("sends nothing that it held for so long that another may have it", async () => {
    const held: ServerResponse[] = [];
    const server = await startDestination((response) => (server.sent.length === 1 ? response.writeHead(200).end() : held.push(response)));
    const { id } = await rig.subscribe(server.url);
    const ids = await rig.keep(...several(6));
    // What is in store is given back with the first heartbeat, and claimed anew.
    const node = rig.deliver({ bounds: { windowMax: 1, leaseMs: 60_000, heartbeatMs: 50 } });
    await until(() => expect(held).toHaveLength(1));
    await until(() => expect(node.stats().queued).toBe(0));
    const other = rig.deliver({ db: await rig.openAnother(), bounds: { windowMax: 8 } });
    await until(() => expect(server.sent).toHaveLength(ids.length));
    for (const response of held) response.writeHead(200).end();
    await until(async () => expect((await rig.deliveries(id)).map(({ state }) => state)).toEqual(ids.map(() => "delivered")));
    expect(server.sent.map((sent) => sent.id).sort()).toEqual(ids.sort());
    expect(other.stats().attempts).toBeGreaterThan(0);
  });

  test("gives back at its end what it has not sent, and what was under way for too long", async () => {
    const held: ServerResponse[] = [];
    const server = await startDestination((response) => held.push(response));
    const { id } = await rig.subscribe(server.url);
    const ids = await rig.keep(...several(30));
    const node = rig.deliver();
    await until(() => expect(held).toHaveLength(4));
    const closing = node.close({ drainMs: 60_000 });
    for (const response of held.splice(0, 3)) response.writeHead(200).end();
    await until(() => expect(node.stats().ended.delivered).toBe(3));
    expect(node.stats()).toMatchObject({ queued: 0, sending: 1 });
    await node.close({ drainMs: 0 });
    await closing;
    expect(await leases()).toBe(0);
    expect((await rig.deliveries(id)).filter(({ attempts }) => attempts > 0)).toHaveLength(3);
    expect(node.stats()).toMatchObject({ sending: 0, unwritten: 0, bytes: 0 });
    expect(ids).toHaveLength(30);
  });

  test("is not troubled when subscription, connection or event go under an attempt", async () => {
    const held: ServerResponse[] = [];
    const server = await startDestination((response) => held.push(response));
    const [one, other] = [await rig.subscribe(server.url), await rig.subscribe(server.url)];
    const [event] = await rig.keep({}, {});
    const node = rig.deliver();
    await until(() => expect(held).toHaveLength(4));
    await rig.db.write(org, async (tx) => {
      await tx.run(sql`delete from subscriptions where org_id = ${org} and id = ${one.id}`);
      await tx.run(sql`delete from events where org_id = ${org} and id = ${event}`);
    });
    for (const response of held.splice(0)) response.writeHead(500).end();
    await until(async () => expect(await rig.deliveries(other.id)).toMatchObject([{ attempts: 1, state: "waiting" }]));
    await rig.age(10_000);
    await until(() => expect(held).toHaveLength(1));
    await rig.db.write(org, (tx) => tx.run(sql`delete from connections where org_id = ${org} and id = ${rig.connectionId}`));
    for (const response of held) response.writeHead(500).end();
    await until(() => expect(node.stats()).toMatchObject({ sending: 0, unwritten: 0, bytes: 0 }));
    expect(node.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  test("serves one destination while another is dead and has very many waiting (D-7)", async () => {
    const count = trials({ change: 3_000, long: 100_000 });
    const silent = await startDestination(() => {});
    const failing = await startDestination(answering(500));
    const good = await startDestination();
    const dead = await Promise.all([silent, failing].map(({ url }) => rig.subscribe(url, { trigger: "many" })));
    const { id } = await rig.subscribe(good.url, { trigger: "few" });
    for (let at = 0; at < count; at += 500) await rig.keep(...several(500).map(() => ({ triggerName: "many" })));
    const node = rig.deliver();
    await until(() => expect(silent.open).toBeGreaterThan(0));
    // One after the other: each is delivered while the dead ones have theirs.
    for (let sent = 1; sent <= 50; sent += 1) {
      await rig.keep({ triggerName: "few" });
      node.announce();
      await until(() => expect(good.sent).toHaveLength(sent));
    }
    expect(await rig.deliveries(id)).toHaveLength(50);
    // Of those that never answer, no more than a few have a place, and of those that fail, few were sent.
    expect(silent.open).toBeLessThanOrEqual(4);
    expect(failing.sent.length).toBeLessThan(10);
    for (const one of dead) expect((await rig.deliveries(one.id)).filter(({ state }) => state === "waiting")).toHaveLength(count);
  });

  /** The end of the lease that ends last; 0 when there is none. */
  async function leases(): Promise<number> {
    const row = await rig.db.read(org, (tx) =>
      tx.first(sql<{ until: number | string | null }>`
        select max(lease_until) as until
        from deliveries
        where org_id = ${org} and state = 'waiting' and lease_owner is not null
      `),
    );
    return Number(row?.until ?? 0);
  }

  /** Until the node has surely looked for work since. */
  async function polled({ stats }: Delivers): Promise<void> {
    const before = stats().polls;
    await until(() => expect(stats().polls).toBeGreaterThan(before + 1));
  }
});
