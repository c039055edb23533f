import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { newSigningKey } from "../../src/credentials/signing-keys.ts";
import { mask } from "../../src/domain/mask.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { createIds, type EnvironmentId } from "../../src/kernel/ids.ts";
import { getDestination, updateDestination } from "../../src/store/destinations.ts";
import { engines } from "../harness/engines.ts";
import { trials } from "../harness/profile.ts";
import { answering, deliveryRig, org, type Sent, startDestination, until } from "./deliver-rig.ts";

const newId = createIds(systemClock);
const verify = (key: string, { body, headers }: Sent) =>
  new Webhook(key).verify(body, headers as Record<string, string>, { jsonParse: false });

describe.each(engines)("delivery, on $name", ({ prepare }) => {
  const rig = deliveryRig(prepare);

  test("an event that was kept is posted once, as it came, with what is known of it", async () => {
    const server = await startDestination();
    const { id } = await rig.subscribe(server.url);
    const environmentId = newId<EnvironmentId>();
    const body = Buffer.from([0x7b, 0x20, 0xff, 0x00, 0x7d]);
    const headers = [
      ...["Content-Type", "text/x; a=b", "X-GitHub-Event", "push", "X-Twice", "1", "x-twice", "2", "Content-Encoding", "br"],
      ...["Host", "mooring", "Content-Length", "5", "Connection", "keep-alive, X-Hop", "X-Hop", "1", "Transfer-Encoding", "chunked"],
      ...[
        "Authorization",
        mask,
        "Cookie",
        "a=b",
        "X-Secret",
        mask,
        "Webhook-Id",
        "forged",
        "Mooring_Attempt",
        "9",
        "X-Forwarded-For",
        "1.2.3.4",
      ],
    ];
    const receivedAt = new Date("2026-11-25T12:00:00.123Z");
    const [event] = await rig.keep({
      environmentId,
      triggerName: "paid",
      receivedAt,
      headers,
      body,
      contentType: "text/x; a=b",
      target: "/in?a=1",
    });
    rig.deliver().announce();
    await until(async () => expect(await rig.deliveries(id)).toMatchObject([{ event, state: "delivered", attempts: 1, lastStatus: 204 }]));
    expect(server.sent).toHaveLength(1);
    const [sent] = server.sent;
    expect(sent).toMatchObject({ method: "POST", path: "/hook?from=mooring", body });
    const {
      host: _host,
      connection: _connection,
      "webhook-timestamp": timestamp,
      "webhook-signature": _signature,
      ...rest
    } = sent?.headers ?? {};
    expect(Number(timestamp) * 1000).toBeGreaterThan(systemClock.now().getTime() - 60_000);
    expect(rest).toEqual({
      "webhook-id": event,
      "content-type": "text/x; a=b",
      "content-encoding": "br",
      "content-length": "5",
      "x-github-event": "push",
      "x-twice": "1, 2",
      "mooring-event-type": "trigger",
      "mooring-connection": rig.connectionId,
      "mooring-environment": environmentId,
      "mooring-trigger": "paid",
      "mooring-sequence": "1",
      "mooring-received-at": "2026-11-25T12:00:00.123Z",
      "mooring-attempt": "1",
      "mooring-target": "/in?a=1",
    });
  });

  test("an event that came with more headers than servers take arrives without the longest", async () => {
    const server = await startDestination();
    const { id } = await rig.subscribe(server.url);
    const headers = [
      "X-Event",
      "push",
      "X-Long",
      "x".repeat(20_000),
      "X-Half",
      "x".repeat(6_000),
      "X-More",
      "x".repeat(6_000),
      "X-Last",
      "1",
    ];
    await rig.keep({ headers, target: `/in?${"a".repeat(10_000)}` });
    rig.deliver();
    await until(async () => expect(await rig.deliveries(id)).toMatchObject([{ state: "delivered", lastStatus: 204 }]));
    const sent = Object.keys(server.sent[0]?.headers ?? {});
    expect(sent).toEqual(expect.arrayContaining(["x-event", "x-half", "x-last"]));
    for (const name of ["x-long", "x-more", "mooring-target"]) expect(sent).not.toContain(name);
  });

  test("what arrives verifies with the official library, and with both keys while one replaces the other (D-5)", async () => {
    const server = await startDestination();
    const { id, key } = await rig.subscribe(server.url);
    const bodies = [
      "",
      "{}",
      '{"é":"漢"}',
      "[1, 2 ,3]\r\n",
      "x".repeat(300_000),
      ...Array.from({ length: trials({ change: 20, long: 2000 }) }, (_, at) => `{"at":${at}}`),
    ];
    await rig.keep(...bodies.map((body) => ({ body: Buffer.from(body) })));
    rig.deliver();
    await until(() => expect(server.sent).toHaveLength(bodies.length));
    for (const sent of server.sent) verify(key, sent);
    expect(server.sent.map(({ body }) => body.toString()).sort()).toEqual(bodies.sort());

    const now = systemClock.now();
    const next = newSigningKey(await rig.seals.of(org), id, { id: newId(), now });
    await rig.db.write(org, async (tx) => {
      const { url = "", keys = [] } = (await getDestination(tx, org, id)) ?? {};
      const over = newSigningKey(await rig.seals.of(org), id, { id: newId(), now });
      const old = keys.map((one) => ({ ...one, expiresAt: new Date(now.getTime() + 3_600_000).toISOString() }));
      await updateDestination(tx, org, id, { url, keys: [next.kept, ...old, { ...over.kept, expiresAt: now.toISOString() }] });
    });
    await rig.keep({});
    await until(() => expect(server.sent).toHaveLength(bodies.length + 1));
    const last = server.sent.at(-1) as Sent;
    expect(String(last.headers["webhook-signature"]).split(" ")).toHaveLength(2);
    verify(key, last);
    verify(next.key, last);
    expect(() => verify(`whsec_${Buffer.alloc(32).toString("base64")}`, last)).toThrow(WebhookVerificationError);
    expect(() => verify(key, { ...last, body: Buffer.from("{}") })).toThrow(WebhookVerificationError);
  });

  test("an attempt that is made again has the same id, another number, and a timestamp of its own", async () => {
    const server = await startDestination((response) => response.writeHead(server.sent.length === 1 ? 500 : 200).end());
    const { id, key } = await rig.subscribe(server.url);
    const [event] = await rig.keep({});
    let aheadMs = 0;
    rig.deliver({ clock: { now: () => new Date(systemClock.now().getTime() + aheadMs) } });
    await until(async () => expect(await rig.deliveries(id)).toMatchObject([{ state: "waiting", attempts: 1, lastStatus: 500 }]));
    aheadMs = 7_000;
    await rig.age(5_000);
    await until(async () => expect(await rig.deliveries(id)).toMatchObject([{ state: "delivered", attempts: 2, lastStatus: 200 }]));
    expect(server.sent.map((sent) => [sent.id, sent.headers["mooring-attempt"]])).toEqual([
      [event, "1"],
      [event, "2"],
    ]);
    const [first = 0, second = 0] = server.sent.map(({ headers }) => Number(headers["webhook-timestamp"]));
    expect(second - first).toBeGreaterThanOrEqual(7);
    for (const sent of server.sent) verify(key, sent);
    expect(await rig.destination(id)).toMatchObject({ failures: 0, reason: undefined });
  });

  test("only what the filter lets through is sent; the rest is skipped, and Mooring's own events are not filtered", async () => {
    const server = await startDestination();
    const filter = [{ pointer: "/order", is: "equals", value: 7 } as const];
    const { id } = await rig.subscribe(server.url, { filter, ownEvents: ["version.published"] });
    const ids = await rig.keep(
      {},
      { body: Buffer.from('{"order":8}') },
      { origin: "own", type: "version.published", body: Buffer.from("{}"), triggerName: undefined },
    );
    rig.deliver().announce();
    await until(async () => expect((await rig.deliveries(id)).map(({ state }) => state)).toEqual(["delivered", "skipped", "delivered"]));
    expect(server.sent.map((sent) => sent.id).sort()).toEqual([ids[0], ids[2]]);
    expect(await rig.deliveries(id)).toMatchObject([{}, { attempts: 0 }, {}]);
  });

  test("an unverified event is never delivered", async () => {
    const server = await startDestination();
    const { id } = await rig.subscribe(server.url);
    await rig.keep({ origin: "unverified" }, {});
    rig.deliver().announce();
    await until(async () => expect(await rig.deliveries(id)).toMatchObject([{ state: "delivered" }]));
    expect(server.sent).toHaveLength(1);
  });

  test("each destination of a connection is sent the event, and each has its own key", async () => {
    const servers = [await startDestination(), await startDestination(answering(500)), await startDestination()];
    const subscribed = await Promise.all(servers.map(({ url }) => rig.subscribe(url)));
    await rig.keep({}, {});
    rig.deliver().announce();
    await until(() => expect(servers.map(({ sent }) => sent.length)).toEqual([2, 2, 2]));
    for (const [at, { key }] of subscribed.entries()) for (const sent of servers[at]?.sent ?? []) verify(key, sent);
    expect(new Set(subscribed.map(({ key }) => key)).size).toBe(3);
  });

  test("a large body and many small ones arrive whole, while no more is held than allowed", async () => {
    const server = await startDestination();
    await rig.subscribe(server.url);
    const bodies = Array.from({ length: 40 }, (_, at) => Buffer.alloc(at % 8 === 0 ? 1_000_000 : 100, at));
    await rig.keep(...bodies.map((body) => ({ body })));
    let mostBytes = 0;
    const deliverer = rig.deliver({ bounds: { bodyBytesMax: 2_000_000, claimBytesMax: 500_000 } });
    const watch = setInterval(() => {
      mostBytes = Math.max(mostBytes, deliverer.stats().bytes);
    }, 1);
    await until(() => expect(server.sent).toHaveLength(bodies.length));
    clearInterval(watch);
    expect(mostBytes).toBeLessThan(3_500_000);
    const sums = (all: readonly Buffer[]) => all.map((body) => `${body.length} ${body[0]}`).sort();
    expect(sums(server.sent.map(({ body }) => body))).toEqual(sums(bodies));
    await until(() =>
      expect(deliverer.stats()).toMatchObject({ bytes: 0, ended: { delivered: bodies.length }, sending: 0, queued: 0, unwritten: 0 }),
    );
  });

  test("what a log line says of deliveries is no secret and no address", async () => {
    const { key } = await rig.subscribe("http://127.0.0.1:1/secret-path");
    await rig.keep({});
    const deliverer = rig.deliver({ rules: [] });
    await until(() => expect(deliverer.stats().ended.waiting).toBe(1));
    const said = deliverer.logLines.join();
    expect(said).toContain("refused");
    for (const secret of ["secret-path", key.slice(6)]) expect(said).not.toContain(secret);
  });
});
