import { createHmac } from "node:crypto";
import type { AuthSchemeConfigInput, EnvironmentCreate } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import { canary } from "../harness/canary.ts";
import { newTrigger } from "../harness/content.ts";
import { at, createConnection, credentialOf, hmacScheme, readConnection, smallConnection } from "../harness/samples.ts";
import { fieldsOf } from "../harness/scenarios.ts";
import { differenceOf, storedOf } from "../harness/stored.ts";
import { onEachEngine, type World } from "../harness/world.ts";
import { presetOf } from "../schemes/vendors.ts";

const secret = canary("hook");
const signing = { name: "signing", type: "string", data: { value: secret } } as const;
const sign = (content: string | Buffer) => createHmac("sha256", secret).update(content).digest("hex");

const environment = (...configs: AuthSchemeConfigInput[]): EnvironmentCreate => ({
  name: "dev",
  credentials: { trigger: configs.map((authSchemeConfig) => ({ authSchemeConfig, credential: signing })) },
  variables: [],
});

/** A trigger in a published version and in a draft, and who asks about deliveries to it. */
async function prepared(world: World, ...configs: AuthSchemeConfigInput[]) {
  const key = await world.as("key");
  const { id, environments } = await createConnection(world, smallConnection({ environments: [environment(...configs)] }));
  const dev = at(environments, 0);
  await world.must(key, "CreateTrigger", { params: { connection_id: id, version: "1" }, body: newTrigger() });
  await world.must(key, "PublishConnection", { params: { connection_id: id, version: "1" } });
  const params = { connection_id: id, environment_id: dev.id, trigger_name: "orderPaid" };
  const path = `/o/${key.org}/connections/${id}/environments/${dev.id}/triggers/orderPaid`;
  const asked = (body: object, changes: object = {}, as: "key" | "eventsKey" = "key") =>
    world.as(as).then((actor) => world.send(actor, "VerifyTriggerDelivery", { params: { ...params, ...changes }, body: body as never }));
  return { id, dev, path, asked };
}

onEachEngine("a delivery that somebody pasted", (world) => {
  test("is held against the environment's credentials, by its id or name, and nothing is kept of it", async () => {
    const { asked } = await prepared(world, hmacScheme);
    const headers = [{ name: "x-signature", value: sign("{}") }];
    await world.as("eventsKey");
    const before = await storedOf(world.mooring.db, world.mooring.bootstrap.organisation);
    for (const environment_id of [undefined, "dev"]) {
      const { body } = await asked({ headers, body: "{}" }, environment_id ? { environment_id } : {}, "eventsKey");
      expect(body).toMatchObject({ passed: true, steps: [{ scheme: "hmac", what: "signature", passed: true }] });
    }
    const { body } = await asked({ headers, body: "{}\n" });
    expect(body).toMatchObject({
      passed: false,
      steps: [{ what: "signature" }, { what: "hint", message: expect.stringMatching(/newline/) }],
    });
    expect(differenceOf(before, await storedOf(world.mooring.db, world.mooring.bootstrap.organisation))).toEqual([]);
  });

  test("may be bytes, and not both text and bytes", async () => {
    const { asked } = await prepared(world, hmacScheme);
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x28]);
    const headers = [{ name: "X-Signature", value: sign(bytes) }];
    expect((await asked({ headers, bodyBase64: bytes.toString("base64") })).body.passed).toBe(true);
    expect(fieldsOf(await asked({ headers, bodyBase64: "AA==", body: "" }))).toEqual(["bodyBase64"]);
    expect(fieldsOf(await asked({ headers, bodyBase64: "AAA" }))).toEqual(["bodyBase64"]);
  });

  test("is taken to have come now, to the trigger's own address, unless it says otherwise", async () => {
    const { authSchemeConfig } = presetOf("slack");
    const ofUrl = { ...hmacScheme, name: "X-Url", digestInputs: ["url", "body"] } as AuthSchemeConfigInput;
    const { path, asked } = await prepared(world, authSchemeConfig, ofUrl);
    const sent = (at: Date, url: string) => {
      const seconds = Math.floor(at.getTime() / 1000);
      return [
        { name: "X-Slack-Request-Timestamp", value: `${seconds}` },
        { name: "X-Slack-Signature", value: `v0=${sign(`v0:${seconds}:{}`)}` },
        { name: "X-Url", value: sign(`${url}{}`) },
      ];
    };
    const [now, old] = [world.clock.now(), new Date("2026-01-01T00:00:00.000Z")];
    const { origin } = world.mooring.origin;
    expect((await asked({ headers: sent(now, origin + path), body: "{}" })).body.passed).toBe(true);
    expect((await asked({ headers: sent(now, `${origin}/t/x?y`), body: "{}", url: "/t/x?y" })).body.passed).toBe(true);
    const elsewhere = { headers: sent(old, "https://a.example/h\u00fc"), body: "{}", url: "https://a.example/h\u00fc" };
    expect((await asked({ ...elsewhere, receivedAt: old.toISOString() })).body.passed).toBe(true);
    const { body } = await asked(elsewhere);
    // It goes on after what failed: the second credential passes.
    expect(body.steps.map(({ what, passed }) => `${what} ${passed}`)).toEqual(["timestamp false", "hint false", "signature true"]);
  });

  test("of a trigger that is not there is 404, whatever is missing", async () => {
    const { asked } = await prepared(world, hmacScheme);
    for (const changes of [{ trigger_name: "orderLost" }, { environment_id: "prod" }, { environment_id: world.newId() }]) {
      expect((await asked({ headers: [] }, changes)).status).toBe(404);
    }
    expect((await asked({ headers: [], version: "2" })).status).toBe(404);
    expect((await asked({ headers: [], version: "latest" })).status).toBe(200);
  });

  test("is nothing to a key that is limited to other connections or environments", async () => {
    const { id, dev, asked } = await prepared(world, hmacScheme);
    expect((await asked({ headers: [] })).status).toBe(200);
    const other = await createConnection(world, smallConnection());
    const params = { connection_id: id, environment_id: dev.id, trigger_name: "orderPaid" };
    for (const [limit, status] of [
      [{ connections: [id] }, 200],
      [{ connections: [other.id] }, 403],
      [{ environments: [dev.id] }, 200],
      [{ environments: [at(other.environments, 0).id] }, 403],
    ] as const) {
      const limited = await world.keyWith({ scopes: ["events:write"], ...limit } as never);
      const answer = await world.send(limited, "VerifyTriggerDelivery", { params, body: { headers: [] } });
      expect(answer.status, JSON.stringify(limit)).toBe(status);
    }
  });
});

