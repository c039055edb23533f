import { type OperationId, operations } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import { besideBigQuery } from "../harness/bigquery-world.ts";
import type { Sent } from "../harness/client.ts";
import { importForm } from "../harness/forms.ts";
import { createConnection, credentialOf, smallConnection } from "../harness/samples.ts";
import { fieldsOf } from "../harness/scenarios.ts";
import { differenceOf, storedOf } from "../harness/stored.ts";
import { loopback, onEachEngine, type World } from "../harness/world.ts";
import { fiveScenarios } from "./operations/all.ts";

/** The operations that change one resource, and the one that reads it. */
const changes = {
  UpdateConnection: "GetConnection",
  DeleteConnection: "GetConnection",
  UpdateEnvironment: "GetEnvironment",
  DeleteEnvironment: "GetEnvironment",
  UpdateCredential: "GetCredential",
  DeleteCredential: "GetCredential",
  UpdateConnectionVersion: "GetConnectionVersion",
  DeleteConnectionVersion: "GetConnectionVersion",
  PublishConnection: "GetConnectionVersion",
  UnpublishConnection: "GetConnectionVersion",
  UpdateDefinition: "GetDefinition",
  DeleteDefinition: "GetDefinition",
  UpdateAction: "GetAction",
  DeleteAction: "GetAction",
  UpdateSubscription: "GetSubscription",
  VerifyEvent: "GetEvent",
  DeliverEvent: "GetEvent",
  UpdateTrigger: "GetTrigger",
  DeleteTrigger: "GetTrigger",
  DeleteSubscription: "GetSubscription",
  ResumeSubscription: "GetSubscription",
  AcknowledgeSubscriptionEvents: "GetSubscription",
  UpdateOrganisation: "GetOrganisation",
  UpdateMember: "GetMember",
  RemoveMember: "GetMember",
  DeleteApiKey: "GetApiKey",
} as const satisfies Partial<Record<OperationId, OperationId>>;
type Change = keyof typeof changes;

/** How many resources a change touches where that is not one. How far a reader is changes with every reading, and is in no audit trail. */
const touched: Partial<Record<OperationId, number>> = {
  DeleteDefinitions: 2,
  DryRunAction: 2,
  VerifyTriggerDelivery: 0,
  AcknowledgeSubscriptionEvents: 0,
};

const stored = (world: World) => storedOf(world.mooring.db, world.mooring.bootstrap.organisation);
const withHeaders = (sent: Sent, headers: Record<string, string>): Sent => ({ ...sent, headers });

