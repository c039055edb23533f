import { type Event, secretMask } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import { canaryKey } from "../harness/canary.ts";
import { haltDestination } from "../harness/events.ts";
import { apiKeyScheme, createSubscription, credentialOf, hmacScheme, noneScheme } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";
import { createRig, eventsOf, type Rig, signed } from "./rig.ts";

onEachEngine("an event that is verified again", (world) => {
  const post = (rig: Rig, body: string, headers: Record<string, string>, query = "") =>
    world.raw(rig.path + query, { method: "POST", body, headers });

  /** Sends what does not pass; gives where the inbox has it. */
  async function refused(rig: Rig, body: string, headers: Record<string, string>, query = "") {
    expect((await post(rig, body, headers, query)).status).toBe(401);
    const found = (await eventsOf(world, rig)).filter(({ origin }) => origin === "unverified").at(-1);
    return { params: { connection_id: rig.connection, event_id: found?.id ?? "" } };
  }

  const verify = async (at: { params: Record<string, string> }, headers = {}) =>
    world.send(await world.as("eventsKey"), "VerifyEvent", { ...at, headers });

  /** With a destination to which nothing is sent meanwhile. */
  async function subscribe(rig: Rig): Promise<string> {
    const { id } = await createSubscription(world, rig.connection, { destination: { url: "https://hooks.example.com/mooring" } });
    await haltDestination(world.mooring.db, rig.org, id);
    return id;
  }

  async function mend(rig: Rig, value: string): Promise<void> {
    const id = rig.credential ?? "";
    const body = { id, name: "hook", type: "string", data: { value } };
    await world.must(await world.as("key"), "UpdateCredential", { params: { credential_id: id }, body });
  }

  const audited = async (id: string) => {
    const { body } = await world.must(await world.as("key"), "ListAudit", { query: { first: 100 } });
    return body.items.filter(({ subject }) => subject.id === id).map(({ operation, changes }) => [operation, changes[0]?.after]);
  };

  test("fails while the secret is wrong, and passes once it was mended: counted, delivered and audited as a fresh one", async () => {
    const rig = await createRig(world);
    const subscription = await subscribe(rig);
    const body = '{"order": 1}';
    const at = await refused(rig, body, signed("what the sender has", body));
    const id = at.params.event_id;

    const before = (await world.must(await world.as("key"), "GetEvent", at)).body;
    expect(before).toMatchObject({ origin: "unverified", deliveries: [], verification: { passed: false }, body });
    const still = await verify(at);
    expect(still.body).toMatchObject({ id, origin: "unverified", verification: { passed: false }, deliveries: [] });

    await mend(rig, "what the sender has");
    const { status, body: event } = await verify(at);
    expect(status).toBe(200);
    expect(event).toMatchObject({
      id,
      origin: "verified",
      sequence: 1,
      receivedAt: before.receivedAt,
      verification: { passed: true },
      body,
    });
    expect(event.deliveries).toMatchObject([{ event: id, subscription, attempts: 0 }]);
    expect(await eventsOf(world, rig)).toMatchObject([{ id, origin: "verified", position: 1, sequence: 1, sealed: null }]);
    expect(await audited(id)).toEqual([
      ["event.verified", true],
      ["event.verified", false],
    ]);

    // The next one counts on from it, and the same one again is known.
    expect((await post(rig, "{}", signed("what the sender has", "{}"))).status).toBe(200);
    const again = await post(rig, body, signed("what the sender has", body));
    expect(JSON.parse(again.text)).toEqual({ id });
    const kept = await eventsOf(world, rig);
    expect(kept.map(({ sequence, duplicates }) => [sequence, duplicates])).toEqual([
      [1, 1],
      [2, 0],
    ]);
  });

  test("changes nothing once it has passed, however often that is asked for", async () => {
    const rig = await createRig(world);
    const body = "{}";
    const at = await refused(rig, body, signed("other", body));
    await mend(rig, "other");
    const first = await verify(at);
    const rows = await eventsOf(world, rig);
    const second = await verify(at);
    expect([second.status, second.text, second.headers.get("etag")]).toEqual([200, first.text, first.headers.get("etag")]);
    expect(await eventsOf(world, rig)).toEqual(rows);
    expect(await audited(at.params.event_id)).toEqual([["event.verified", true]]);
    // An event that passed when it came was never anything else.
    await mend(rig, "yet another");
    expect((await verify(at)).body.origin).toBe("verified");
  });

  test("is kept once of many at once", async () => {
    const rig = await createRig(world);
    await subscribe(rig);
    const at = await refused(rig, "{}", signed("other", "{}"));
    await mend(rig, "other");
    const answers = await Promise.all(Array.from({ length: 8 }, () => verify(at)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.origin} ${body.sequence} ${body.deliveries.length}`))).toEqual(
      new Set(["200 verified 1 1"]),
    );
    expect(await audited(at.params.event_id)).toEqual([["event.verified", true]]);
  });

  test("stays out when the same delivery came again meanwhile, and says which event that is", async () => {
    const rig = await createRig(world);
    const at = await refused(rig, "{}", signed("other", "{}"));
    await mend(rig, "other");
    const kept = JSON.parse((await post(rig, "{}", signed("other", "{}"))).text) as { id: string };
    const { status, error } = await verify(at);
    expect({ status, code: error.code }).toEqual({ status: 409, code: "event_unverifiable" });
    expect(error.message).toContain(kept.id);
    const rows = await eventsOf(world, rig);
    expect(rows.map(({ id, origin, duplicates }) => [id, origin, duplicates])).toEqual([
      [at.params.event_id, "unverified", 0],
      [kept.id, "verified", 0],
    ]);
  });

  test("is judged as of the time at which it came, not as of now", async () => {
    const timestamp = { in: "header", name: "X-Time" } as const;
    const authSchemeConfig = { ...hmacScheme, digestInputs: [], signature: { content: "{{ timestamp }}.{{ body }}", timestamp } };
    const rig = await createRig(world, {
      trigger: [{ authSchemeConfig, credential: { name: "hook", type: "string", data: { value: "wrong" } } }],
    });
    const at = String(Math.floor(world.clock.now().getTime() / 1000));
    const event = await refused(rig, "{}", { ...signed("right", `${at}.{}`), "x-time": at });
    world.clock.advance(3_600_000);
    await mend(rig, "right");
    expect((await verify(event)).body).toMatchObject({ origin: "verified", verification: { passed: true } });
  });

  test("is held against its trigger, and not delivered when that is strict and it does not fit", async () => {
    const parameters = [{ name: "topic", in: "query", required: true, type: "string" }] as const;
    for (const strict of [false, true]) {
      const rig = await createRig(world, { triggers: [{ parameters: [...parameters], strict }] });
      await subscribe(rig);
      const at = await refused(rig, "{}", signed("other", "{}"));
      await mend(rig, "other");
      const { body } = await verify(at);
      expect(body).toMatchObject({ origin: "verified", fits: false, faults: [{ field: "parameters.topic" }] });
      expect(body.deliveries).toHaveLength(strict ? 0 : 1);
      expect(body.sequence).toBe(strict ? undefined : 1);
      if (!strict) continue;
      const { status, error } = await world.send(await world.as("key"), "DeliverEvent", { ...at, body: {} });
      expect([status, error.code]).toEqual([409, "event_undeliverable"]);
    }
  });

  describe("cannot be", () => {
    const unverifiable = { status: 409, code: "event_unverifiable" };

    test("when its environment is gone", async () => {
      const rig = await createRig(world);
      const at = await refused(rig, "{}", {});
      const key = await world.as("key");
      const sent = { name: "other", credentials: {}, variables: [] };
      const before = (await world.must(key, "GetConnection", { params: { connection_id: rig.connection } })).body;
      const body = { ...before, environments: [...before.environments, sent] };
      await world.must(key, "UpdateConnection", { params: { connection_id: rig.connection }, body });
      await world.must(key, "DeleteEnvironment", { params: { connection_id: rig.connection, environment_id: rig.environment } });
      const { status, error } = await verify(at);
      expect({ status, code: error.code }).toEqual(unverifiable);
    });

    test("when its trigger is gone", async () => {
      const rig = await createRig(world);
      const at = await refused(rig, "{}", {});
      const key = await world.as("key");
      const params = { connection_id: rig.connection };
      await world.must(key, "CreateConnectionVersion", { params, body: { name: "2" } });
      await world.must(key, "PublishConnection", { params: { ...params, version: "2" } });
      await world.must(key, "UnpublishConnection", { params: { ...params, version: "1" } });
      const { status, error } = await verify(at);
      expect({ status, code: error.code }).toEqual(unverifiable);
    });

    test("by a key that is limited to others", async () => {
      const [rig, other] = [await createRig(world), await createRig(world)];
      const at = await refused(rig, "{}", {});
      const scopes = ["events:read" as const, "events:write" as const];
      for (const limit of [{ connections: [other.connection] }, { environments: [other.environment] }]) {
        const key = await world.keyWith({ scopes, ...limit });
        for (const operation of ["VerifyEvent", "DeliverEvent", "GetEvent"] as const) {
          const { error } = await world.send(key, operation, { ...at, ...(operation === "DeliverEvent" ? { body: {} } : {}) });
          expect(error.code, operation).toBe("forbidden");
        }
      }
    });
  });

  describe("keeps what a sender showed as a secret out of sight", () => {
    const ofApiKey = (value: string) => ({
      trigger: [{ authSchemeConfig: apiKeyScheme, credential: { name: "hook", type: "string" as const, data: { value } } }],
    });
    const masked = ({ headers }: Event) => headers.flatMap(({ name, value }) => (value.includes(secretMask) ? [name.toLowerCase()] : []));
    const secrets = ["authorization", "cookie", "x-api-key"];

    test("before and after it passes", async () => {
      const right = canaryKey("right");
      const rig = await createRig(world, ofApiKey(canaryKey("wrong")));
      const cookie = `s=${canaryKey("cookie").replaceAll(/["%,;<]/g, "")}`;
      const at = await refused(rig, "{}", { "x-api-key": right, authorization: `Bearer ${canaryKey("bearer")}`, cookie }, "?page=2");
      const before = (await world.must(await world.as("viewer"), "GetEvent", at)).body;
      expect(masked(before).sort()).toEqual(secrets);
      expect((await eventsOf(world, rig))[0]?.sealed).toMatch(/original/);
      await mend(rig, right);
      const { body } = await verify(at);
      expect(body).toMatchObject({ origin: "verified", target: `${rig.path}?page=2` });
      expect(masked(body).sort()).toEqual(secrets);
      expect((await eventsOf(world, rig))[0]?.sealed).toBeNull();
    });

    test("also when the environment no longer says that it is one", async () => {
      const rig = await createRig(world, ofApiKey(canaryKey("wrong")));
      const at = await refused(rig, "{}", { "x-api-key": canaryKey("sent") });
      const key = await world.as("key");
      const params = { connection_id: rig.connection, environment_id: rig.environment };
      const open = [{ authSchemeConfig: noneScheme, credential: credentialOf.none() }];
      const { body: environment } = await world.must(key, "GetEnvironment", { params });
      const body = { ...environment, credentials: { ...environment.credentials, trigger: open } };
      await world.must(key, "UpdateEnvironment", { params, body });
      const { body: event } = await verify(at);
      expect(event.origin).toBe("verified");
      expect(masked(event)).toEqual(["x-api-key"]);
    });
  });

  test("moves only for whoever builds on its state", async () => {
    const rig = await createRig(world);
    const at = await refused(rig, "{}", signed("other", "{}"));
    await mend(rig, "other");
    const tag = (await world.must(await world.as("key"), "GetEvent", at)).headers.get("etag") ?? "";
    expect((await verify(at, { "if-match": '"another"' })).status).toBe(412);
    expect((await eventsOf(world, rig))[0]?.origin).toBe("unverified");
    expect((await verify(at, { "if-match": tag })).body.origin).toBe("verified");
    expect((await verify(at, { "if-match": tag })).status).toBe(412);
  });
});
