import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { type SubscriptionCreate, type SubscriptionEvent, secretMask } from "@mooring/contract";
import { Webhooks } from "@octokit/webhooks";
import { createEventSource } from "eventsource-client";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canary } from "../harness/canary.ts";
import { newTrigger } from "../harness/content.ts";
import { engines } from "../harness/engines.ts";
import { trials } from "../harness/profile.ts";
import { at, smallConnection } from "../harness/samples.ts";
import { loopback, onEachEngine } from "../harness/world.ts";

const only = engines.map(({ name }) => name).slice(-trials({ change: 1, long: 2 }));

/** Each test goes on where the one before it ended: what a user does, over HTTP alone, beside the libraries that others wrote. */
onEachEngine(
  "GitHub's events reach a program",
  (world) => {
    const [meant, typed, next] = [canary("meant"), canary("typed"), canary("next")];
    let connection: { connection_id: string };
    let trigger: { connection_id: string; environment_id: string; trigger_name: string };
    let credential: { credential_id: string };
    let address: string;
    let program: Program;
    let destination: { connection_id: string; subscription_id: string };
    let reader: typeof destination;

    const must: typeof world.must = (actor, operation, sent) => world.must(actor, operation, sent);
    const key = () => world.as("key");
    beforeAll(async () => {
      program = await startProgram();
    });
    afterAll(() => program?.close());

    /** As GitHub sends: signed with this secret by GitHub's own library. */
    async function push(body: object, secret: string): Promise<{ status: number; id: string; signature: string }> {
      const text = JSON.stringify(body, undefined, 1);
      const signature = await new Webhooks({ secret }).sign(text);
      const headers = { "content-type": "application/json", "x-github-event": "push", "x-hub-signature-256": signature };
      const answer = await world.raw(address, { method: "POST", body: text, headers });
      return { status: answer.status, id: (JSON.parse(answer.text) as { id: string }).id, signature };
    }

    async function subscribe(body: SubscriptionCreate) {
      const made = (await must(await key(), "CreateSubscription", { params: connection, body })).body;
      if (made.key) program.trusts(made.key);
      if (made.key) world.shownOnce.push(made.key);
      return { ...connection, subscription_id: made.id };
    }

    async function changeSecret(value: string, more: { previousValidSeconds?: number } = {}) {
      const body = { id: credential.credential_id, name: "GitHub's", type: "string", data: { value }, ...more };
      expect((await must(await key(), "UpdateCredential", { params: credential, body })).body.data).toEqual({ value: secretMask });
    }

    const inbox = async (query = {}) => (await must(await key(), "ListEvents", { params: connection, query })).body.events;
    const read = async (query = {}) => (await must(await key(), "ReadSubscriptionEvents", { params: reader, query })).body;
    const refsOf = (events: readonly SubscriptionEvent[]) => events.map(({ body = "{}" }) => (JSON.parse(body) as { ref?: string }).ref);

    test("a connection is made with the preset, a trigger with a definition, and both are published", async () => {
      const { items } = (await must(await key(), "ListSignaturePresets")).body;
      const { authSchemeConfig } = at(
        items.filter(({ name }) => name === "github"),
        0,
      );
      // The secret was mistyped, as it happens.
      const proof = { authSchemeConfig, credential: { name: "GitHub's", type: "string" as const, data: { value: typed } } };
      const environments = [{ name: "live", variables: [], credentials: { trigger: [proof] } }];
      const made = (await must(await key(), "CreateHTTPConnection", { body: smallConnection({ name: "GitHub", environments }) })).body;
      const environment = at(made.environments, 0);
      connection = { connection_id: made.id };
      credential = { credential_id: at(environment.credentials.trigger, 0).credential.id };
      trigger = { ...connection, environment_id: "live", trigger_name: "push" };

      const params = { ...connection, version: "1" };
      const schema = { type: "object", required: ["ref"], properties: { ref: { type: "string" } } };
      const definitions = [
        { name: "Push", accept: ["application/json"], schema: { contentType: "application/schema+json", content: JSON.stringify(schema) } },
      ];
      await must(await key(), "CreateDefinitions", { params, body: { definitions } });
      const requestBody = { required: true, definitions: [{ definition: { name: "Push" } }] };
      const body = newTrigger({ name: "push", parameters: [], requestBody });
      expect((await must(await key(), "CreateTrigger", { params, body })).body.errors).toBeUndefined();
      await must(await key(), "PublishConnection", { params });
      const { short } = (await must(await key(), "RotateTriggerAddress", { params: trigger, body: {} })).body;
      address = new URL(at(short, 0).url).pathname;
      expect(address).toMatch(/^\/t\/[\w-]{20,}$/);
    });

    test("a wrong secret refuses what comes, keeps it, and a pasted delivery says why", async () => {
      destination = await subscribe({ name: "program", trigger: "push", destination: { url: program.url } });
      reader = await subscribe({ name: "reader", environment: "live", ownEvents: ["version.published"] });
      const early = [await push({ ref: "early 1" }, meant), await push({ ref: "early 2" }, meant)];
      expect(early.map(({ status }) => status)).toEqual([401, 401]);
      expect((await inbox()).map(({ origin }) => origin)).toEqual(["unverified", "unverified"]);

      const paste = async (body: string) => {
        const headers = [{ name: "X-Hub-Signature-256", value: at(early, 0).signature }];
        return (await must(await key(), "VerifyTriggerDelivery", { params: trigger, body: { headers, body } })).body;
      };
      const text = JSON.stringify({ ref: "early 1" }, undefined, 1);
      const why = await paste(text);
      expect(why).toMatchObject({ passed: false, steps: [{ scheme: "hmac", what: "signature", passed: false }] });
      expect(at(why.steps, 0).message).toContain("another key");

      await changeSecret(meant);
      expect((await paste(text)).passed).toBe(true);
      // Pretty-printed by whoever pasted it.
      expect((await paste(`${text}\n`)).passed).toBe(false);
      expect(program.got).toEqual([]);
    });

    test("verified again once the secret is mended, they are delivered as they came, signed for a library that verifies them", async () => {
      const early = (await inbox({ origin: "unverified" })).map(({ id }) => id).toReversed();
      for (const id of early) {
        const params = { ...connection, event_id: id };
        expect((await must(await key(), "VerifyEvent", { params })).body).toMatchObject({ id, origin: "verified", fits: true });
      }
      const { status, id } = await push({ ref: "on time" }, meant);
      expect(status).toBe(202);
      await program.has(id, ...early);
      expect(program.got.map(({ body }) => body).sort()).toEqual(
        ["early 1", "early 2", "on time"].map((ref) => JSON.stringify({ ref }, undefined, 1)),
      );
      for (const { headers } of program.got) expect(headers).toMatchObject({ "x-github-event": "push", "mooring-trigger": "push" });
      expect(await inbox({ origin: "unverified" })).toEqual([]);
    });

    test("a secret that changes loses nothing while both are good", async () => {
      await changeSecret(next, { previousValidSeconds: 3600 });
      const both = [await push({ ref: "with the old" }, meant), await push({ ref: "with the new" }, next)];
      expect(both.map(({ status }) => status)).toEqual([202, 202]);
      await program.has(...both.map(({ id }) => id));
      expect((await push({ ref: "with neither" }, typed)).status).toBe(401);
    });

    test("what a destination refuses waits, and is replayed with the id it had", async () => {
      program.answers(500);
      const { id } = await push({ ref: "replayed" }, next);
      const params = destination;
      const state = async () => (await must(await key(), "ListDeliveries", { params })).body.deliveries.find(({ event }) => event === id);
      await expect.poll(state, waiting).toMatchObject({ state: "waiting", lastStatus: 500 });
      program.answers(204);
      const body = { subscription: destination.subscription_id };
      expect((await must(await key(), "DeliverEvent", { params: { ...connection, event_id: id }, body })).body).toEqual({ deliveries: 1 });
      // Its attempts are counted from there on: were it sent again by itself meanwhile, that would be the second one.
      const firstAttempts = () => program.sentOf(id).filter(({ headers }) => headers["mooring-attempt"] === "1");
      await expect.poll(() => firstAttempts().length, waiting).toBe(2);
      await expect.poll(state, waiting).toMatchObject({ state: "delivered", lastStatus: 204 });
    });

    test("what comes for a destination that said it is gone stays, and goes when its owner resumes it", async () => {
      const params = destination;
      program.answers(410);
      const gone = await push({ ref: "gone for a while" }, next);
      const stateOf = async () => (await must(await key(), "GetSubscription", { params })).body.destination?.state;
      await expect.poll(stateOf, waiting).toBe("disabled");
      const held = await push({ ref: "held back" }, next);
      program.answers(204);
      expect(program.sentOf(held.id)).toEqual([]);
      await must(await key(), "ResumeSubscription", { params });
      await program.has(held.id);
      await expect.poll(() => program.sentOf(gone.id).length, waiting).toBe(2);
    });

    test("a filter lets through only what fits", async () => {
      const filter = [{ pointer: "/ref", is: "equals" as const, value: "main" }];
      const some = await subscribe({ name: "some", trigger: "push", filter, destination: { url: `${program.url}/some` } });
      const both = [await push({ ref: "other" }, next), await push({ ref: "main" }, next)];
      await program.has(...both.map(({ id }) => id));
      const states = async () => (await must(await key(), "ListDeliveries", { params: some })).body.deliveries.map(({ state }) => state);
      await expect.poll(states, waiting).toEqual(["delivered", "skipped"]);
      const got = program.got.filter(({ path }) => path === "/hook/some");
      expect(got.map(({ body }) => JSON.parse(body))).toEqual([{ ref: "main" }]);
    });

    test("while a key changes, each event is signed with both", async () => {
      const { key: made = "" } = (await must(await key(), "RotateSubscriptionKey", { params: destination, body: {} })).body;
      world.shownOnce.push(made);
      const { id } = await push({ ref: "both keys" }, next);
      await program.has(id);
      const { headers, body } = at(program.sentOf(id), 0);
      expect(headers["webhook-signature"]).toMatch(/^v1,\S+ v1,\S+$/);
      expect(new Webhook(made).verify(body, headers as Record<string, string>)).toEqual({ ref: "both keys" });
      expect(program.got.every(({ isGenuine }) => isGenuine)).toBe(true);
    });

    test("a reader who waits is given the rest, and goes on where it was when it starts again", async () => {
      const first = await read({ first: 4 });
      expect(refsOf(first.events)).toEqual(["early 1", "early 2", "on time", "with the old"]);
      await must(await key(), "AcknowledgeSubscriptionEvents", { params: reader, body: { through: first.cursor } });
      const rest = await read();
      expect(refsOf(rest.events)).toEqual(["with the new", "replayed", "gone for a while", "held back", "other", "main", "both keys"]);
      const [waited] = await Promise.all([read({ after: rest.cursor, waitMs: 30_000 }), push({ ref: "waited for" }, next)]);
      expect(refsOf(waited.events)).toEqual(["waited for"]);
      await must(await key(), "AcknowledgeSubscriptionEvents", { params: reader, body: { through: waited.cursor } });
      expect((await read()).events).toEqual([]);
    });

    test("as server-sent events they come to a library, and what Mooring does itself comes with them", async () => {
      const heard: SubscriptionEvent[] = [];
      const { organisation } = world.mooring.bootstrap;
      const path = `/o/${organisation}/connections/${reader.connection_id}/subscriptions/${reader.subscription_id}/events`;
      const url = new URL(path, world.mooring.origin);
      const onMessage = ({ data }: { data: string }) => void heard.push(JSON.parse(data) as SubscriptionEvent);
      const source = createEventSource({ url, headers: (await key()).headers, onMessage });
      await push({ ref: "streamed" }, next);
      await expect.poll(() => refsOf(heard), waiting).toEqual(["streamed"]);
      source.close();

      await must(await key(), "CreateConnectionVersion", { params: connection, body: { name: "2", fromVersion: "1" } });
      await must(await key(), "PublishConnection", { params: { ...connection, version: "2" } });
      // The address stays: it follows the default.
      expect((await push({ ref: "in version 2" }, next)).status).toBe(202);
      source.connect();
      await expect.poll(() => heard.length, waiting).toBe(3);
      source.close();
      expect(heard.map(({ type, origin }) => [type, origin])).toEqual([
        ["trigger", "verified"],
        ["version.published", "own"],
        ["trigger", "verified"],
      ]);
      expect(JSON.parse(heard[1]?.body ?? "")).toMatchObject({ type: "version.published", data: { version: { name: "2" } } });
    });
  },
  { only, settings: loopback },
);