onEachEngine("a signature that is described", (world) => {
  describe("so that it cannot be checked is refused when it is saved, with the field:", () => {
    const wrong = { ...hmacScheme, signature: { content: "{{ timestamp }}{{ bdy }}" } } as AuthSchemeConfigInput;
    const right = { ...hmacScheme, signature: { content: "v1:{{ body }}", prefix: "v1=" } } as AuthSchemeConfigInput;

    test("in a new connection, an environment and a connection's own list", async () => {
      const key = await world.as("key");
      const answer = await world.send(key, "CreateHTTPConnection", {
        body: smallConnection({ environments: [environment(right, wrong)], authSchemeConfigs: [wrong] }),
      });
      expect(fieldsOf(answer)).toEqual([
        "authSchemeConfigs[0].signature.content",
        "authSchemeConfigs[0].signature.timestamp",
        "environments[0].credentials.trigger[1].authSchemeConfig.signature.content",
        "environments[0].credentials.trigger[1].authSchemeConfig.signature.timestamp",
      ]);
    });

    test("in an environment that is changed, and for calls", async () => {
      const key = await world.as("key");
      const { id, dev } = await prepared(world, right);
      const entry = at(dev.credentials.trigger, 0);
      const params = { connection_id: id, environment_id: dev.id };
      const update = (authSchemeConfig: AuthSchemeConfigInput) =>
        world.send(key, "UpdateEnvironment", {
          params,
          body: { ...dev, credentials: { trigger: [{ ...entry, authSchemeConfig }] } } as never,
        });
      expect(fieldsOf(await update(wrong))).toHaveLength(2);
      expect((await update({ ...right, signature: { encoding: "base64" } } as AuthSchemeConfigInput)).status).toBe(200);
      const forCalls = {
        name: "dev",
        credentials: { action: [{ authSchemeConfig: right, credential: credentialOf.string() }] },
        variables: [],
      };
      const refused = await world.send(key, "CreateHTTPConnection", { body: smallConnection({ environments: [forCalls] }) });
      expect(fieldsOf(refused)).toEqual(["environments[0].credentials.action[0].authSchemeConfig.signature"]);
    });
  });

  test("comes back as it was given, and may be sent back so", async () => {
    const key = await world.as("key");
    const { items } = (await world.must(key, "ListSignaturePresets")).body;
    const configs = items.map(({ authSchemeConfig }) => authSchemeConfig);
    const { id } = await createConnection(world, smallConnection({ environments: [environment(...configs)], authSchemeConfigs: configs }));
    const connection = await readConnection(world, id);
    expect(connection.authSchemeConfigs).toEqual(configs);
    expect(at(connection.environments, 0).credentials.trigger.map((entry) => entry.authSchemeConfig)).toEqual(configs);
    const { body } = await world.must(key, "UpdateConnection", { params: { connection_id: id }, body: connection as never });
    expect(body).toEqual(connection);
  });
});
