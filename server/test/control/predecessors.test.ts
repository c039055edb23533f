import { createHmac } from "node:crypto";
import type { CredentialCreate } from "@mooring/contract";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { canary, canaryKey } from "../harness/canary.ts";
import { newTrigger } from "../harness/content.ts";
import { at, basicAuthScheme, createConnection, createCredential, hmacScheme, smallConnection } from "../harness/samples.ts";
import { fieldsOf } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

/** A trigger that is checked with a credential of this kind, and what says whether a delivery passes. */
async function checkedTrigger(world: World, credential: CredentialCreate) {
  const key = await world.as("key");
  const authSchemeConfig = credential.type === "basic-auth" ? basicAuthScheme : hmacScheme;
  const environments = [{ name: "dev", credentials: { trigger: [{ authSchemeConfig, credential }] }, variables: [] }];
  const connection = await createConnection(world, smallConnection({ environments }));
  await world.must(key, "CreateTrigger", { params: { connection_id: connection.id, version: "1" }, body: newTrigger() });
  const environment = at(connection.environments, 0);
  const { id } = at(environment.credentials.trigger, 0).credential;
  const params = { connection_id: connection.id, environment_id: environment.id, trigger_name: "orderPaid" };
  return {
    id,
    read: async () => (await world.must(key, "GetCredential", { params: { credential_id: id } })).body,
    update: async (changes: object) => {
      const { body } = await world.must(key, "GetCredential", { params: { credential_id: id } });
      return world.send(key, "UpdateCredential", { params: { credential_id: id }, body: { ...body, ...changes } as never });
    },
    passes: async (name: string, value: string) =>
      (await world.must(key, "VerifyTriggerDelivery", { params, body: { version: "1", headers: [{ name, value }], body: "{}" } })).body
        .passed,
  };
}

const newSecret = () => canary("rotated");
const signature = (secret: string) => createHmac("sha256", secret).update("{}").digest("hex");
const stringOf = (value: string) => ({ name: "signing", type: "string" as const, data: { value } });

async function rowsOf({ mooring }: World, id: string): Promise<number> {
  const org = mooring.bootstrap.organisation as OrganisationId;
  const rows = await mooring.db.read(org, (tx) =>
    tx.all(sql`select credential_id from credential_predecessors where org_id = ${org} and credential_id = ${id}`),
  );
  return rows.length;
}