/** Generous: what takes this long does not come. */
const waiting = { timeout: 30_000, interval: 5 };

interface Program {
  readonly url: string;
  readonly got: readonly { path: string; headers: IncomingHttpHeaders; body: string; isGenuine: boolean }[];
  /** Verifies what comes with this key too. */
  trusts(key: string): void;
  /** What it answers; 204 at first, and always 401 to what no key of it has signed. */
  answers(status: number): void;
  /** Resolves when all of these events have come. */
  has(...ids: string[]): Promise<void>;
  /** Each time that an event came. */
  sentOf(id: string): Program["got"];
  close(): Promise<void>;
}

/** The user's own program, which takes nothing that `standardwebhooks` refuses. */
async function startProgram(): Promise<Program> {
  const got: { path: string; headers: IncomingHttpHeaders; body: string; isGenuine: boolean }[] = [];
  const keys: Webhook[] = [];
  let status = 204;
  const server = createServer(async (request, response) => {
    const { url: path = "", headers } = request;
    const body = Buffer.concat(await request.toArray()).toString();
    const isGenuine = keys.some((key) => passes(key, body, headers));
    got.push({ path, headers, body, isGenuine });
    response.writeHead(isGenuine ? status : 401).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const sentOf = (id: string) => got.filter(({ headers }) => headers["webhook-id"] === id);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    trusts: (key) => void keys.push(new Webhook(key)),
    answers(next) {
      status = next;
    },
    sentOf,
    has: (...ids) => expect.poll(() => ids.filter((id) => sentOf(id).length === 0), waiting).toEqual([]),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passes(key: Webhook, body: string, headers: IncomingHttpHeaders): boolean {
  try {
    key.verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
