import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { attemptsMax, breaksAfter } from "../../src/domain/delivery.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { resumeDestination } from "../../src/store/destinations.ts";
import { engines } from "../harness/engines.ts";
import { startDns } from "../net/dns-server.ts";
import { listen, startSentinel } from "../net/outside.ts";
import { answering, deliveryRig, org, startDestination, until } from "./deliver-rig.ts";

const several = (count: number) => Array.from({ length: count }, () => ({}));

describe.each(engines)("a destination that fails, on $name", ({ prepare }) => {
  const rig = deliveryRig(prepare);

  test.each<[string, (response: ServerResponse) => void, number | undefined, string]>([
    ["an error", answering(500), 500, "The destination answered 500."],
    ["a refusal", answering(404), 404, "The destination answered 404."],
    [
      "a redirect, which is not followed",
      answering(307, { location: "/else" }),
      307,
      "The destination answered 307; redirects are not followed.",
    ],
    ["no answer", (response) => response.destroy(), undefined, "The outside system closed the connection before its answer was complete."],
    [
      "nonsense",
      (response) => void response.socket?.end("nonsense\r\n\r\n"),
      undefined,
      "The answer of the outside system is not valid HTTP/1.1 (HPE_INVALID).",
    ],
    ["silence", () => {}, undefined, "The call was not over within its total time."],
  ])("that gives %s is tried again 5 s later, and says why", async (_what, answer, lastStatus, lastError) => {
    const server = await startDestination(answer);
    const { id } = await rig.subscribe(server.url);
    const [event] = await rig.keep({});
    const before = systemClock.now().getTime();
    rig.deliver({ bounds: { attemptMs: 300 } }).announce();
    await until(async () => expect(await rig.deliveries(id)).toMatchObject([{ attempts: 1 }]));
    const [delivery] = await rig.deliveries(id);
    expect(delivery).toMatchObject({ event, state: "waiting", lastError, ...(lastStatus === undefined ? {} : { lastStatus }) });
    expect(Date.parse(delivery?.nextAttemptAt ?? "")).toBeGreaterThanOrEqual(before + 5_000);
    expect(await rig.destination(id)).toMatchObject({ state: "active", failures: 1, reason: lastError, pausedUntilMs: undefined });
    expect(server.sent).toHaveLength(1);
  });

  test("that takes no connection, or lies where nobody may be sent to, is tried again as well", async () => {
    const closed = createServer();
    const { port } = await listen(closed, "127.0.0.1");
    closed.close();
    const urls = [`http://127.0.0.1:${port}/`, "http://10.0.0.1/", "https://169.254.169.254/", "https://unknown.example/"];
    const subscribed = await Promise.all(urls.map((url) => rig.subscribe(url)));
    await rig.keep({});
    rig.deliver().announce();
    await until(async () => {
      const all = await Promise.all(subscribed.map(({ id }) => rig.deliveries(id)));
      expect(all.map(([one]) => one?.lastError)).toEqual([
        "No connection could be opened.",
        "The address is not on the internet (a private network). An operator can list it in MOORING_EGRESS_ALLOW.",
        "The address is a metadata service of a cloud provider; it is never called.",
        "The host name of the outside system does not resolve.",
      ]);
      expect(all.map(([one]) => one?.state)).toEqual(urls.map(() => "waiting"));
    });
  });

  test("whose name leads elsewhere the next time is looked at again with each attempt (D-6)", async () => {
    const server = await startDestination((response) => response.writeHead(500, { connection: "close" }).end());
    const { port } = new URL(server.url);
    const sentinel = await startSentinel("127.0.0.2", Number(port));
    const resolve = await startDns({ A: ["127.0.0.1"], ttlSeconds: 0 }, { A: ["127.0.0.2"], ttlSeconds: 0 });
    const { id } = await rig.subscribe(`http://rebind.test:${port}/`);
    await rig.keep({});
    let aheadMs = 0;
    const clock = { now: () => new Date(systemClock.now().getTime() + aheadMs) };
    rig.deliver({ clock, rules: [`127.0.0.1/32:${port}`], net: { resolve } });
    await until(async () => expect(await rig.deliveries(id)).toMatchObject([{ attempts: 1, lastStatus: 500 }]));
    aheadMs = 6_000;
    await rig.age(6_000);
    await until(async () => expect(await rig.deliveries(id)).toMatchObject([{ attempts: 2 }]));
    expect((await rig.deliveries(id))[0]?.lastError).toMatch(/not on the internet/);
    expect(sentinel ?? { connections: 0 }).toMatchObject({ connections: 0 });
    expect(server.sent).toHaveLength(1);
  });

  test("ten times with one event makes that dead, with the reason, and no other", async () => {
    const server = await startDestination((response, { headers }) =>
      response.writeHead(headers["mooring-sequence"] === "1" ? 500 : 200).end(),
    );
    const { id } = await rig.subscribe(server.url);
    await rig.keep({}, {});
    rig.deliver();
    for (let attempts = 1; attempts <= attemptsMax; attempts += 1) {
      await until(async () => expect((await rig.deliveries(id))[0]).toMatchObject({ attempts }));
      await rig.age(30 * 3_600_000);
    }
    expect(await rig.deliveries(id)).toMatchObject([
      { state: "dead", attempts: attemptsMax, lastStatus: 500, lastError: "The destination answered 500." },
      { state: "delivered", attempts: 1 },
    ]);
    expect(server.sent).toHaveLength(attemptsMax + 1);
  });

  test("with 410 is disabled with the reason: what waits stays, and goes when the owner resumes it (D-3)", async () => {
    let status = 410;
    const server = await startDestination((response) => response.writeHead(status).end());
    const { id } = await rig.subscribe(server.url);
    await rig.keep(...several(50));
    const deliverer = rig.deliver({ bounds: { windowMax: 4 } });
    await until(async () => {
      expect(await rig.destination(id)).toMatchObject({ state: "disabled", reason: "The destination answered 410: it is gone for good." });
      expect(deliverer.stats()).toMatchObject({ queued: 0, sending: 0, unwritten: 0 });
    });
    const before = server.sent.length;
    expect(before).toBeLessThanOrEqual(4);
    await rig.keep({});
    deliverer.announce();
    await polled(deliverer);
    expect(server.sent).toHaveLength(before);
    expect((await rig.deliveries(id)).map(({ state }) => state)).toEqual(several(51).map(() => "waiting"));

    status = 200;
    await rig.db.write(org, (tx) => resumeDestination(tx, org, id));
    await until(async () => expect(new Set((await rig.deliveries(id)).map(({ state }) => state))).toEqual(new Set(["delivered"])));
    expect(await rig.destination(id)).toMatchObject({ state: "active", failures: 0, reason: undefined });
  });

  test("with 410 is told of to who asked: once, with whose destination it was and why", async () => {
    const gone = await startDestination(answering(410));
    const told = await startDestination(answering(200));
    const { id } = await rig.subscribe(gone.url);
    await rig.subscribe(told.url, { ownEvents: ["subscription.disabled"], trigger: "another" });
    await rig.keep(...several(20));
    const deliverer = rig.deliver();
    await until(async () => expect(told.sent).toHaveLength(1));
    await polled(deliverer);
    const [{ headers, body }] = told.sent as [(typeof told.sent)[number]];
    expect(headers).toMatchObject({ "content-type": "application/json", "mooring-event-type": "subscription.disabled" });
    expect(JSON.parse(body.toString())).toEqual({
      type: "subscription.disabled",
      timestamp: expect.stringMatching(/Z$/),
      data: {
        connection: { id: rig.connectionId, name: expect.any(String) },
        subscription: { id, name: expect.any(String) },
        reason: "The destination answered 410: it is gone for good.",
      },
    });
    expect(told.sent).toHaveLength(1);
  });

  test.each([
    ["429 with Retry-After", answering(429, { "retry-after": "3600" }), 3_600_000],
    ["429 without", answering(429), 5_000],
    ["503 with Retry-After", answering(503, { "retry-after": "-1" }), 1_000],
  ])("with %s is left alone for so long, and nothing counts as an attempt meanwhile", async (_what, answer, pauseMs) => {
    const server = await startDestination(answer);
    const { id } = await rig.subscribe(server.url);
    await rig.keep(...several(20));
    const before = await databaseMs();
    const deliverer = rig.deliver({ bounds: { windowMax: 1 } });
    await until(async () => {
      expect((await rig.destination(id))?.pausedUntilMs).toBeDefined();
      expect(deliverer.stats()).toMatchObject({ queued: 0, sending: 0, unwritten: 0 });
    });
    const pausedMs = ((await rig.destination(id))?.pausedUntilMs ?? 0) - before;
    expect(pausedMs).toBeGreaterThanOrEqual(pauseMs);
    expect(pausedMs).toBeLessThan(pauseMs + 30_000);
    const all = await rig.deliveries(id);
    expect(all.map(({ state }) => state)).toEqual(several(20).map(() => "waiting"));
    expect(all.filter(({ attempts }) => attempts > 0)).toHaveLength(server.sent.length);
  });

  test("so often in a row is left alone: one attempt of all nodes shows then how it is, and nothing is lost (D-3)", async () => {
    let status = 500;
    const server = await startDestination((response) => response.writeHead(status).end());
    const { id } = await rig.subscribe(server.url);
    await rig.keep(...several(200));
    const nodes = [rig.deliver({ bounds: { windowMax: 2 } }), rig.deliver({ db: await rig.openAnother(), bounds: { windowMax: 2 } })];
    const atRest = async () => {
      expect((await rig.destination(id))?.pausedUntilMs).toBeGreaterThan(await databaseMs());
      for (const { stats } of nodes) expect(stats()).toMatchObject({ queued: 0, sending: 0, unwritten: 0 });
    };
    await until(atRest);
    const opened = server.sent.length;
    // Before either node hears that it is enough, it has sent no more than what alone would be, and what is under way.
    expect(opened).toBeLessThanOrEqual(2 * (breaksAfter + 1));
    expect(await rig.destination(id)).toMatchObject({ failures: breaksAfter, reason: "The destination answered 500." });

    for (let probes = 1; probes <= 3; probes += 1) {
      await endPause();
      await until(() => expect(server.sent.length).toBe(opened + probes));
      await until(atRest);
      for (const node of nodes) node.announce();
      await Promise.all(nodes.map(polled));
      expect(server.sent.length).toBe(opened + probes);
      expect(await rig.destination(id)).toMatchObject({ failures: breaksAfter + probes });
    }
    expect((await rig.deliveries(id)).map(({ state }) => state)).toEqual(several(200).map(() => "waiting"));

    status = 200;
    await endPause();
    await rig.age(3_600_000);
    await until(async () => expect(new Set((await rig.deliveries(id)).map(({ state }) => state))).toEqual(new Set(["delivered"])));
    expect(await rig.destination(id)).toMatchObject({ failures: 0, reason: undefined, pausedUntilMs: undefined });
    expect(server.sent).toHaveLength(opened + 3 + 200);
  });

  test("is not disabled, nor paused, by what an address did that it no longer has", async () => {
    const held: ServerResponse[] = [];
    const server = await startDestination((response) => held.push(response));
    const { id } = await rig.subscribe(server.url);
    await rig.keep({});
    const deliverer = rig.deliver();
    await until(() => expect(held).toHaveLength(1));
    await rig.db.write(org, (tx) =>
      tx.run(sql`update destinations set url = 'http://127.0.0.1:1/' where org_id = ${org} and subscription_id = ${id}`),
    );
    for (const response of held) response.writeHead(410).end();
    await until(() => expect(deliverer.stats().ended.waiting).toBe(1));
    expect(await rig.destination(id)).toMatchObject({ state: "active", failures: 0, reason: undefined });
  });

  /** Until the node has surely looked for work since. */
  async function polled({ stats }: ReturnType<typeof rig.deliver>): Promise<void> {
    const before = stats().polls;
    await until(() => expect(stats().polls).toBeGreaterThan(before + 1));
  }

  const endPause = () =>
    rig.db.write(org, (tx) => tx.run(sql`update destinations set paused_until = 1 where org_id = ${org} and paused_until is not null`));

  const databaseMs = async () => systemClock.now().getTime() - 50;
});
