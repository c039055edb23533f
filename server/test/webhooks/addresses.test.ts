import { beforeAll, expect, test } from "vitest";
import { at } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";
import { createRig, eventsOf, type Rig, sendEvent, signed } from "./rig.ts";

onEachEngine("short addresses of triggers", (world) => {
  let rig: Rig;
  let params: { connection_id: string; environment_id: string; trigger_name: string };
  beforeAll(async () => {
    rig = await createRig(world);
    params = { connection_id: rig.connection, environment_id: rig.environment, trigger_name: "paid" };
  });
  const rotate = async (body: { overlapSeconds?: number; version?: string } = {}) => {
    const { body: made } = await world.must(await world.as("key"), "RotateTriggerAddress", { params, body });
    const path = new URL(at(made.short, 0).url).pathname;
    world.shownOnce.push(path.replace("/t/", ""));
    return { path, short: made.short };
  };
  const send = async (path: string, body = world.newId()) =>
    (await sendEvent(world, path, { body, headers: signed(rig.secret, body) })).status;
  const pass = (seconds: number) => world.clock.advance(seconds * 1_000);

  test("lead to their trigger, with whatever query, and keep no token in what is stored", async () => {
    const { path } = await rotate();
    expect(await send(path)).toBe(200);
    expect(await send(`${path}?a=1`)).toBe(200);
    const [, event] = await eventsOf(world, rig);
    expect(event?.target).toMatch(/^\/t\/.*\?a=1$/);
    expect(event?.target).not.toContain(path);
    for (const wrong of [`${path}x`, path.slice(0, -1), path.toUpperCase(), `${path}/`, `${path}/verify`])
      expect(await send(wrong)).toBe(404);
  });

  test("are good beside a newer one until the overlap has passed, also while they are kept in memory", async () => {
    const before = await rotate();
    expect(await send(before.path)).toBe(200);
    const after = await rotate({ overlapSeconds: 60 });
    expect(after.short[1]).toMatchObject({ id: before.short[0]?.id, expiresAt: expect.any(String) });
    expect([await send(before.path), await send(after.path)]).toEqual([200, 200]);
    pass(59);
    expect(await send(before.path)).toBe(200);
    pass(1);
    expect([await send(before.path), await send(after.path)]).toEqual([404, 200]);
    const { body } = await world.must(await world.as("key"), "GetTriggerAddress", { params });
    expect(body.short.map(({ url }) => new URL(url).pathname)).not.toContain(before.path);
  });

  test("end at once with an overlap of none, and are no more than ten", async () => {
    const before = await rotate();
    const after = await rotate({ overlapSeconds: 0 });
    expect([await send(before.path), await send(after.path)]).toEqual([404, 200]);
    expect(after.short).toHaveLength(1);
    for (let made = 0; made < 11; made += 1) await rotate();
    expect((await rotate()).short).toHaveLength(10);
    expect(await send(after.path)).toBe(404);
  });

  test("are of a version where one is named, which must have the trigger", async () => {
    const key = await world.as("key");
    await world.must(key, "CreateConnectionVersion", { params: { connection_id: rig.connection }, body: { name: "draft" } });
    const draft = { connection_id: rig.connection, version: "draft" };
    const missing = await world.send(key, "RotateTriggerAddress", { params, body: { version: "draft" } });
    expect(missing.error).toMatchObject({ code: "invalid_request", fields: [{ field: "version" }] });
    const { body: trigger } = await world.must(key, "GetTrigger", { params: { ...draft, version: "1", trigger_name: "paid" } });
    await world.must(key, "CreateTrigger", { params: draft, body: { ...trigger, method: "PUT", id: undefined } as never });
    const { path } = await rotate({ version: "draft" });
    expect(await send(path)).toBe(405);
    await world.must(key, "DeleteTrigger", { params: { ...draft, trigger_name: "paid" } });
    expect(await send(path)).toBe(404);
    const unknown = { ...params, trigger_name: "unknown" };
    expect((await world.send(key, "GetTriggerAddress", { params: unknown })).status).toBe(404);
    expect((await world.send(key, "RotateTriggerAddress", { params: unknown, body: {} })).status).toBe(404);
  });

  test("are shown and made by a key within its limits only", async () => {
    const limited = await world.keyWith({ scopes: ["connections:read", "connections:write"], environments: [rig.environment] });
    expect((await world.send(limited, "GetTriggerAddress", { params })).status).toBe(200);
    const elsewhere = await createRig(world);
    const far = { connection_id: elsewhere.connection, environment_id: elsewhere.environment, trigger_name: "paid" };
    expect((await world.send(limited, "GetTriggerAddress", { params: far })).status).toBe(403);
    expect((await world.send(limited, "RotateTriggerAddress", { params: far, body: {} })).status).toBe(403);
  });

  test("go with their environment, and with their connection", async () => {
    const key = await world.as("key");
    const { path } = await rotate();
    expect(await send(path)).toBe(200);
    await world.must(key, "DeleteConnection", { params: { connection_id: rig.connection }, query: { force: true } });
    expect(await send(path)).toBe(404);
    expect(await send(rig.path)).toBe(404);
  });
});
