import { Webhook } from "standardwebhooks";
import { describe, expect, test, vi } from "vitest";
import { engines } from "../harness/engines.ts";
import { answering, deliveryRig, startDestination } from "./deliver-rig.ts";

describe.each(engines)("delivery, on $name", ({ prepare }) => {
  const rig = deliveryRig(prepare);

  test("an event that was kept is sent once, as it came, and is delivered", async () => {
    const server = await startDestination();
    const { id, key } = await rig.subscribe(server.url);
    const [event] = await rig.keep({});
    rig.deliver().announce();
    await vi.waitFor(async () => expect(await rig.deliveries(id)).toMatchObject([{ event, state: "delivered", attempts: 1, lastStatus: 204 }]));
    expect(server.sent).toHaveLength(1);
    const [sent] = server.sent;
    expect(sent).toMatchObject({ id: event, path: "/hook?from=mooring", body: Buffer.from(`{"order":7}`) });
    new Webhook(key).verify(sent?.body ?? "", sent?.headers as Record<string, string>);
  });
});