onEachEngine(
  "requests",
  (world) => {
    describe("`ETag` and `If-Match` (B-2)", () => {
      test("every operation that changes a resource with an address of its own is tried", () => {
        const changing = Object.entries(operations).filter(
          ([, { method, path }]) => method !== "GET" && path.includes("{") && !path.endsWith("s"),
        );
        // An invitation is not read on its own, and a sign-in not at all, so neither has an ETag. An import makes something new, a dry run
        // builds on nothing that was read, a verification changes nothing, and a range of events has no state of its own.
        const without = [
          "DeleteInvitation",
          "InitialiseOAuth2Connection",
          "ImportHTTPConnection",
          "DryRunAction",
          "VerifyTriggerDelivery",
          "DeliverEvents",
        ];
        expect(
          changing
            .map(([id]) => id)
            .filter((id) => !without.includes(id))
            .sort(),
        ).toEqual(Object.keys(changes).sort());
      });

      test.each(Object.keys(changes) as Change[])("%s is 412 when it moved, and goes through when it did not", async (id) => {
        const { happy } = await fiveScenarios[id].prepare(world);
        const actor = await world.as(fiveScenarios[id].as);
        const read = await world.must(actor, changes[id], { ...(happy.params ? { params: happy.params } : {}) });
        const tag = read.headers.get("etag") ?? "";
        expect(tag).toMatch(/^"[^"]+"$/);
        const before = await stored(world);
        for (const moved of ['"another"', `W/${tag}`, tag.slice(1, -1), '"a", "b"']) {
          const answer = await world.send(actor, id, withHeaders(happy, { "if-match": moved }));
          expect(answer.status, `${moved}: ${answer.text}`).toBe(412);
          expect(answer.error.code).toBe("precondition_failed");
        }
        expect(differenceOf(before, await stored(world))).toEqual([]);
        const answer = await world.send(actor, id, withHeaders(happy, { "if-match": `"another", ${tag}` }));
        expect(answer.status, answer.text).toBe(operations[id].success.status);
      });

      test("`*` is anything that is there", async () => {
        const { happy } = await fiveScenarios.UpdateConnection.prepare(world);
        await world.must(await world.as("key"), "UpdateConnection", withHeaders(happy, { "if-match": "*" }));
      });

      test("the tag of an update is that of the reading after it, and differs from the one before", async () => {
        const key = await world.as("key");
        const connection = await createConnection(world, smallConnection());
        const params = { connection_id: connection.id };
        const [first, second] = [await world.must(key, "GetConnection", { params }), await world.must(key, "GetConnection", { params })];
        expect(first.headers.get("etag")).toBe(second.headers.get("etag"));
        const updated = await world.must(key, "UpdateConnection", { params, body: { ...connection, name: "New" } });
        expect(updated.headers.get("etag")).not.toBe(first.headers.get("etag"));
        expect((await world.must(key, "GetConnection", { params })).headers.get("etag")).toBe(updated.headers.get("etag"));
      });
    });

    describe("what a GET returned may always be PUT back as it was", () => {
      const updates = (Object.keys(changes) as Change[]).filter((id) => operations[id].method === "PUT");
      test.each(updates)("%s changes nothing then", async (id) => {
        const { happy } = await fiveScenarios[id].prepare(world);
        const actor = await world.as(fiveScenarios[id].as);
        const params = happy.params ? { params: happy.params } : {};
        const { body } = await world.must(actor, changes[id], params);
        const before = await stored(world);
        const answer = await world.must(actor, id, { ...params, body });
        expect(answer.body).toEqual(body);
        expect(differenceOf(before, await stored(world))).toEqual([]);
      });
    });

    describe("unknown properties", () => {
      const withBody = (Object.keys(operations) as OperationId[]).filter((id) => "body" in operations[id]);
      test.each(withBody)("%s names the one it does not know (400)", async (id) => {
        const { happy } = await fiveScenarios[id].prepare(world);
        const unknown = { tpyo: 1, "a b": null };
        // Of a form, the part that is JSON.
        const sent = happy.form ? importForm("{}", { format: "openapi", ...unknown }) : { body: { ...(happy.body as object), ...unknown } };
        const answer = await world.send(await world.as(fiveScenarios[id].as), id, { ...happy, ...sent });
        expect(answer.status, answer.text).toBe(400);
        const inside = happy.form ? "metadata." : "";
        expect(fieldsOf(answer), answer.text).toEqual([`${inside}a b`, `${inside}tpyo`]);
      });

      test("are named wherever they are, all at once", async () => {
        const credential = { ...credentialOf.string(), data: { ...credentialOf.string().data, hidden: 1 }, note: "x" };
        const action = [{ authSchemeConfig: { schemeType: "basic-auth", realm: "x" }, credential, order: 1 }];
        const environments = [
          { name: "dev", credentials: { action, triggers: [] }, variables: [{ name: "a", value: "b", secret: true }], production: true },
        ];
        const answer = await world.send(await world.as("key"), "CreateHTTPConnection", {
          body: { ...smallConnection(), environments, versions: [] },
        });
        expect(fieldsOf(answer), answer.text).toEqual([
          "environments[0].credentials.action[0].authSchemeConfig.realm",
          "environments[0].credentials.action[0].credential.data.hidden",
          "environments[0].credentials.action[0].credential.note",
          "environments[0].credentials.action[0].order",
          "environments[0].credentials.triggers",
          "environments[0].production",
          "environments[0].variables[0].secret",
          "versions",
        ]);
      });
    });

    describe("`Idempotency-Key` on POST (B-3)", () => {
      const posts = (Object.keys(operations) as OperationId[]).filter(
        (id) => operations[id].method === "POST" && operations[id].path.includes("{organisation_id}"),
      );
      test.each(posts)("%s: the same key and body give the same answer, and happen once", async (id) => {
        const { happy } = await fiveScenarios[id].prepare(world);
        const actor = await world.as(fiveScenarios[id].as);
        const sent = withHeaders(happy, { "idempotency-key": `same-${id}-${world.newId()}` });
        const first = await world.must(actor, id, sent);
        const body = first.body as unknown as { key?: string; url?: string };
        world.shownOnce.push(body.key ?? "", body.url === undefined ? "" : new URL(body.url).hash.replace("#token=", ""));
        const before = await stored(world);
        const second = await world.must(actor, id, sent);
        expect(second.text).toBe(first.text);
        expect(second.headers.get("etag")).toBe(first.headers.get("etag"));
        expect(second.headers.get("mooring-request-id")).not.toBe(first.headers.get("mooring-request-id"));
        expect(differenceOf(before, await stored(world))).toEqual([]);
      });

      test("another body, or another address, under the same key is 422", async () => {
        const key = await world.as("key");
        const headers = { "idempotency-key": `other-${world.newId()}` };
        await world.must(key, "CreateHTTPConnection", { body: smallConnection(), headers });
        const before = await stored(world);
        for (const [operation, body] of [
          ["CreateHTTPConnection", smallConnection({ name: "Other" })],
          ["CreateBigQueryConnection", { name: "Other", environments: smallConnection().environments }],
          ["CreateCredential", credentialOf.none()],
        ] as const) {
          const answer = await world.send(key, operation, { body, headers });
          expect(answer.status, answer.text).toBe(422);
          expect(answer.error.code).toBe("idempotency_mismatch");
        }
        expect(differenceOf(before, await stored(world))).toEqual([]);
      });

      test("twenty at once are one resource and twenty times its answer", async () => {
        const key = await world.as("key");
        const before = (await world.must(key, "ListConnections")).body.totalCount;
        const sent = { body: smallConnection({ name: "raced" }), headers: { "idempotency-key": `race-${world.newId()}` } };
        const answers = await Promise.all(Array.from({ length: 20 }, () => world.send(key, "CreateHTTPConnection", sent)));
        expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
        expect(answers[0]?.status).toBe(201);
        expect((await world.must(key, "ListConnections")).body.totalCount).toBe(before + 1);
      });

      test("a request that was refused uses nothing up", async () => {
        const key = await world.as("key");
        const headers = { "idempotency-key": `retry-${world.newId()}` };
        const refused = await world.send(key, "CreateHTTPConnection", { body: smallConnection({ baseUrl: "ftp://example.com" }), headers });
        expect(refused.status).toBe(400);
        await world.must(key, "CreateHTTPConnection", { body: smallConnection(), headers });
      });

      test("somebody else's key of the same text is another one", async () => {
        const headers = { "idempotency-key": `shared-${world.newId()}` };
        const sent = { body: smallConnection(), headers };
        const answers = await Promise.all(
          (["key", "writeKey", "strangerKey"] as const).map(async (name) => world.must(await world.as(name), "CreateHTTPConnection", sent)),
        );
        expect(new Set(answers.map(({ body }) => body.id)).size).toBe(3);
      });

      test.each(["a b", "x".repeat(256), "\u00fc"])("a key that is none (%#) is 400", async (text) => {
        const answer = await world.send(await world.as("key"), "CreateHTTPConnection", {
          body: smallConnection(),
          headers: { "idempotency-key": text },
        });
        expect(answer.status).toBe(400);
      });

      test("a key is forgotten after 24 hours, and not before", async () => {
        const key = await world.as("key");
        const sent = { body: smallConnection(), headers: { "idempotency-key": `old-${world.newId()}` } };
        const { body: first } = await world.must(key, "CreateHTTPConnection", sent);
        world.clock.advance(23.9 * 3_600_000);
        expect((await world.must(key, "CreateHTTPConnection", sent)).body.id).toBe(first.id);
        world.clock.advance(0.2 * 3_600_000);
        expect((await world.must(key, "CreateHTTPConnection", sent)).body.id).not.toBe(first.id);
      });
    });

    describe("every change leaves an audit entry for each resource that says who, when, in which request and what", () => {
      const changing = (Object.keys(operations) as OperationId[]).filter(
        (id) => operations[id].method !== "GET" && operations[id].path.includes("{"),
      );
      test.each(changing)("%s", async (id) => {
        const { happy } = await fiveScenarios[id].prepare(world);
        const [actor, key] = [await world.as(fiveScenarios[id].as), await world.as("key")];
        const before = (await world.must(key, "ListAudit")).body.totalCount;
        const answer = await world.must(actor, id, happy);
        const created = answer.body as unknown as { key?: string; url?: string } | undefined;
        world.shownOnce.push(created?.key ?? "", created?.url === undefined ? "" : new URL(created.url).hash.replace("#token=", ""));
        const { body } = await world.must(key, "ListAudit", { query: { first: 100 } });
        const entries = body.items.slice(0, body.totalCount - before);
        const entry = {
          requestId: answer.headers.get("mooring-request-id"),
          actor: { type: actor.id === undefined ? "api-key" : "person" },
          subject: { id: expect.any(String) },
        };
        expect(entries).toMatchObject(Array.from({ length: touched[id] ?? 1 }, () => entry));
      });
    });
  },
  { settings: loopback, beside: besideBigQuery },
);
