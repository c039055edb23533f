import { once } from "node:events";
import { connect } from "node:net";
import type { SubscriptionEvent } from "@mooring/contract";
import { createEventSource, type EventSourceMessage } from "eventsource-client";
import { expect, test } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import type { Actor } from "../harness/actors.ts";
import { engines } from "../harness/engines.ts";
import { arrive } from "../harness/events.ts";
import { runMooring } from "../harness/mooring.ts";
import { createConnection, createSubscription, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

onEachEngine("server-sent events", (world) => {
  const org = () => world.mooring.bootstrap.organisation as OrganisationId;
  const subscribed = async () => {
    const { id } = await createConnection(world, smallConnection());
    const subscription = await createSubscription(world, id);
    const path = `/o/${org()}/connections/${id}/subscriptions/${subscription.id}/events`;
    return {
      url: new URL(path, world.mooring.origin),
      params: { connection_id: id, subscription_id: subscription.id },
      come: (changes = [{}]) => arrive(world.mooring.db, org(), id, changes),
    };
  };
  const headersOf = (actor: Actor) => ({ ...actor.headers, accept: "text/event-stream" });
  const eventsKey = () => world.keyWith({ scopes: ["events:read"] });

  test("a client that others wrote gets each event, and goes on behind the last one when it comes again", async () => {
    const { url, params, come } = await subscribed();
    const heard: EventSourceMessage[] = [];
    const source = createEventSource({ url, headers: headersOf(await eventsKey()), onMessage: (message) => heard.push(message) });
    const ids = [...(await come([{}, { body: Buffer.from(`"\u2028\\n\r\n\n"`) }]))];
    await expect.poll(() => heard.length).toBe(2);
    source.close();
    ids.push(...(await come()));
    source.connect();
    await expect.poll(() => heard.length).toBe(3);
    source.close();
    const { body } = await world.must(await world.as("key"), "ReadSubscriptionEvents", { params });
    expect(heard.map(({ data }) => JSON.parse(data) as SubscriptionEvent)).toEqual(body.events);
    expect(heard.map(({ id, event }) => [id, event])).toEqual(body.events.map(({ cursor }) => [cursor, "trigger"]));
    expect(body.events.map(({ id }) => id)).toEqual(ids);
  });

  test("`Last-Event-ID` says where to begin, before `after` and before what was acknowledged", async () => {
    const { url, params, come } = await subscribed();
    await come([{}, {}, {}]);
    const { body } = await world.must(await world.as("key"), "ReadSubscriptionEvents", { params });
    const [first, second, third] = body.events.map(({ cursor }) => cursor);
    const begin = async (query: string, lastEventId?: string) => {
      const headers = { ...headersOf(await eventsKey()), ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }) };
      const [id] = await firstIds(await fetch(`${url}${query}`, { headers }), 1);
      return id;
    };
    expect([await begin(""), await begin(`?after=${first}`), await begin(`?after=${second}`, first)]).toEqual([first, second, second]);
    expect(await begin("", second)).toBe(third);
    const refused = await world.raw(url.pathname, { headers: { ...headersOf(await eventsKey()), "last-event-id": "7" } });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("Last-Event-ID")]);
  });

  test("what is not allowed is refused before it begins, as JSON", async () => {
    const { url } = await subscribed();
    const statusOf = async (actor: Actor, to = url.pathname) => (await world.raw(to, { headers: headersOf(actor) })).status;
    expect(await statusOf(await world.as("readKey"))).toBe(403);
    expect(await statusOf(await world.as("strangerKey"))).toBe(404);
    expect(await statusOf(await world.as("key"), url.pathname.replace(/[^/]{26}\/events/, `${world.newId()}/events`))).toBe(404);
    expect((await world.raw(url.pathname, { headers: { accept: "text/event-stream" } })).status).toBe(401);
    expect(await statusOf(await world.as("key"), `${url.pathname}?after=nowhere`)).toBe(400);
  });

  const endings: [string, () => Promise<Actor>, (actor: Actor) => Promise<unknown>, number][] = [
    ["API key", eventsKey, async ({ id = "" }) => world.must(await world.as("key"), "DeleteApiKey", { params: { api_key_id: id } }), 401],
    ["session", () => member(), ({ headers }) => world.raw("/auth/sign-out", { method: "POST", headers }), 401],
    [
      "membership",
      () => member(),
      async ({ id = "" }) => world.must(await world.as("owner"), "RemoveMember", { params: { user_id: id } }),
      404,
    ],
  ];
  const member = () => world.person(`reader ${world.newId()}`, { role: "viewer", org: org() });

  test.each(endings)("a stream ends when its %s does, and is not let in again", async (_what, make, end, status) => {
    const { url } = await subscribed();
    const actor = await make();
    const stream = await fetch(url, { headers: headersOf(actor) });
    expect(stream.status).toBe(200);
    await end(actor);
    await firstIds(stream, Number.POSITIVE_INFINITY);
    expect((await world.raw(url.pathname, { headers: headersOf(actor) })).status).toBe(status);
  });

  test("readers who leave in every way leave their places", async () => {
    const { url } = await subscribed();
    const headers = Object.entries(headersOf(await eventsKey())).map(([name, value]) => `${name}: ${value}\r\n`);
    for (let round = 0; round < 80; round++) {
      const socket = connect({ host: url.hostname, port: Number(url.port) });
      socket.on("error", () => {});
      await once(socket, "connect");
      socket.write(`GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n${headers.join("")}\r\n`);
      if (round % 4 > 0) await once(socket, "data");
      if (round % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
    // An organisation has 64 places: were only a few of these eighty kept, some of sixty would be refused.
    const streams = await Promise.all(Array.from({ length: 60 }, async () => fetch(url, { headers: headersOf(await eventsKey()) })));
    expect(streams.map(({ status }) => status)).toEqual(Array(60).fill(200));
    await Promise.all(streams.map(({ body }) => body?.cancel()));
  });
});

test.each(engines)("a server that closes ends those who wait and those who listen, on $name", async ({ prepare }) => {
  const place = await prepare();
  const mooring = await runMooring(place, systemClock, { MOORING_SHUTDOWN_DRAIN_MS: "600000" });
  try {
    const { organisation, apiKey } = mooring.bootstrap;
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
    const post = async (path: string, body: object) =>
      (await (await fetch(new URL(path, mooring.origin), { method: "POST", headers, body: JSON.stringify(body) })).json()) as {
        id: string;
      };
    const connection = await post(`/o/${organisation}/protocols/http/connections`, smallConnection());
    const all = `/o/${organisation}/connections/${connection.id}/subscriptions`;
    const { id } = await post(all, { name: "reader" });
    const waiting = fetch(new URL(`${all}/${id}/events?waitMs=30000`, mooring.origin), { headers });
    const stream = await fetch(new URL(`${all}/${id}/events`, mooring.origin), { headers: { ...headers, accept: "text/event-stream" } });
    const reader = stream.body?.getReader();
    await reader?.read();
    // The one who waits is there as well: it was sent before.
    await Promise.all([mooring.close(), expect(waiting.then((answer) => answer.json())).resolves.toMatchObject({ events: [] })]);
    expect((await reader?.read())?.done).toBe(true);
  } finally {
    await mooring.close();
    await place.remove();
  }
});

/** The ids of a stream's events, until there are so many or it ends. */
async function firstIds(stream: Response, count: number): Promise<string[]> {
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const idsOf = () => [...text.matchAll(/^id: (.*)\nevent: /gm)].map(([, id = ""]) => id);
  while (reader && idsOf().length < count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader?.cancel();
  return idsOf().slice(0, count);
}
