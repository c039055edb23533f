import type { Scope } from "@mooring/contract";
import { afterEach, describe, expect, test } from "vitest";
import { createReaders, type Held, type Readers } from "../../src/control/readers.ts";
import type { Actor } from "../../src/domain/actor.ts";
import type { StoredEvent } from "../../src/domain/event.ts";
import { cursorOf, positionOf } from "../../src/domain/event-cursor.ts";
import { Problem } from "../../src/kernel/errors.ts";
import type { ApiKeyId, ConnectionId, OrganisationId, SubscriptionId } from "../../src/kernel/ids.ts";
import { createArrivals } from "../../src/traffic/arrivals.ts";
import { arrive } from "../harness/events.ts";
import { createConnection, createSubscription, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

onEachEngine("readers", (world) => {
  const all: Readers[] = [];
  afterEach(() => {
    for (const readers of all.splice(0)) readers.close();
  });
  const org = () => world.mooring.bootstrap.organisation as OrganisationId;
  const open = (settings: object = {}) => {
    const arrivals = createArrivals();
    const readers = createReaders({ db: world.mooring.db, arrivals, ...settings });
    all.push(readers);
    return { readers, arrivals };
  };
  const subscribed = async () => {
    const { id } = await createConnection(world, smallConnection());
    const subscription = await createSubscription(world, id);
    const after = positionOf(subscription.acknowledged) ?? 0;
    const reading = { connectionId: id as ConnectionId, id: subscription.id as SubscriptionId, after, first: 20 };
    const come = (...changes: Partial<StoredEvent>[]) => arrive(world.mooring.db, org(), id, changes.length > 0 ? changes : undefined);
    return { reading, params: { connection_id: id, subscription_id: subscription.id }, come };
  };
  const actor = (): Actor => ({
    kind: "api-key",
    id: "01KAKEY00000000000000000A1" as ApiKeyId,
    org: org(),
    scopes: new Set<Scope>(["events:read"]),
    mayChangeProductionSecrets: false,
  });
  const hold = (ask: () => Promise<Actor> = async () => actor()) => {
    const gone = new AbortController();
    return { held: { signal: gone.signal, actor: ask } satisfies Held, go: () => gone.abort() };
  };
  const refused = () => Promise.reject(new Problem("unauthenticated"));

  describe("one who waits", () => {
    test("is told at once of what this process kept, without a question to the database in between", async () => {
      const { readers, arrivals } = open({ askMs: 3_600_000, recheckMs: 3_600_000 });
      const { reading, come } = await subscribed();
      const { held } = hold();
      const waiting = readers.poll(held, reading, 60_000);
      const [id] = await come();
      // Announced until it is heard: the reader may not have begun to wait.
      const announcing = setInterval(() => arrivals.announce({ org: org(), connectionId: reading.connectionId }), 5);
      expect((await waiting.finally(() => clearInterval(announcing))).events).toMatchObject([{ id }]);
    });

    test("hears of what another process kept", async () => {
      const { readers } = open();
      const { reading, come } = await subscribed();
      const waiting = readers.poll(hold().held, reading, 60_000);
      const [id] = await come();
      expect((await waiting).events).toMatchObject([{ id }]);
    });

    test("is given nothing when nothing came, and goes on from where it was", async () => {
      const { readers } = open();
      const { reading } = await subscribed();
      expect(await readers.poll(hold().held, reading, 30)).toEqual({ events: [], position: reading.after, isAtEnd: true });
    });

    test("is not woken by what is behind its position already, or for others", async () => {
      const { readers } = open({ askMs: 1 });
      const [one, other] = [await subscribed(), await subscribed()];
      await one.come();
      await other.come();
      expect((await readers.poll(hold().held, { ...one.reading, after: 1 }, 100)).events).toEqual([]);
    });

    test("ends when the caller goes, and when the server closes", async () => {
      const { readers } = open();
      const { reading } = await subscribed();
      const { held, go } = hold();
      const [left, kept] = [readers.poll(held, reading, 3_600_000), readers.poll(hold().held, reading, 3_600_000)];
      go();
      expect((await left).events).toEqual([]);
      readers.close();
      expect((await kept).events).toEqual([]);
    });

    test("is refused as soon as it may no longer read", async () => {
      const { readers } = open({ recheckMs: 10 });
      const { reading } = await subscribed();
      let asked = 0;
      const { held } = hold(async () => (++asked < 3 ? actor() : refused()));
      await expect(readers.poll(held, reading, 3_600_000)).rejects.toMatchObject({ code: "unauthenticated" });
    });

    test("is one of a bounded number, and an organisation's are a quarter of it", async () => {
      const { readers } = open({ readersMax: 8 });
      const { reading } = await subscribed();
      const callers = [hold(), hold()];
      const waiting = callers.map(({ held }) => readers.poll(held, reading, 3_600_000));
      await expect(readers.poll(hold().held, reading, 10)).rejects.toMatchObject({ code: "overloaded", retryAfterSeconds: 2 });
      await expect(readers.stream(hold().held, reading).next()).rejects.toMatchObject({ code: "overloaded" });
      callers[0]?.go();
      await waiting[0];
      expect((await readers.poll(hold().held, reading, 10)).events).toEqual([]);
      callers[1]?.go();
      await waiting[1];
    });
  });

  describe("a stream", () => {
    const piece = async (made: AsyncGenerator<string, void, undefined>) => (await made.next()).value ?? "(ended)";

    test("gives each event with its cursor, its type and all that a reading gives of it", async () => {
      const { readers } = open();
      const { reading, params, come } = await subscribed();
      await come();
      const made = readers.stream(hold().held, reading);
      expect(await piece(made)).toBe("retry: 1000\n\n");
      const { body } = await world.must(await world.as("key"), "ReadSubscriptionEvents", { params });
      const [event] = body.events;
      expect(await piece(made)).toBe(`id: ${event?.cursor}\nevent: trigger\ndata: ${JSON.stringify(event)}\n\n`);
      const [second] = await come();
      expect(await piece(made)).toContain(`"id":"${second}"`);
      await made.return();
    });

    test("gives a sign of life where nothing comes, which says how far it is", async () => {
      const { readers } = open({ heartbeatMs: 20 });
      const { reading } = await subscribed();
      const made = readers.stream(hold().held, reading);
      await piece(made);
      expect([await piece(made), await piece(made)]).toEqual(Array(2).fill(`:\nid: ${cursorOf(reading.after)}\n\n`));
      await made.return();
    });

    test("ends with the caller, with the server, with the rights to it and with the subscription", async () => {
      const { readers } = open({ recheckMs: 10, heartbeatMs: 50 });
      const { reading, params } = await subscribed();
      let isRevoked = false;
      const leaving = hold();
      const callers = [leaving.held, hold(async () => (isRevoked ? refused() : actor())).held, hold().held];
      const [left = empty(), revoked = empty(), deleted = empty()] = callers.map((held) => readers.stream(held, reading));
      for (const made of [left, revoked, deleted]) expect(await piece(made)).toBe("retry: 1000\n\n");
      const ends = async (made: AsyncGenerator<string, void, undefined>) => {
        for await (const more of made) expect(more).toMatch(/^:/);
        return true;
      };
      leaving.go();
      expect(await ends(left)).toBe(true);
      isRevoked = true;
      expect(await ends(revoked)).toBe(true);
      await world.must(await world.as("key"), "DeleteSubscription", { params });
      expect(await ends(deleted)).toBe(true);
      const other = await subscribed();
      const closed = readers.stream(hold().held, other.reading);
      await piece(closed);
      readers.close();
      expect(await ends(closed)).toBe(true);
    });

    test("ends when too much of its organisation's is not taken: who comes again goes on from there, and short events pass", async () => {
      const { readers } = open({ untakenMax: 400_000 });
      const { reading, come } = await subscribed();
      const large = { body: Buffer.alloc(60_000, "x") };
      const [first, second] = await come({}, large, large);
      const deaf = readers.stream(hold().held, reading);
      for (const expected of ["retry: 1000", `"id":"${first}"`, `"id":"${second}"`]) expect(await piece(deaf)).toContain(expected);
      const other = readers.stream(hold().held, reading);
      expect(await piece(other)).toBe("retry: 1000\n\n");
      const given = await piece(other);
      expect(given).toContain(`"id":"${first}"`);
      expect(await piece(other)).toBe("(ended)");
      await deaf.return();
      const after = positionOf(/^id: (.*)$/m.exec(given)?.[1] ?? "");
      const again = readers.stream(hold().held, { ...reading, after });
      await piece(again);
      expect(await piece(again)).toContain(`"id":"${second}"`);
      await again.return();
    });

    test("who takes long for one event is asked for the right to the next", async () => {
      const { readers } = open({ recheckMs: 0 });
      const { reading, come } = await subscribed();
      await come();
      await come();
      let isRevoked = false;
      const made = readers.stream(hold(async () => (isRevoked ? refused() : actor())).held, reading);
      expect([await piece(made), await piece(made)].join("")).toContain("event: trigger");
      isRevoked = true;
      expect(await piece(made)).toBe("(ended)");
    });

    test("gives its place back, however it ends", async () => {
      const { readers } = open({ readersMax: 1 });
      const { reading } = await subscribed();
      for (let time = 0; time < 3; time++) {
        const made = readers.stream(hold().held, reading);
        await piece(made);
        await made.return();
      }
      const nowhere = readers.stream(hold().held, { ...reading, id: "01KAN0SUBSCR1PT10N0000000A" as SubscriptionId });
      await expect(nowhere.next()).rejects.toMatchObject({ code: "not_found" });
      expect(await piece(readers.stream(hold().held, reading))).toBe("retry: 1000\n\n");
    });
  });
});

async function* empty(): AsyncGenerator<string, void, undefined> {}
