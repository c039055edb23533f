import { expect } from "vitest";
import { newAction } from "../../harness/content.ts";
import { createConnection, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

/** A connection with one action in its draft, both with a word in their names that nothing else has. */
const given = async (world: World) => {
  const word = `w${world.newId().toLowerCase()}`;
  const { id } = await createConnection(world, smallConnection({ name: `The ${word}` }));
  const body = newAction({ name: `${word}List`, summary: "Lists them." });
  await world.must(await world.as("key"), "CreateAction", { params: { connection_id: id, version: "1" }, body });
  return { id, word };
};
type Given = Awaited<ReturnType<typeof given>>;

export const searchScenarios = {
  Search: five<"Search", Given>({
    given,
    happy: ({ word }) => ({ query: { text: word.toUpperCase() } }),
    after: ({ body }, { id, word }) => {
      const connection = { id, name: `The ${word}`, protocol: "http" };
      const action = { name: `${word}List`, version: "1", summary: "Lists them.", method: "POST", path: "/shops/{{ param.shop }}/orders" };
      expect(body).toEqual({
        items: [
          { kind: "action", connection, ...action },
          { kind: "connection", connection },
        ],
      });
    },
    invalid: { send: () => ({ query: { text: " ", first: 51, nonsense: 1 } }), fields: ["first", "nonsense", "text"] },
    forbidden: "gatewayKey",
  }),
};
