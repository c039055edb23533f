import { beforeAll, expect, test } from "vitest";
import { onEachEngine } from "../harness/world.ts";
import { createRig, eventsOf, type Rig, signed } from "./rig.ts";

onEachEngine("events that come in", (world) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await createRig(world);
  });
  const post = (body: string | Uint8Array, headers: Record<string, string> = {}, path = rig.path) =>
    world.raw(path, { method: "POST", body: body as BodyInit, headers });

  test("are kept as they came once they are verified, and answered with their id", async () => {
    const bytes = Buffer.concat([Buffer.from('\ufeff{ "a" : 1, "a":2}\r\n'), Buffer.from([0xff, 0, 0xc3])]);
    const answer = await post(bytes, { ...signed(rig.secret, bytes), "content-type": "application/x-odd", "x-seen": "1" });
    expect(answer.text).toMatch(/id/);
    expect(answer.status).toBe(200);
    const [event] = await eventsOf(world, rig);
    expect(JSON.parse(answer.text)).toEqual({ id: event?.id });
    expect(Buffer.from(event?.body ?? [])).toEqual(bytes);
    expect(event).toMatchObject({
      origin: "verified",
      position: 1,
      sequence: 1,
      content_type: "application/x-odd",
      target: rig.path,
      fits: null,
    });
  });

  test("are refused and kept apart when they are not", async () => {
    const answer = await post("{}", signed("another", "{}"));
    expect(answer.status).toBe(401);
    const found = (await eventsOf(world, rig)).at(-1);
    expect(found).toMatchObject({ origin: "unverified", position: null, sequence: null });
    expect(found?.sealed).toMatch(/original/);
  });
});
