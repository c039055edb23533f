import type { Subscription } from "@mooring/contract";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { createSeals } from "../../src/credentials/seals.ts";
import { openSigningKeys } from "../../src/credentials/signing-keys.ts";
import type { OrganisationId, SubscriptionId } from "../../src/kernel/ids.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { getDestination } from "../../src/store/destinations.ts";
import { loadMasterKey } from "../../src/vault/master.ts";
import { createVault } from "../../src/vault/vault.ts";
import { arrive, haltDestination } from "../harness/events.ts";
import { createConnection, createSubscription, newEnvironment, readConnection, smallConnection } from "../harness/samples.ts";
import { scenarios } from "../harness/scenarios.ts";
import { loopback, onEachEngine } from "../harness/world.ts";

const url = "https://8.8.8.8/hooks/mooring?from=mooring";
/** Where nobody listens. */
const nobodys = "http://127.0.0.1:9/";
const elsewhere = "https://1.1.1.1/hooks";

onEachEngine(
  "destinations",
  (world) => {
    const org = () => world.mooring.bootstrap.organisation as OrganisationId;
    const given = async () => {
      const { id } = await createConnection(world, smallConnection({ environments: [newEnvironment("dev"), newEnvironment("test")] }));
      return { connection_id: id };
    };
    const placed = async (destination = { url }) => {
      const params = await given();
      const subscription = await createSubscription(world, params.connection_id, { name: "billing", destination });
      return { params: { ...params, subscription_id: subscription.id }, subscription };
    };
    const writer = () => world.keyWith({ scopes: ["connections:read", "connections:write"] });
    const read = async (params: Record<string, string>) => (await world.must(await world.as("key"), "GetSubscription", { params })).body;
    const update = async (params: Record<string, string>, body: Partial<Subscription>) => {
      const { body: after } = await world.must(await world.as("key"), "UpdateSubscription", {
        params,
        body: { ...(await read(params)), ...body },
      });
      if (after.key !== undefined) world.shownOnce.push(after.key);
      return after;
    };
    const waiting = async (params: Record<string, string>) =>
      (await world.must(await world.as("key"), "ListDeliveries", { params, query: { state: "waiting" } })).body;
    const lastAudit = async () => (await world.must(await world.as("key"), "ListAudit", { query: { first: 1 } })).body.items[0];
    /** The keys that sign for it at this moment, as whoever sends opens them. */
    const signing = async (id: string) => {
      const vault = createVault(loadMasterKey({ dataDir: "", configured: new Secret(world.mooring.masterKey), mayGenerate: false }));
      const sealer = await createSeals({ db: world.mooring.db, vault }).of(org());
      const destination = await world.mooring.db.read(org(), (tx) => getDestination(tx, org(), id as SubscriptionId));
      return openSigningKeys(sealer, id as SubscriptionId, destination?.keys ?? [], world.clock.now()).map((key) => key.reveal());
    };

    scenarios(world, { title: "creating", operation: "CreateSubscription", given }, [
      {
        name: "shows the key once, and from then on how it begins",
        send: (params) => ({ params, body: { name: "billing", destination: { url } } }),
        expect: 201,
        after: async ({ body, headers }, params) => {
          const { key = "", ...subscription } = body;
          world.shownOnce.push(key);
          expect(key).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
          expect(subscription.destination).toMatchObject({ url, state: "active", failures: 0, keys: [{ hint: key.slice(0, 10) }] });
          expect(headers.get("etag")).toBeNull();
          expect(await read({ ...params, subscription_id: body.id })).toEqual(subscription);
          expect(await signing(body.id)).toEqual([key]);
        },
      },
      ...[
        ["user info", "https://user:pw@8.8.8.8/"],
        ["a fragment", "https://8.8.8.8/#part"],
        ["another scheme", "ftp://8.8.8.8/"],
        ["plain http to the internet", "http://8.8.8.8/"],
        ["an address of a private network", "https://10.0.0.1/"],
        ["a metadata service", "https://169.254.169.254/latest"],
        ["nonsense", "https://"],
      ].map(([what = "", refused]) => ({
        name: `${what} is 400, with every other fault`,
        send: (params: { connection_id: string }) => ({
          params,
          body: { name: "billing", version: "9", destination: { url: refused }, filter: [{ pointer: "/a", is: "less" }] },
        }),
        expect: 400,
        fields: ["destination.url", "filter[0].value", "version"],
      })),
      {
        name: "plain http is taken where the operator allows it",
        send: (params) => ({ params, body: { name: "billing", destination: { url: "http://127.0.0.1:8080/" } } }),
        expect: 201,
        after: ({ body }) => void world.shownOnce.push(body.key ?? ""),
      },
      {
        name: "a name that does not resolve yet is taken",
        send: (params) => ({ params, body: { name: "billing", destination: { url: "https://hooks.invalid/" } } }),
        expect: 201,
        after: ({ body }) => void world.shownOnce.push(body.key ?? ""),
      },
      {
        name: "needs events:write (D-6)",
        as: writer,
        send: (params) => ({ params, body: { name: "billing", destination: { url } } }),
        expect: 403,
      },
      {
        name: "trigger, own events and filter are kept as they were sent",
        send: (params) => ({ params, body: { name: "billing", ...wishes } }),
        expect: 201,
        after: ({ body }) => expect(body).toMatchObject(wishes),
      },
      {
        name: "own events alone are none of a trigger",
        send: (params) => ({ params, body: { name: "alerts", ownEventsOnly: true, ownEvents: ["version.published"] } }),
        expect: 201,
        after: ({ body }) => {
          expect(body).toMatchObject({ ownEventsOnly: true, ownEvents: ["version.published"] });
          expect(body).not.toHaveProperty("trigger");
        },
      },
      {
        name: "own events alone, with a trigger and a filter and none of them said, is 400",
        send: (params) => ({ params, body: { name: "alerts", ...wishes, ownEventsOnly: true, ownEvents: [] } }),
        expect: 400,
        fields: ["ownEvents", "trigger", "filter"],
      },
    ]);

    scenarios(world, { title: "changing", operation: "UpdateSubscription", given: () => placed() }, [
      {
        name: "without events:write, the name may be changed and nothing of what is sent where (D-6)",
        as: writer,
        send: ({ params, subscription }) => ({ params, body: { ...subscription, name: "other" } }),
        expect: 200,
      },
      ...Object.entries({
        "another destination": { destination: { url: elsewhere } },
        "no destination": { destination: undefined },
        "another environment": { environment: "dev" },
        "another trigger": { trigger: "order" },
        "other own events": { ownEvents: ["version.published"] },
        "own events alone": { ownEvents: ["version.published"], ownEventsOnly: true },
        "another filter": { filter: [{ pointer: "/a", is: "exists" }] },
      }).map(([what, change]) => ({
        name: `${what} needs events:write (D-6)`,
        as: writer,
        send: ({ params, subscription }: Awaited<ReturnType<typeof placed>>) => ({ params, body: { ...subscription, ...change } }),
        expect: 403,
      })),
      {
        name: "another id than the path's is 400",
        send: ({ params, subscription }) => ({ params, body: { ...subscription, id: world.newId() } }),
        expect: 400,
        fields: ["id"],
      },
      {
        name: "a name that another subscription has is 409",
        given: ({ params }) => createSubscription(world, params.connection_id, { name: "taken" }),
        send: ({ params, subscription }) => ({ params, body: { ...subscription, name: "taken" } }),
        expect: 409,
        code: "name_taken",
      },
      {
        name: "a destination that may not be called is 400, and the one before stays",
        send: ({ params, subscription }) => ({ params, body: { ...subscription, destination: { url: "https://10.0.0.1/" } } }),
        expect: 400,
        fields: ["destination.url"],
      },
    ]);

    test("what is left out is unset, and what it was may be sent back", async () => {
      const { params } = await placed();
      const full = await update(params, wishes as never);
      const { id, name } = full;
      const { body: bare } = await world.must(await world.as("key"), "UpdateSubscription", { params, body: { id, name } });
      expect(Object.keys(bare).sort()).toEqual(["acknowledged", "createdAt", "id", "name", "updatedAt"]);
      expect(await update(params, wishes as never)).toMatchObject(wishes);
    });

    test("another path keeps the key, another origin gets one of its own, and the answer is the only one that has it", async () => {
      const { params, subscription } = await placed();
      const before = await signing(subscription.id);
      const moved = await update(params, { destination: { url: "https://8.8.8.8/other" } as never });
      expect([moved.key, moved.destination?.keys]).toEqual([undefined, subscription.destination?.keys]);
      const other = await update(params, { destination: { url: elsewhere } as never });
      expect(other.key).toMatch(/^whsec_/);
      expect(await signing(subscription.id)).toEqual([other.key]);
      expect(before).not.toContain(other.key);
      const { key: _key, ...shown } = other;
      expect(await read(params)).toEqual(shown);
      expect(await lastAudit()).toMatchObject({
        operation: "subscription.updated",
        changes: [
          { field: "destination.url", before: "https://8.8.8.8/other", after: elsewhere },
          { field: "destination.keys", after: other.key?.slice(0, 10) },
        ],
      });
    });

    test("the tag of an update that shows a key is that of the reading after it", async () => {
      const { params } = await placed();
      const key = await world.as("key");
      const body = { ...(await read(params)), destination: { url: elsewhere } };
      const updated = await world.must(key, "UpdateSubscription", { params, body });
      world.shownOnce.push(updated.body.key ?? "");
      expect((await world.must(key, "GetSubscription", { params })).headers.get("etag")).toBe(updated.headers.get("etag"));
    });

    test("a destination that goes takes what waited for it, and what was kept for it in between never comes to the next one", async () => {
      const { params } = await placed();
      await haltDestination(world.mooring.db, org(), params.subscription_id);
      const [first = ""] = await arrive(world.mooring.db, org(), params.connection_id, [{}, {}]);
      expect((await waiting(params)).totalCount).toBe(2);
      const { destination: _gone, ...without } = await read(params);
      await world.must(await world.as("key"), "UpdateSubscription", { params, body: without });
      expect(await lastAudit()).toMatchObject({ changes: [{ field: "destination" }, { field: "waitingDeliveries", before: 2 }] });
      expect((await waiting(params)).totalCount).toBe(0);
      // As by a transaction that had seen the destination, and committed after it went.
      await world.mooring.db.write(org(), (tx) =>
        tx.run(
          sql`insert into deliveries (org_id, subscription_id, event_id, state, due_at) values (${org()}, ${params.subscription_id}, ${first}, 'waiting', 1)`,
        ),
      );
      await update(params, { destination: { url } as never });
      expect((await waiting(params)).totalCount).toBe(0);
    });

    test("deleting a subscription takes its deliveries along, and needs events:write where it has a destination", async () => {
      const { params } = await placed();
      await haltDestination(world.mooring.db, org(), params.subscription_id);
      await arrive(world.mooring.db, org(), params.connection_id);
      expect((await world.send(await writer(), "DeleteSubscription", { params })).status).toBe(403);
      await world.must(await world.as("key"), "DeleteSubscription", { params });
      const left = await world.mooring.db.read(org(), (tx) =>
        tx.first(
          sql<{
            rows: number | string;
          }>`select count(*) as rows from deliveries where org_id = ${org()} and subscription_id = ${params.subscription_id}`,
        ),
      );
      expect(Number(left?.rows)).toBe(0);
    });

    describe("rotating the key", () => {
      const rotate = async (params: Record<string, string>, body: object = {}) => {
        const { body: after } = await world.must(await world.as("key"), "RotateSubscriptionKey", { params, body });
        world.shownOnce.push(after.key ?? "");
        return after;
      };

      test("the one before signs until the overlap has passed, and not after", async () => {
        const { params, subscription } = await placed();
        const [old = ""] = await signing(subscription.id);
        const { key: fresh, destination, updatedAt } = await rotate(params, { overlapSeconds: 60 });
        expect(await signing(subscription.id)).toEqual([fresh, old]);
        expect(destination?.keys.map(({ expiresAt }) => expiresAt === undefined)).toEqual([true, false]);
        expect(updatedAt > subscription.updatedAt).toBe(true);
        world.clock.advance(61_000);
        expect(await signing(subscription.id)).toEqual([fresh]);
        expect((await rotate(params)).destination?.keys).toHaveLength(2);
      });

      test("without an overlap the others are worthless at once", async () => {
        const { params, subscription } = await placed();
        await rotate(params, { overlapSeconds: 3600 });
        const { key } = await rotate(params, { overlapSeconds: 0 });
        expect(await signing(subscription.id)).toEqual([key]);
      });

      test("a second rotation within the overlap leaves no key longer than it had", async () => {
        const { params, subscription } = await placed();
        const first = (await rotate(params, { overlapSeconds: 60 })).destination?.keys[1]?.expiresAt;
        const keys = (await rotate(params, { overlapSeconds: 3600 })).destination?.keys ?? [];
        expect(keys[2]?.expiresAt).toBe(first);
        for (let more = 0; more < 4; more++) await rotate(params);
        expect(await signing(subscription.id)).toHaveLength(5);
      });

      test("a subscription without a destination has none: 404", async () => {
        const params = await given();
        const { id } = await createSubscription(world, params.connection_id);
        const of = { params: { ...params, subscription_id: id } };
        expect((await world.send(await world.as("key"), "RotateSubscriptionKey", { ...of, body: {} })).status).toBe(404);
        expect((await world.send(await world.as("key"), "ResumeSubscription", of)).status).toBe(404);
      });
    });

    test("a key in another's place, or moved to another subscription, does not open", async () => {
      const { params, subscription } = await placed();
      const other = await createSubscription(world, params.connection_id, { destination: { url } });
      await world.mooring.db.write(org(), (tx) =>
        tx.run(sql`update destinations set keys = (select keys from destinations where org_id = ${org()} and subscription_id = ${subscription.id})
          where org_id = ${org()} and subscription_id = ${other.id}`),
      );
      await expect(signing(other.id)).rejects.toThrow("does not open");
    });

    test("resuming forgets what went wrong, and what waits is due now", async () => {
      const { params } = await placed({ url: nobodys });
      await haltDestination(world.mooring.db, org(), params.subscription_id);
      await arrive(world.mooring.db, org(), params.connection_id);
      await world.mooring.db.write(org(), (tx) =>
        tx.run(sql`update deliveries set due_at = 9000000000000 where org_id = ${org()} and subscription_id = ${params.subscription_id}`),
      );
      const tag = (await world.must(await world.as("key"), "GetSubscription", { params })).headers.get("etag");
      expect((await read(params)).destination).toMatchObject({ state: "disabled", reason: "It answered 410.", failures: 3 });
      const { body, headers } = await world.must(await world.as("key"), "ResumeSubscription", { params });
      expect(body.destination).toEqual({ url: nobodys, state: "active", failures: 0, keys: expect.any(Array) });
      // How deliveries go is no part of the tag, so that an If-Match does not fail because one did.
      expect(headers.get("etag")).toBe(tag);
      const due = await world.mooring.db.read(org(), (tx) =>
        tx.first(sql<{ late: number | string }>`select count(*) as late from deliveries
          where org_id = ${org()} and subscription_id = ${params.subscription_id} and state = 'waiting' and due_at > 8000000000000`),
      );
      expect(Number(due?.late)).toBe(0);
      expect(await lastAudit()).toMatchObject({ operation: "subscription.resumed" });
    });

    test("deliveries are listed by their state, newest event first, page by page", async () => {
      const { params } = await placed();
      await haltDestination(world.mooring.db, org(), params.subscription_id);
      const ids = (await arrive(world.mooring.db, org(), params.connection_id, [{}, {}, {}, {}])).toReversed();
      await world.mooring.db.write(org(), (tx) =>
        tx.run(sql`update deliveries set state = 'dead', last_status = 500, last_error = 'It answered 500.', last_attempt_at = '2026-01-02T03:04:05.000Z'
          where org_id = ${org()} and event_id in (${ids[1]}, ${ids[2]})`),
      );
      const list = async (query: object) =>
        (await world.must(await world.as("key"), "ListDeliveries", { params, query: { ...query } })).body;
      expect((await list({})).deliveries.map(({ event }) => event)).toEqual(ids);
      const first = await list({ state: "dead", first: 1 });
      expect(first).toMatchObject({
        totalCount: 2,
        deliveries: [
          { event: ids[1], subscription: params.subscription_id, state: "dead", lastStatus: 500, lastError: "It answered 500." },
        ],
      });
      const second = await list({ state: "dead", first: 1, after: first.next ?? "" });
      expect(second.deliveries.map(({ event }) => event)).toEqual([ids[2]]);
      expect((await list({ state: "dead", first: 1, before: second.prev ?? "" })).deliveries).toEqual(first.deliveries);
      expect(await list({ state: "delivered" })).toEqual({ totalCount: 0, deliveries: [] });
    });

    test("a key that is limited to an environment has to do with what that one's subscriptions get, and no other's", async () => {
      const { connection_id } = await given();
      const [dev, other] = (await readConnection(world, connection_id)).environments;
      const limited = await world.keyWith({ scopes: ["connections:read", "events:read", "events:write"], environments: [dev?.id ?? ""] });
      const statuses = async (environment: string | undefined) => {
        const { id } = await createSubscription(world, connection_id, { ...(environment ? { environment } : {}), destination: { url } });
        const params = { connection_id, subscription_id: id };
        const through = (await read(params)).acknowledged;
        return [
          (await world.send(limited, "ListDeliveries", { params })).status,
          (await world.send(limited, "ResumeSubscription", { params })).status,
          (await world.send(limited, "ReadSubscriptionEvents", { params })).status,
          (await world.send(limited, "AcknowledgeSubscriptionEvents", { params, body: { through } })).status,
        ];
      };
      expect(await statuses(dev?.id)).toEqual([200, 200, 200, 200]);
      expect(await statuses(other?.id)).toEqual([403, 403, 403, 403]);
      expect(await statuses(undefined)).toEqual([403, 403, 403, 403]);
    });

    test("a repeated creation gives the same key, whatever may be called today", async () => {
      const params = await given();
      const sent = { params, body: { name: "billing", destination: { url } }, headers: { "idempotency-key": `once-${world.newId()}` } };
      const [first, second] = [
        await world.must(await world.as("key"), "CreateSubscription", sent),
        await world.must(await world.as("key"), "CreateSubscription", sent),
      ];
      world.shownOnce.push(first.body.key ?? "");
      expect(second.text).toBe(first.text);
    });
  },
  { settings: loopback },
);

/** What a subscription may want beside its name. */
const wishes = {
  trigger: "order",
  ownEvents: ["version.published", "credential.reauth_required"],
  filter: [{ pointer: "/type", is: "in", value: ["a", null, { b: [1] }] }],
};
