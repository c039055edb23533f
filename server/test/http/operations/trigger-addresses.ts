import { expect } from "vitest";
import { newTrigger } from "../../harness/content.ts";
import { at, createConnection, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

/** A connection whose draft `1` has the trigger `orderPaid`, with a short address in its environment. */
const given = async (world: World) => {
  const key = await world.as("key");
  const { id, environments } = await createConnection(world, smallConnection());
  await world.must(key, "CreateTrigger", { params: { connection_id: id, version: "1" }, body: newTrigger() });
  const params = { connection_id: id, environment_id: at(environments, 0).id, trigger_name: "orderPaid" };
  const { body: before } = await world.must(key, "RotateTriggerAddress", { params, body: { version: "1" } });
  world.shownOnce.push(tokenOf(at(before.short, 0).url));
  return { params, before };
};
type Given = Awaited<ReturnType<typeof given>>;

const tokenOf = (url: string) => url.split("/t/")[1] ?? "";

export const triggerAddressScenarios = {
  GetTriggerAddress: five<"GetTriggerAddress", Given>({
    given,
    happy: ({ params }) => ({ params }),
    after: ({ body }, { before }) => expect(body).toEqual(before),
    invalid: { send: ({ params }) => ({ params, query: { nonsense: 1 } }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
  RotateTriggerAddress: five<"RotateTriggerAddress", Given>({
    given,
    happy: ({ params }) => ({ params, body: { version: "1", overlapSeconds: 60 } }),
    after: ({ body }, { before }, world) => {
      world.shownOnce.push(tokenOf(at(body.short, 0).url));
      expect(body).toMatchObject({ url: before.url, short: [{ version: "1" }, { ...before.short[0], expiresAt: expect.any(String) }] });
      expect(tokenOf(at(body.short, 0).url)).toMatch(/^[\w-]{32}$/);
      expect(body.short[0]?.expiresAt).toBeUndefined();
    },
    invalid: {
      send: ({ params }) => ({ params, body: { overlapSeconds: -1, version: "", more: 1 } }),
      fields: ["more", "overlapSeconds", "version"],
    },
    forbidden: "viewer",
  }),
};
