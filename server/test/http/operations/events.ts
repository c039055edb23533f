import { expect } from "vitest";
import type { ConnectionId, EnvironmentId } from "../../../src/kernel/ids.ts";
import { newTrigger } from "../../harness/content.ts";
import { haltDestination, keepEvents, keptEvent } from "../../harness/events.ts";
import { at, createConnection, createSubscription, credentialOf, hmacScheme, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

/** A connection to which one event came, and then a subscription with a destination to which nothing is sent meanwhile. */
const given = async (world: World) => {
  const { id, environments } = await createConnection(world, smallConnection());
  const place = { connectionId: id as ConnectionId, environmentId: at(environments, 0).id as EnvironmentId };
  const event = keptEvent({ ...place, position: 1, sequence: 1 });
  const { org } = await world.as("key");
  await keepEvents(world.mooring.db, org, [event]);
  const subscription = await createSubscription(world, id, { destination: { url: "https://hooks.example.com/mooring" } });
  await haltDestination(world.mooring.db, org, subscription.id);
  return { params: { connection_id: id }, event, subscription };
};
type Given = Awaited<ReturnType<typeof given>>;
const one = ({ params, event }: Given) => ({ params: { ...params, event_id: event.id } });
const withNonsense = { query: { nonsense: 1 } };

/** A connection to whose trigger somebody sent an event without a proof. */
const givenUnverified = async (world: World) => {
  const credential = { trigger: [{ authSchemeConfig: hmacScheme, credential: credentialOf.string() }] };
  const { id, environments } = await createConnection(
    world,
    smallConnection({ environments: [{ name: "dev", credentials: credential, variables: [] }] }),
  );
  const key = await world.as("key");
  const params = { connection_id: id };
  await world.must(key, "CreateTrigger", { params: { ...params, version: "1" }, body: newTrigger() });
  await world.must(key, "PublishConnection", { params: { ...params, version: "1" } });
  const address = `/o/${key.org}/connections/${id}/environments/${at(environments, 0).id}/triggers/orderPaid`;
  const { status } = await world.raw(address, { method: "POST", body: "{}" });
  expect(status).toBe(401);
  const { body } = await world.must(key, "ListEvents", { params });
  return { params: { ...params, event_id: at(body.events, 0).id } };
};

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
  VerifyEvent: five<"VerifyEvent", Awaited<ReturnType<typeof givenUnverified>>>({
    given: givenUnverified,
    happy: (unverified) => unverified,
    after: ({ body }, { params }) =>
      expect(body).toMatchObject({ id: params.event_id, origin: "unverified", verification: { passed: false } }),
    invalid: { send: (unverified) => ({ ...unverified, ...withNonsense }), fields: ["nonsense"] },
    forbidden: "viewer",
  }),
  DeliverEvent: five<"DeliverEvent", Given>({
    given,
    happy: (situation) => ({ ...one(situation), body: { subscription: situation.subscription.id } }),
    after: async ({ body }, situation, world) => {
      expect(body).toEqual({ deliveries: 1 });
      const { body: event } = await world.must(await world.as("key"), "GetEvent", one(situation));
      expect(event.deliveries).toMatchObject([{ subscription: situation.subscription.id, event: situation.event.id }]);
    },
    invalid: { send: (situation) => ({ ...one(situation), body: { subscription: "x", all: true } }), fields: ["all", "subscription"] },
    forbidden: "viewer",
  }),
  DeliverEvents: five<"DeliverEvents", Given>({
    given,
    happy: ({ params }) => ({ params, body: { trigger: "order", from: "2026-01-01T00:00:00Z" } }),
    after: ({ body }) => expect(body).toEqual({ deliveries: 1 }),
    invalid: {
      send: ({ params }) => ({
        params,
        body: { subscription: "x", state: "waiting", from: "then", trigger: "a b", after: "é", all: true },
      }),
      fields: ["after", "all", "from", "state", "subscription", "trigger"],
    },
    forbidden: "viewer",
  }),
};
