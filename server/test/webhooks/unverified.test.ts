import { beforeAll, expect, test } from "vitest";
import { createSeals } from "../../src/credentials/seals.ts";
import type { NewEvent } from "../../src/domain/event.ts";
import type { Received } from "../../src/domain/received.ts";
import type { ConnectionId, EnvironmentId, EventId } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { loadMasterKey } from "../../src/vault/master.ts";
import { createVault } from "../../src/vault/vault.ts";
import { createUnverified } from "../../src/webhooks/ingest/unverified.ts";
import { canary } from "../harness/canary.ts";
import { createSubscription } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";
import { createRig, eventsOf, type Rig, sendEvent, signed } from "./rig.ts";

const settings = { MOORING_EVENTS_UNVERIFIED_MAX: "5" };

onEachEngine(
  "events that do not pass",
  (world) => {
    let rig: Rig;
    beforeAll(async () => {
      rig = await createRig(world);
    });
    const post = (body: string, headers: Record<string, string> = {}) => sendEvent(world, rig.path, { body, headers });

    test("are answered 401, kept apart with what was compared, and go to nobody", async () => {
      await createSubscription(world, rig.connection);
      const answer = await post("forged", signed("another key", "forged"));
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.text)).toEqual({ code: "event_unverified", message: expect.any(String) });
      expect(answer.headers.get("www-authenticate")).toBe("Webhook");
      const [event] = await eventsOf(world, rig);
      expect(event).toMatchObject({ origin: "unverified", position: null, sequence: null, fits: null });
      expect(JSON.parse(event?.verification ?? "")).toMatchObject({ passed: false, steps: [{ scheme: "hmac", passed: false }] });
    });

    test("are masked where they carry a secret, and what is hidden is sealed", async () => {
      const secret = canary("bearer", { lines: false }).replaceAll(/[^\x20-\x7e]/g, "");
      expect((await post("x", { authorization: `Bearer ${secret}`, cookie: `a=${encodeURIComponent(secret)}` })).status).toBe(401);
      const event = (await eventsOf(world, rig)).at(-1);
      expect(event?.headers).not.toContain("Bearer C");
      expect(event?.sealed).toBeTruthy();
    });

    test("pass nowhere without a trigger credential, and the inbox says so", async () => {
      const closed = await createRig(world, { trigger: [] });
      expect((await sendEvent(world, closed.path, { body: "x" })).status).toBe(401);
      const [event] = await eventsOf(world, closed);
      expect(event?.verification).toContain("no trigger credential");
    });

    test("are kept within their bound, the newest; those that passed are not counted", async () => {
      const bound = await createRig(world);
      const send = (body: string, key: string) => sendEvent(world, bound.path, { body, headers: signed(key, body) });
      expect((await send("good", bound.secret)).status).toBe(200);
      for (let at = 0; at < 8; at += 1) expect((await send(`bad ${at}`, "no")).status).toBe(401);
      const kept = await eventsOf(world, bound);
      expect(kept.map(({ body }) => Buffer.from(body).toString())).toEqual(["good", "bad 3", "bad 4", "bad 5", "bad 6", "bad 7"]);
    });

    test("are kept at a rate, each trigger's of its own; the rest is refused all the same", async () => {
      const limited = await createRig(world);
      let nowMs = 0;
      const { db } = world.mooring;
      const master = loadMasterKey({ dataDir: world.place.dataDir, configured: new Secret(world.mooring.masterKey), mayGenerate: false });
      const unverified = createUnverified({
        db,
        seals: createSeals({ db, vault: createVault(master) }),
        log: createLog("silent"),
        eventsMax: 100,
        perSecondMax: 3,
        nowMs: () => nowMs,
      });
      const received = { rawHeaders: [], url: "" } as unknown as Received;
      const event = (trigger: string, padding = 0): NewEvent => ({
        id: world.newId() as EventId,
        connectionId: limited.connection as ConnectionId,
        origin: "unverified",
        type: "trigger",
        environmentId: limited.environment as EnvironmentId,
        triggerName: trigger,
        receivedAt: world.clock.now(),
        method: "POST",
        target: "/",
        headers: [],
        contentType: undefined,
        body: Buffer.from(trigger + " ".repeat(padding)),
        fits: undefined,
        faults: undefined,
        verification: undefined,
        sealed: undefined,
        dedupeKey: undefined,
      });
      const flood = async (trigger: string, padding = 0) => {
        for (let at = 0; at < 10; at += 1) await unverified.keep(limited.org, event(trigger, padding), received);
      };
      const counts = async () => {
        const names = (await eventsOf(world, limited)).map(({ body }) => Buffer.from(body).toString().trim());
        return { a: names.filter((name) => name === "a").length, b: names.filter((name) => name === "b").length };
      };
      await flood("a");
      expect(await counts()).toEqual({ a: 3, b: 0 });
      await flood("b");
      nowMs = 1_000;
      await flood("a");
      expect(await counts()).toEqual({ a: 6, b: 3 });
      // Of long ones fewer; the longest count as all that may come in a second.
      nowMs = 2_000;
      await flood("a", 200_000);
      await flood("b", 1_000_000);
      expect(await counts()).toEqual({ a: 7, b: 4 });
    });
  },
  { settings },
);
