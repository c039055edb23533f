import { expect } from "vitest";
import { createBigQueryConnection, newQuery } from "../../harness/bigquery-world.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

/** A connection to BigQuery whose draft `1` has the query `ordersOf`. */
const given = async (world: World) => {
  const { id } = await createBigQueryConnection(world);
  const params = { connection_id: id, version: "1" };
  await world.must(await world.as("key"), "CreateAction", { params, body: newQuery() });
  return { params: { ...params, action_name: "ordersOf" } };
};
type Given = Awaited<ReturnType<typeof given>>;

export const dryRunScenarios = {
  DryRunAction: five<"DryRunAction", Given>({
    given,
    happy: ({ params }) => ({ params, body: { environment: "dev" } }),
    after: ({ body }) => {
      expect(body).toMatchObject({ totalBytesProcessed: "1024", action: { row: { definition: { name: "ordersOf_row" } } } });
    },
    invalid: { send: ({ params }) => ({ params, body: { environment: "", more: 1 } }), fields: ["environment", "more"] },
    forbidden: "writeKey",
  }),
};