onEachEngine("a secret that is replaced (W-7)", (world) => {
  test("stays good for what comes in as long as the update says, and is shown to", async () => {
    const [first, second] = [newSecret(), newSecret()];
    const trigger = await checkedTrigger(world, stringOf(first));
    const good = async () => Promise.all([first, second].map((secret) => trigger.passes("X-Signature", signature(secret))));
    expect(await good()).toEqual([true, false]);
    const times = [world.clock.now()];
    const { body } = await trigger.update({ data: { value: second }, previousValidSeconds: 3_600 });
    times.push(world.clock.now());
    const [earliest, latest] = times.map((time) => new Date(time.getTime() + 3_600_000).toISOString()) as [string, string];
    expect(body).toMatchObject({ previousValidUntil: expect.any(String), data: { value: "********" } });
    const { previousValidUntil = "" } = body as { previousValidUntil?: string };
    expect(earliest <= previousValidUntil && previousValidUntil <= latest).toBe(true);
    expect(await trigger.read()).toEqual(body);
    expect(await good()).toEqual([true, true]);
    world.clock.advance(3_300_000);
    expect(await good()).toEqual([true, true]);
    world.clock.advance(300_000);
    expect(await good()).toEqual([false, true]);
    expect(await trigger.read()).not.toHaveProperty("previousValidUntil");
  });

  test("is good no longer where the update does not say so; never are more than two", async () => {
    const [first, second, third, fourth] = [newSecret(), newSecret(), newSecret(), newSecret()];
    const trigger = await checkedTrigger(world, stringOf(first));
    const good = () => Promise.all([first, second, third, fourth].map((secret) => trigger.passes("X-Signature", signature(secret))));
    await trigger.update({ data: { value: second }, previousValidSeconds: 600 });
    await trigger.update({ data: { value: third }, previousValidSeconds: 600 });
    expect(await good()).toEqual([false, true, true, false]);
    await trigger.update({ data: { value: fourth } });
    expect(await good()).toEqual([false, false, false, true]);
    expect(await rowsOf(world, trigger.id)).toBe(0);
  });

  test("stays so when something else is changed, or nothing; 0 ends it at once", async () => {
    const [first, second] = [newSecret(), newSecret()];
    const trigger = await checkedTrigger(world, stringOf(first));
    await trigger.update({ data: { value: second }, previousValidSeconds: 600 });
    const kept = await trigger.update({});
    expect(kept.body).toHaveProperty("previousValidUntil");
    const { body: renamed } = await trigger.update({ name: "renamed" });
    expect(renamed).toEqual({ ...kept.body, name: "renamed", updatedAt: renamed.updatedAt });
    expect(await trigger.passes("X-Signature", signature(first))).toBe(true);
    expect((await trigger.update({ previousValidSeconds: 0 })).body).not.toHaveProperty("previousValidUntil");
    expect(await trigger.passes("X-Signature", signature(first))).toBe(false);
    const again = await trigger.update({ previousValidSeconds: 0 });
    expect(again.status).toBe(200);
  });

  test("may be a password with another user, or a file", async () => {
    const [one, other] = [canaryKey("password"), canaryKey("password")];
    const basic = (username: string, password: string) => `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    const trigger = await checkedTrigger(world, { name: "hook", type: "basic-auth", data: { username: "one", password: one } });
    await trigger.update({ data: { username: "other", password: other }, previousValidSeconds: 600 });
    expect(await trigger.passes("Authorization", basic("one", one))).toBe(true);
    expect(await trigger.passes("Authorization", basic("other", other))).toBe(true);
    expect(await trigger.passes("Authorization", basic("one", other))).toBe(false);
    await trigger.update({ data: { username: "third", password: "********" }, previousValidSeconds: 600 });
    expect(await trigger.passes("Authorization", basic("other", other))).toBe(true);
    expect(await trigger.passes("Authorization", basic("third", other))).toBe(true);

    const [firstFile, secondFile] = [Buffer.from(newSecret()), Buffer.from(newSecret())];
    const ofFile = (bytes: Buffer) => createHmac("sha256", bytes).update("{}").digest("hex");
    const signing = await checkedTrigger(world, { name: "file", type: "binary", data: { valueBase64: firstFile.toString("base64") } });
    await signing.update({ data: { valueBase64: secondFile.toString("base64") }, previousValidSeconds: 600 });
    for (const bytes of [firstFile, secondFile]) expect(await signing.passes("X-Signature", ofFile(bytes))).toBe(true);
  });

  test("goes with its credential", async () => {
    const credential = await createCredential(world, "string");
    const key = await world.as("key");
    const params = { credential_id: credential.id };
    const body = { ...credential, data: { value: newSecret() }, previousValidSeconds: 600 } as never;
    await world.must(key, "UpdateCredential", { params, body });
    expect(await rowsOf(world, credential.id)).toBe(1);
    await world.must(key, "DeleteCredential", { params });
    expect(await rowsOf(world, credential.id)).toBe(0);
  });

  describe("and what an update may not say of it:", () => {
    test("a time for nothing, or one that is too long", async () => {
      const trigger = await checkedTrigger(world, stringOf(newSecret()));
      expect(fieldsOf(await trigger.update({ name: "x", previousValidSeconds: 60 }))).toEqual(["previousValidSeconds"]);
      for (const previousValidSeconds of [-1, 30 * 24 * 3_600 + 1, 0.5]) {
        expect(fieldsOf(await trigger.update({ data: { value: newSecret() }, previousValidSeconds }))).toEqual(["previousValidSeconds"]);
      }
    });

    test.each(["none", "oauth2-client", "oauth2-token"] as const)("anything, of %s, which checks nothing that comes in", async (type) => {
      const credential = await createCredential(world, type);
      const body = { ...credential, previousValidSeconds: 60 } as never;
      const answer = await world.send(await world.as("key"), "UpdateCredential", { params: { credential_id: credential.id }, body });
      expect(fieldsOf(answer)).toEqual(["previousValidSeconds"]);
    });
  });
});
