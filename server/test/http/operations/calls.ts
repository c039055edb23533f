import { expect } from "vitest";
import { timeOf } from "../../../src/kernel/ids.ts";
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
  GetCall: five<"GetCall", Awaited<ReturnType<typeof given>>>({
    given,
    happy: ({ id }) => ({ params: { call_id: id } }),
    after: ({ body }, { id }) => expect(body).toMatchObject({ id, path: "/orders?page=", status: 200, durationMs: 1.5 }),
    invalid: { send: ({ id }) => ({ params: { call_id: id }, query: { nonsense: 1 } }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
  GetCallStatistics: five<"GetCallStatistics", Awaited<ReturnType<typeof given>>>({
    given,
    happy: ({ id }) => {
      const minuteMs = Math.floor(timeOf(id).getTime() / 60_000) * 60_000;
      const [from, to] = [new Date(minuteMs - 60_000).toISOString(), new Date(minuteMs + 60_000).toISOString()];
      return { query: { from, to, stepSeconds: 60 } };
    },
    after: ({ body }) => expect(body.points.at(-1)).toMatchObject({ failures: 0, calls: expect.any(Number), p95Ms: expect.any(Number) }),
    invalid: {
      send: () => ({ query: { from: "yesterday", to: "now", stepSeconds: 61, connection: "x", environment: "y", nonsense: 1 } }),
      fields: ["connection", "environment", "from", "nonsense", "stepSeconds", "to"],
    },
    forbidden: "gatewayKey",
  }),
};
