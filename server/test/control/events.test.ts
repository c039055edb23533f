import type { EventPage, QueryOf, Scope } from "@mooring/contract";
import fc from "fast-check";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import * as events from "../../src/control/events.ts";
import type { Actor } from "../../src/domain/actor.ts";
import type { StoredEvent } from "../../src/domain/event.ts";
import {
  type ApiKeyId,
  type ConnectionId,
  type EnvironmentId,
  type EventId,
  type OrganisationId,
  startOfIds,
} from "../../src/kernel/ids.ts";
import type { SearchBounds } from "../../src/store/event-search.ts";
import { keepEvents, keptEvent } from "../harness/events.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { at, createConnection, createSubscription, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

type EventsQuery = QueryOf<"ListEvents">;

const startMs = 1_800_000_000_000;
const timeAt = (ms: number) => new Date(startMs + ms);

onEachEngine("the inbox", (world) => {
  let org: OrganisationId;
  let connectionId: ConnectionId;
  let environments: [EnvironmentId, EnvironmentId];
  let all: StoredEvent[];

  async function newConnection() {
    const environment = (name: string) => ({ name, credentials: {}, variables: [] });
    const created = await createConnection(world, smallConnection({ environments: [environment("dev"), environment("test")] }));
    const ids = created.environments.map(({ id }) => id as EnvironmentId);
    return { connectionId: created.id as ConnectionId, environments: [at(ids, 0), at(ids, 1)] as [EnvironmentId, EnvironmentId] };
  }

  /** An id made a little after the event came, as they are. */
  let number = 0;
  const idAt = (ms: number) => {
    number += 1;
    return `${startOfIds(timeAt(ms))}${String(number).padStart(16, "0")}` as EventId;
  };
  const eventAt = (ms: number, changes: Partial<StoredEvent> = {}) =>
    keptEvent({ connectionId, id: idAt(ms + (ms % 40)), receivedAt: timeAt(ms), ...changes });

  beforeAll(async () => {
    org = world.mooring.bootstrap.organisation as OrganisationId;
    ({ connectionId, environments } = await newConnection());
    const [dev, other] = environments;
    // Over twenty minutes, so that some are surely in a range by their id, and others by when they came.
    all = Array.from({ length: 120 }, (_, place) => {
      const origin = place % 10 === 3 ? "own" : place % 3 === 0 ? "unverified" : "verified";
      const isOwn = origin === "own";
      return eventAt(place * 10_000 + (place % 7), {
        origin,
        type: isOwn ? "version.published" : "trigger",
        environmentId: isOwn ? undefined : place % 4 === 0 ? other : dev,
        triggerName: isOwn ? undefined : place % 5 === 0 ? "refund" : "order",
        ...(origin === "unverified" ? {} : { position: place + 1 }),
      });
    });
    await keepEvents(world.mooring.db, org, all);
  });

  const actorOf = (limits: Partial<Actor> = {}): Actor => ({
    kind: "api-key",
    id: world.newId() as ApiKeyId,
    org,
    scopes: new Set<Scope>(["events:read"]),
    mayChangeProductionSecrets: false,
    ...limits,
  });

  const page = (actor: Actor, query: EventsQuery, bounds?: SearchBounds, of = connectionId): Promise<EventPage> => {
    const { db } = world.mooring;
    const deps = { db, clock: world.clock, newId: world.newId as never, ...(bounds ? { bounds } : {}) };
    return events.list(deps, { actor, requestId: "r" }, of, query);
  };

  /** From the newest on, until there is no more; `between` runs before each page but the first. */
  async function pages(actor: Actor, query: EventsQuery, bounds?: SearchBounds, between = async () => {}): Promise<EventPage[]> {
    const seen = [await page(actor, query, bounds)];
    for (let next = seen[0]?.next; next !== undefined; next = seen.at(-1)?.next) {
      await between();
      seen.push(await page(actor, { ...query, after: next }, bounds));
      if (seen.length > 1000) throw new Error("The pages do not end.");
    }
    return seen;
  }

  const idsOf = (one: EventPage) => one.events.map(({ id }) => id);

  /** What the list must give, said without windows or cursors. */
  function expectedOf(query: EventsQuery, limits: Partial<Actor> = {}): string[] {
    const { environment, trigger, origin, from, to } = query;
    const named = { dev: environments[0], test: environments[1] }[environment ?? ""] ?? environment;
    return all
      .filter(
        (event) =>
          (named === undefined || event.environmentId === named) &&
          (trigger === undefined || event.triggerName === trigger) &&
          (origin === undefined || event.origin === origin) &&
          (from === undefined || event.receivedAt >= new Date(from)) &&
          (to === undefined || event.receivedAt < new Date(to)) &&
          (limits.environments === undefined || limits.environments.has(event.environmentId ?? "")),
      )
      .map(({ id }) => id)
      .sort()
      .reverse();
  }

  const anyQuery: fc.Arbitrary<EventsQuery> = fc.record(
    {
      environment: fc.constantFrom("dev", "test"),
      trigger: fc.constantFrom("order", "refund", "none"),
      origin: fc.constantFrom("verified", "unverified", "own"),
      // At the very time of events, too.
      from: fc.nat(119).map((place) => (all[place] as StoredEvent).receivedAt.toISOString()),
      to: fc.nat(1_300_000).map((ms) => timeAt(ms).toISOString()),
    },
    { requiredKeys: [] },
  );

  test("gives what a model gives, page by page and back, whatever is asked for and however little one search looks through", {
    timeout: propertyTimeoutMs,
  }, async () => {
    const bounds = fc.record({ windows: fc.integer({ min: 1, max: 3 }), windowRows: fc.integer({ min: 1, max: 40 }) });
    const limits = fc.option(
      fc.nat(1).map((place) => ({ environments: new Set<string>([environments[place] as string]) })),
      { nil: {} },
    );
    await fc.assert(
      fc.asyncProperty(anyQuery, fc.integer({ min: 1, max: 30 }), fc.option(bounds), limits, async (query, first, bound, limit) => {
        const named = query.environment === "test" ? environments[1] : environments[0];
        fc.pre(query.environment === undefined || !("environments" in limit) || limit.environments.has(named));
        const actor = actorOf(limit);
        const expected = expectedOf(query, limit);
        const forth = await pages(actor, { ...query, first }, bound ?? undefined);
        expect(forth.flatMap(idsOf)).toEqual(expected);
        expect(forth[0]).not.toHaveProperty("prev");
        expect(new Set(forth.map(({ totalCount }) => totalCount))).toEqual(new Set([expected.length]));
        if (!bound) expect(forth.slice(0, -1).every((one) => one.events.length === first)).toBe(true);

        const back = [forth.at(-1) as EventPage];
        for (let prev = back[0]?.prev; prev !== undefined; prev = back[0]?.prev)
          back.unshift(await page(actor, { ...query, first, before: prev }, bound ?? undefined));
        expect(back.flatMap(idsOf)).toEqual(expected);
      }),
      { numRuns: trials({ change: 60, long: 3000 }) },
    );
  });

  test("while events come in and go, none is twice, and none is skipped that stays", async () => {
    const own = await newConnection();
    const keep = (ms: number) => {
      const event = eventAt(ms, { connectionId: own.connectionId });
      return keepEvents(world.mooring.db, org, [event]).then(() => event.id);
    };
    const before: string[] = [];
    for (let ms = 0; ms < 30; ms += 1) before.unshift(await keep(ms));
    const seen: string[] = [];
    for (let after: string | undefined, later = 1000; ; later += 1) {
      const one = await page(actorOf(), { first: 4, ...(after === undefined ? {} : { after }) }, undefined, own.connectionId);
      seen.push(...idsOf(one));
      await keep(later);
      // The very one that the cursor names goes, as the oldest of what is unverified does.
      const last = one.events.at(-1)?.id ?? "";
      await world.mooring.db.write(org, (tx) => tx.run(sql`delete from events where org_id = ${org} and id = ${last}`));
      after = one.next;
      if (after === undefined) break;
    }
    expect(seen).toEqual(before);
  });

  describe("shows", () => {
    test("an event as it came, with how it was verified and where it goes", async () => {
      const step = { what: "signature", passed: true, message: "It is the one that was expected." };
      const event = eventAt(2_000_000, {
        environmentId: environments[0],
        position: 5000,
        sequence: 7,
        headers: ["X-One", "1", "x-one", "2"],
        fits: false,
        faults: [{ field: "body.id", message: "This is required." }],
        verification: { passed: true, steps: [step] },
        body: Buffer.from('\ufeff{"漢": 1}\r\n'),
      });
      await keepEvents(world.mooring.db, org, [event]);
      await world.mooring.db.write(org, (tx) => tx.run(sql`update events set duplicates = 3 where org_id = ${org} and id = ${event.id}`));
      const subscriptions = await Promise.all([1, 2].map(() => createSubscription(world, connectionId)));
      const rows = subscriptions.map(({ id }, place) =>
        place === 0
          ? sql`(${org}, ${id}, ${event.id}, 'waiting', 2, ${startMs}, ${timeAt(5).toISOString()}, 503, 'It answered 503.')`
          : sql`(${org}, ${id}, ${event.id}, 'delivered', 1, 0, ${timeAt(6).toISOString()}, 200, null)`,
      );
      await world.mooring.db.write(org, (tx) =>
        tx.run(sql`
          insert into deliveries (org_id, subscription_id, event_id, state, attempts, due_at, last_attempt_at, last_status, last_error)
          values ${sql.join(rows)}
        `),
      );
      const params = { connection_id: connectionId, event_id: event.id };
      const { body, headers } = await world.must(await world.as("viewer"), "GetEvent", { params });
      const [one, other] = subscriptions.map(({ id }) => id);
      const deliveries = [
        {
          event: event.id,
          subscription: one,
          state: "waiting",
          attempts: 2,
          nextAttemptAt: timeAt(0).toISOString(),
          lastAttemptAt: timeAt(5).toISOString(),
          lastStatus: 503,
          lastError: "It answered 503.",
        },
        { event: event.id, subscription: other, state: "delivered", attempts: 1, lastAttemptAt: timeAt(6).toISOString(), lastStatus: 200 },
      ].sort((first, second) => ((first.subscription ?? "") < (second.subscription ?? "") ? -1 : 1));
      expect(body).toEqual({
        id: event.id,
        origin: "verified",
        type: "trigger",
        environment: environments[0],
        trigger: "order",
        sequence: 7,
        receivedAt: event.receivedAt.toISOString(),
        method: "POST",
        contentType: "application/json",
        bytes: 15,
        fits: false,
        duplicates: 3,
        target: "/hook?page=2",
        headers: [
          { name: "X-One", value: "1" },
          { name: "x-one", value: "2" },
        ],
        body: '\ufeff{"漢": 1}\r\n',
        faults: [{ field: "body.id", message: "This is required." }],
        verification: { passed: true, steps: [step] },
        deliveries,
      });
      expect(headers.get("etag")).toMatch(/^"/);
    });

    test("a body that is no UTF-8 in base64, and no more than a hundred deliveries", async () => {
      const event = eventAt(2_100_000, { body: Buffer.from([0xff, 0, 0xfe]), position: 5001 });
      await keepEvents(world.mooring.db, org, [event]);
      const statements = Array.from({ length: 101 }, () => {
        const id = world.newId();
        return [
          sql`insert into subscriptions (org_id, id, connection_id, name, created_at, updated_at) values (${org}, ${id}, ${connectionId}, ${id}, '', '')`,
          sql`insert into deliveries (org_id, subscription_id, event_id, state, due_at) values (${org}, ${id}, ${event.id}, 'dead', 0)`,
        ];
      });
      await world.mooring.db.write(org, async (tx) => {
        for (const statement of statements.flat()) await tx.run(statement);
      });
      const params = { connection_id: connectionId, event_id: event.id };
      const { body } = await world.must(await world.as("key"), "GetEvent", { params });
      expect(body).toMatchObject({ bodyBase64: "/wD+", bytes: 3 });
      expect(body).not.toHaveProperty("body");
      expect(body.deliveries).toHaveLength(100);
    });
  });

  describe("refuses", () => {
    const list = async (actor: Parameters<typeof world.send>[0], query: EventsQuery, of: string = connectionId) =>
      world.send(actor, "ListEvents", { params: { connection_id: of }, query });

    test.each([
      ["a name that no environment has", { environment: "nowhere" }, "environment"],
      ["an environment with a NUL", { environment: "\0" }, "environment"],
      ["a trigger whose name none can have", { trigger: "a\0b" }, "trigger"],
      ["a leap second as `from`", { from: "2026-12-31T23:59:60Z" }, "from"],
      ["a leap second as `to`", { to: "2026-12-31T23:59:60Z" }, "to"],
    ])("%s", async (_name, query, field) => {
      const { status, error } = await list(await world.as("key"), query);
      expect({ status, fields: error.fields?.map((fault) => fault.field) }).toEqual({ status: 400, fields: [field] });
    });

    test("an environment that is gone leaves what came to it, by its id", async () => {
      const own = await newConnection();
      const event = eventAt(1, { connectionId: own.connectionId, environmentId: own.environments[1] });
      await keepEvents(world.mooring.db, org, [event]);
      const key = await world.as("key");
      const params = { connection_id: own.connectionId, environment_id: own.environments[1] };
      await world.must(key, "DeleteEnvironment", { params });
      expect((await list(key, { environment: own.environments[1] }, own.connectionId)).body.events.map(({ id }) => id)).toEqual([event.id]);
    });

    test("whoever asks for events of a connection that is gone: they go when their time is over, and are not to be had before", async () => {
      const own = await newConnection();
      const event = eventAt(1, { connectionId: own.connectionId, environmentId: own.environments[0] });
      await keepEvents(world.mooring.db, org, [event]);
      const key = await world.as("key");
      await world.must(key, "DeleteConnection", { params: { connection_id: own.connectionId } });
      expect((await list(key, {}, own.connectionId)).status).toBe(404);
      const params = { connection_id: own.connectionId, event_id: event.id };
      for (const operation of ["GetEvent", "VerifyEvent"] as const) expect((await world.send(key, operation, { params })).status).toBe(404);
      expect((await world.send(key, "DeliverEvent", { params, body: {} })).status).toBe(404);
    });

    test("a key what is beyond its limits", async () => {
      const [dev, other] = environments;
      const elsewhere = await newConnection();
      const ofConnection = await world.keyWith({ scopes: ["events:read"], connections: [elsewhere.connectionId] });
      expect((await list(ofConnection, {})).error.code).toBe("forbidden");
      expect((await list(ofConnection, {}, elsewhere.connectionId)).status).toBe(200);

      const limited = await world.keyWith({ scopes: ["events:read", "events:write"], environments: [dev] });
      expect((await list(limited, { environment: other })).error.code).toBe("forbidden");
      expect((await list(limited, { environment: "test" })).error.code).toBe("forbidden");
      const seen = (await list(limited, { first: 100 })).body;
      expect(new Set(seen.events.map(({ environment }) => environment))).toEqual(new Set([dev]));
      expect(seen.totalCount).toBeLessThan(all.length);
      for (const event of [all.find(({ environmentId }) => environmentId === other), all.find(({ origin }) => origin === "own")]) {
        const params = { connection_id: connectionId, event_id: event?.id ?? "" };
        expect((await world.send(limited, "GetEvent", { params })).error.code).toBe("forbidden");
      }
      const own = all.find(({ environmentId }) => environmentId === dev)?.id ?? "";
      await world.must(limited, "GetEvent", { params: { connection_id: connectionId, event_id: own } });
      // An event is found below its own connection only.
      expect(
        (await world.send(await world.as("key"), "GetEvent", { params: { connection_id: elsewhere.connectionId, event_id: own } })).status,
      ).toBe(404);
    });
  });
});
