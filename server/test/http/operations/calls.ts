import { expect } from "vitest";
import { recordCalls, recordedCall } from "../../harness/recorded-calls.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

const given = async (world: World) => {
  const call = recordedCall({ id: world.newId(), path: "/orders", query: "page=2" });
  await recordCalls(world.mooring.db, (await world.as("key")).org, [call]);
  return call;
};

export const callScenarios = {
  ListCalls: five<"ListCalls", Awaited<ReturnType<typeof given>>>({
    given,
    happy: () => ({ query: { first: 1 } }),
    after: ({ body }, { id }) => expect(body.items).toMatchObject([{ id, path: "/orders?page=", status: 200 }]),
    invalid: {
      send: () => ({ query: { first: 0, connection: "x", status: "6xx", method: "get", origin: "me", from: "yesterday", nonsense: 1 } }),
      fields: ["connection", "first", "from", "method", "nonsense", "origin", "status"],
    },
    forbidden: "gatewayKey",
  }),
};
