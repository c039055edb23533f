import { expect } from "vitest";
import { newAction } from "../../harness/content.ts";
import { createConnection, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five, invalidPage } from "./five.ts";

/** A connection whose draft `1` has the actions `createOrder` and `listOrders`. */
const given = async (world: World) => {
  const key = await world.as("key");
  const { id } = await createConnection(world, smallConnection());
  const params = { connection_id: id, version: "1" };
  const { body: action } = await world.must(key, "CreateAction", { params, body: newAction() });
  await world.must(key, "CreateAction", { params, body: newAction({ name: "listOrders", method: "GET" }) });
  return { params, action };
};
type Given = Awaited<ReturnType<typeof given>>;
const named = ({ params }: Given) => ({ params: { ...params, action_name: "createOrder" } });
const withNonsense = { query: { nonsense: 1 } };

export const actionScenarios = {
  GetActions: five<"GetActions", Given>({
    given,
    happy: ({ params }) => ({ params, query: { name: "ORDER", first: 1 } }),
    after: ({ body }) => {
      expect(body).toMatchObject({ totalCount: 2, next: expect.any(String) });
      expect(body.actions).toMatchObject([{ type: "http", name: "listOrders" }]);
    },
    invalid: { send: ({ params }) => invalidPage.send({ params }), fields: invalidPage.fields },
    forbidden: "gatewayKey",
  }),
  CreateAction: five<"CreateAction", Given>({
    given,
    happy: ({ params }) => ({ params, body: newAction({ name: "create_$2" }) }),
    after: ({ body }) => expect(body).toEqual({ id: expect.any(String), ...newAction({ name: "create_$2" }) }),
    invalid: {
      send: ({ params }) => ({ params, body: { ...newAction({ name: "a b" }), method: "FETCH", headers: [] } }),
      fields: ["headers", "method", "name"],
    },
    forbidden: "viewer",
  }),
  GetAction: five<"GetAction", Given>({
    given,
    happy: named,
    after: ({ body }, { action }) => expect(body).toEqual(action),
    invalid: { send: (situation) => ({ ...named(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
  UpdateAction: five<"UpdateAction", Given>({
    given,
    happy: (situation) => ({ ...named(situation), body: { ...situation.action, name: "addOrder", summary: "Adds one" } }),
    after: ({ body }, { action }) => expect(body).toEqual({ ...action, name: "addOrder", summary: "Adds one" }),
    invalid: {
      send: (situation) => ({ ...named(situation), body: { ...newAction(), path: 5, requestBody: {} } }),
      fields: ["id", "path", "requestBody.definitions", "requestBody.required"],
    },
    forbidden: "viewer",
  }),
  DeleteAction: five<"DeleteAction", Given>({
    given,
    happy: named,
    after: async (_answer, situation, world) => {
      expect((await world.send(await world.as("key"), "GetAction", named(situation))).status).toBe(404);
    },
    invalid: { send: (situation) => ({ ...named(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "viewer",
  }),
};
