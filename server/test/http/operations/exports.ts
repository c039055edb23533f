import { expect } from "vitest";
import { newAction } from "../../harness/content.ts";
import { createConnection, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

/** A connection whose draft `1` has the action `createOrder`. */
const given = async (world: World) => {
  const key = await world.as("key");
  const { id } = await createConnection(world, smallConnection());
  const params = { connection_id: id, version: "1" };
  await world.must(key, "CreateAction", { params, body: newAction() });
  return { params };
};
type Given = Awaited<ReturnType<typeof given>>;

export const exportScenarios = {
  GetConnectionVersionOpenAPI: five<"GetConnectionVersionOpenAPI", Given>({
    given,
    happy: ({ params }) => ({ params }),
    after: ({ body }) => {
      expect(body).toMatchObject({ openapi: "3.1.0", info: { version: "1" }, components: { schemas: {} } });
      expect(JSON.stringify(body.paths)).toContain('"operationId":"createOrder"');
    },
    invalid: { send: ({ params }) => ({ params, query: { nonsense: 1 } }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
};
