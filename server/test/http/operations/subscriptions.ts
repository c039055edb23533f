import { expect } from "vitest";
import { arrive } from "../../harness/events.ts";
import { at, createConnection, createSubscription, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five, invalidPage } from "./five.ts";

/** A connection whose version `1` is published, with one subscription to it. */
const given = async (world: World) => {
  const { id, environments } = await createConnection(world, smallConnection());
  const params = { connection_id: id };
  await world.must(await world.as("key"), "PublishConnection", { params: { ...params, version: "1" } });
  const subscription = await createSubscription(world, id, { name: "billing", version: "1", environment: "dev" });
  return { params, subscription, environment: at(environments, 0) };
};
type Given = Awaited<ReturnType<typeof given>>;
const one = ({ params, subscription }: Given) => ({ params: { ...params, subscription_id: subscription.id } });
const withNonsense = { query: { nonsense: 1 } };

/** The same, with a destination that nobody answers at. */
const givenDestination = async (world: World) => {
  const { params } = await given(world);
  const destination = { url: "https://hooks.example.com/mooring" };
  return { params, subscription: await createSubscription(world, params.connection_id, { name: "ledger", destination }) };
};
type GivenDestination = Awaited<ReturnType<typeof givenDestination>>;
const itsOne = ({ params, subscription }: Pick<GivenDestination, "params" | "subscription">) => ({
  params: { ...params, subscription_id: subscription.id },
});

/** A subscription that is read, and an event that came for it. */
const givenEvent = async (world: World) => {
  const { params } = await given(world);
  const subscription = await createSubscription(world, params.connection_id, { name: "reader" });
  const [event = ""] = await arrive(world.mooring.db, world.mooring.bootstrap.organisation, params.connection_id);
  const request = { params: { ...params, subscription_id: subscription.id } };
  const { body } = await world.must(await world.as("key"), "ReadSubscriptionEvents", request);
  return { params, subscription, event, cursor: body.cursor };
};
type GivenEvent = Awaited<ReturnType<typeof givenEvent>>;

export const subscriptionScenarios = {
  CreateSubscription: five<"CreateSubscription", Given>({
    given,
    happy: ({ params }) => ({ params, body: { name: "shipping", version: "1", environment: "dev" } }),
    after: ({ body }, { environment }) => expect(body).toMatchObject({ name: "shipping", version: "1", environment: environment.id }),
    invalid: { send: ({ params }) => ({ params, body: { name: "", version: 1, follow: true } }), fields: ["follow", "name", "version"] },
    forbidden: "viewer",
  }),
  ListSubscriptions: five<"ListSubscriptions", Given>({
    given,
    happy: ({ params }) => ({ params }),
    after: ({ body }, { subscription }) => expect(body).toEqual({ totalCount: 1, subscriptions: [subscription] }),
    invalid: { send: ({ params }) => invalidPage.send({ params }), fields: invalidPage.fields },
    forbidden: "gatewayKey",
  }),
  GetSubscription: five<"GetSubscription", Given>({
    given,
    happy: one,
    after: ({ body }, { subscription }) => expect(body).toEqual(subscription),
    invalid: { send: (situation) => ({ ...one(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
  DeleteSubscription: five<"DeleteSubscription", Given>({
    given,
    happy: one,
    after: async (_answer, situation, world) => {
      expect((await world.send(await world.as("key"), "GetSubscription", one(situation))).status).toBe(404);
    },
    invalid: { send: (situation) => ({ ...one(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "viewer",
  }),
  UpdateSubscription: five<"UpdateSubscription", Given>({
    given,
    happy: (situation) => ({ ...one(situation), body: { ...situation.subscription, name: "invoices" } }),
    after: ({ body }, { subscription }) => expect(body).toEqual({ ...subscription, name: "invoices", updatedAt: body.updatedAt }),
    invalid: {
      send: (situation) => ({ ...one(situation), body: { id: "no", name: 1, destination: {}, follow: true } }),
      fields: ["destination.url", "follow", "id", "name"],
    },
    forbidden: "viewer",
  }),
  RotateSubscriptionKey: five<"RotateSubscriptionKey", GivenDestination>({
    given: givenDestination,
    happy: (situation) => ({ ...itsOne(situation), body: { overlapSeconds: 60 } }),
    after: ({ body }) => expect([body.key?.slice(0, 6), body.destination?.keys.length]).toEqual(["whsec_", 2]),
    invalid: {
      send: (situation) => ({ ...itsOne(situation), body: { overlapSeconds: -1, now: true } }),
      fields: ["now", "overlapSeconds"],
    },
    forbidden: "viewer",
  }),
  ResumeSubscription: five<"ResumeSubscription", GivenDestination>({
    given: givenDestination,
    happy: itsOne,
    after: ({ body }) => expect(body.destination).toMatchObject({ state: "active", failures: 0 }),
    invalid: { send: (situation) => ({ ...itsOne(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "viewer",
  }),
  ListDeliveries: five<"ListDeliveries", GivenDestination>({
    given: givenDestination,
    happy: itsOne,
    after: ({ body }) => expect(body).toEqual({ totalCount: 0, deliveries: [] }),
    invalid: {
      send: (situation) => ({ ...itsOne(situation), query: { first: 0, nonsense: 1, state: "lost" } }),
      fields: ["first", "nonsense", "state"],
    },
    forbidden: "readKey",
  }),
  ReadSubscriptionEvents: five<"ReadSubscriptionEvents", GivenEvent>({
    given: givenEvent,
    happy: (situation) => itsOne(situation),
    after: ({ body }, { event }) => {
      expect(body.events).toMatchObject([{ id: event, type: "trigger", trigger: "order", body: `{"order":7}` }]);
      expect(body.cursor).toBe(body.events[0]?.cursor);
    },
    invalid: {
      send: (situation) => ({ ...itsOne(situation), query: { first: 0, waitMs: 30_001, nonsense: 1 } }),
      fields: ["first", "nonsense", "waitMs"],
    },
    forbidden: "readKey",
  }),
  AcknowledgeSubscriptionEvents: five<"AcknowledgeSubscriptionEvents", GivenEvent>({
    given: givenEvent,
    happy: (situation) => ({ ...itsOne(situation), body: { through: situation.cursor } }),
    after: async ({ body }, situation, world) => {
      expect(body).toEqual({ ...situation.subscription, acknowledged: situation.cursor });
      const again = await world.must(await world.as("key"), "ReadSubscriptionEvents", itsOne(situation));
      expect(again.body).toEqual({ events: [], cursor: situation.cursor });
    },
    invalid: { send: (situation) => ({ ...itsOne(situation), body: { through: 1, all: true } }), fields: ["all", "through"] },
    forbidden: "viewer",
  }),
};
