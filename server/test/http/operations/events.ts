import { expect } from "vitest";
import type { ConnectionId, EnvironmentId } from "../../../src/kernel/ids.ts";
import { keepEvents, keptEvent } from "../../harness/events.ts";
import { at, createConnection, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

/** A connection to which one event came. */
const given = async (world: World) => {
  const { id, environments } = await createConnection(world, smallConnection());
  const place = { connectionId: id as ConnectionId, environmentId: at(environments, 0).id as EnvironmentId };
  const event = keptEvent({ ...place, position: 1, sequence: 1 });
  await keepEvents(world.mooring.db, (await world.as("key")).org, [event]);
  return { params: { connection_id: id }, event };
};
type Given = Awaited<ReturnType<typeof given>>;
const one = ({ params, event }: Given) => ({ params: { ...params, event_id: event.id } });
const withNonsense = { query: { nonsense: 1 } };

export const eventScenarios = {
  ListEvents: five<"ListEvents", Given>({
    given,
    happy: ({ params }) => ({ params, query: { first: 1 } }),
    after: ({ body }, { event }) => expect(body).toMatchObject({ totalCount: 1, events: [{ id: event.id, bytes: 11, sequence: 1 }] }),
    invalid: {
      send: ({ params }) => ({ params, query: { first: 0, environment: "", trigger: "", origin: "me", from: "yesterday", nonsense: 1 } }),
      fields: ["environment", "first", "from", "nonsense", "origin", "trigger"],
    },
    forbidden: "gatewayKey",
  }),
  GetEvent: five<"GetEvent", Given>({
    given,
    happy: one,
    after: ({ body }, { event }) =>
      expect(body).toMatchObject({ id: event.id, body: `{"order":7}`, target: "/hook?page=2", deliveries: [] }),
    invalid: { send: (situation) => ({ ...one(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
};
