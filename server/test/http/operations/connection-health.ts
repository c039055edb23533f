import { expect } from "vitest";
import { createConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

const given = (world: World) => createConnection(world);
const one = ({ id }: { id: string }) => ({ params: { connection_id: id } });

export const connectionHealthScenarios = {
  ListConnectionSummaries: five<"ListConnectionSummaries", Awaited<ReturnType<typeof given>>>({
    given,
    happy: ({ name }) => ({ query: { first: 1, search: name, protocol: "http", health: "unused", sort: "createdAt:desc" } }),
    after: ({ body }, { id, name, baseUrl, environments }) => {
      const shown = environments.map((environment) => ({ id: environment.id, name: environment.name, health: "unused" }));
      const nothing = { callsLastHour: 0, failuresLastHour: 0, attention: [] };
      expect(body.items).toMatchObject([{ id, name, address: baseUrl, health: "unused", environments: shown, ...nothing }]);
    },
    invalid: {
      send: () => ({ query: { first: 101, sort: "name", search: "\n", protocol: "ftp", health: "ill", nonsense: 1 } }),
      fields: ["first", "health", "nonsense", "protocol", "search", "sort"],
    },
    forbidden: "gatewayKey",
  }),
  GetConnectionHealth: five<"GetConnectionHealth", Awaited<ReturnType<typeof given>>>({
    given,
    happy: one,
    after: ({ body }, { environments }) => {
      expect(body).toMatchObject({ health: "unused", attention: [] });
      expect(body.environments.map(({ id, credentials }) => ({ id, uses: credentials.action.map((use) => use.id) }))).toEqual(
        environments.map(({ id, credentials }) => ({ id, uses: credentials.action.map((use) => use.id) })),
      );
    },
    invalid: { send: (connection) => ({ ...one(connection), query: { nonsense: 1 } }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
};
