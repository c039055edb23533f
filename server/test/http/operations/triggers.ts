import { expect } from "vitest";
import { newTrigger } from "../../harness/content.ts";
import { createConnection, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five, invalidPage } from "./five.ts";

/** A connection whose draft `1` has the triggers `orderPaid` and `orderSent`. */
const given = async (world: World) => {
  const key = await world.as("key");
  const { id } = await createConnection(world, smallConnection());
  const params = { connection_id: id, version: "1" };
  const { body: trigger } = await world.must(key, "CreateTrigger", { params, body: newTrigger() });
  await world.must(key, "CreateTrigger", { params, body: newTrigger({ name: "orderSent" }) });
  return { params, trigger };
};
type Given = Awaited<ReturnType<typeof given>>;
const named = ({ params }: Given) => ({ params: { ...params, trigger_name: "orderPaid" } });
const withNonsense = { query: { nonsense: 1 } };

export const triggerScenarios = {
  GetTriggers: five<"GetTriggers", Given>({
    given,
    happy: ({ params }) => ({ params, query: { name: "ORDER", first: 1 } }),
    after: ({ body }) => {
      expect(body).toMatchObject({ totalCount: 2, next: expect.any(String) });
      expect(body.triggers).toMatchObject([{ type: "http", name: "orderSent" }]);
    },
    invalid: { send: ({ params }) => invalidPage.send({ params }), fields: invalidPage.fields },
    forbidden: "gatewayKey",
  }),
  CreateTrigger: five<"CreateTrigger", Given>({
    given,
    happy: ({ params }) => ({ params, body: newTrigger({ name: "order_$2" }) }),
    after: ({ body }) => {
      const id = expect.any(String);
      expect(body).toEqual({ id, ...newTrigger({ name: "order_$2" }), responses: [{ id, status: 202, definitions: [] }] });
    },
    invalid: {
      send: ({ params }) => ({ params, body: { ...newTrigger({ name: "a b" }), method: "FETCH", path: "/hook" } }),
      fields: ["method", "name", "path"],
    },
    forbidden: "viewer",
  }),
  GetTrigger: five<"GetTrigger", Given>({
    given,
    happy: named,
    after: ({ body }, { trigger }) => expect(body).toEqual(trigger),
    invalid: { send: (situation) => ({ ...named(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
  UpdateTrigger: five<"UpdateTrigger", Given>({
    given,
    happy: (situation) => ({ ...named(situation), body: { ...situation.trigger, name: "orderSettled", strict: true } }),
    after: ({ body }, { trigger }) => expect(body).toEqual({ ...trigger, name: "orderSettled", strict: true }),
    invalid: {
      send: (situation) => ({
        ...named(situation),
        body: { ...newTrigger(), strict: "no", challenge: { in: "header", name: 1, equals: "a" }, requestBody: {} },
      }),
      fields: ["challenge.equals", "challenge.in", "challenge.name", "id", "requestBody.definitions", "requestBody.required", "strict"],
    },
    forbidden: "viewer",
  }),
  DeleteTrigger: five<"DeleteTrigger", Given>({
    given,
    happy: named,
    after: async (_answer, situation, world) => {
      expect((await world.send(await world.as("key"), "GetTrigger", named(situation))).status).toBe(404);
    },
    invalid: { send: (situation) => ({ ...named(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "viewer",
  }),
};
