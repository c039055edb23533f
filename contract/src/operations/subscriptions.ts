import { Type } from "typebox";
import { Acknowledgement, DeliveryPage, DeliveryState, SubscriptionEvents } from "../schemas/event.ts";
import { PageQuery, paging, strict } from "../schemas/page.ts";
import {
  Subscription,
  SubscriptionCreate,
  SubscriptionCreated,
  SubscriptionKeyRotate,
  SubscriptionPage,
  SubscriptionUpdate,
} from "../schemas/subscription.ts";
import type { Operation } from "./operation.ts";

const all = "/o/{organisation_id}/connections/{connection_id}/subscriptions";

export const subscriptionOperations = {
  ListSubscriptions: {
    method: "GET",
    path: all,
    tag: "Subscriptions",
    access: "connections:read",
    summary: "List the subscriptions of a connection",
    description: "Newest change first.",
    query: PageQuery,
    success: { status: 200, body: SubscriptionPage },
  },
  CreateSubscription: {
    method: "POST",
    path: all,
    tag: "Subscriptions",
    access: "connections:write",
    summary: "Register an interest in a connection",
    description: "What it uses, a version or whichever is the default and perhaps an environment, can then not be unpublished or deleted.",
    body: SubscriptionCreate,
    success: { status: 201, body: SubscriptionCreated },
  },
  GetSubscription: {
    method: "GET",
    path: `${all}/{subscription_id}`,
    tag: "Subscriptions",
    access: "connections:read",
    summary: "Read a subscription",
    description: "What it uses.",
    success: { status: 200, body: Subscription },
  },
  DeleteSubscription: {
    method: "DELETE",
    path: `${all}/{subscription_id}`,
    tag: "Subscriptions",
    access: "connections:write",
    summary: "End a subscription",
    description: "What it used may change and go from then on.",
    success: { status: 204 },
  },
} as const satisfies Record<string, Operation>;

const one = `${all}/{subscription_id}`;

export const destinationOperations = {
  UpdateSubscription: {
    method: "PUT",
    path: one,
    tag: "Subscriptions",
    access: "connections:write",
    summary: "Change a subscription",
    description: "Replaces what is sent; what is left out is unset. Its keys stay, and a new destination gets a key of its own.",
    body: SubscriptionUpdate,
    success: { status: 200, body: SubscriptionCreated },
  },
  RotateSubscriptionKey: {
    method: "POST",
    path: `${one}/keys`,
    tag: "Subscriptions",
    access: "events:write",
    summary: "Make a new key that events are signed with",
    description: "Until the overlap has passed, events are signed with the one before it as well.",
    body: SubscriptionKeyRotate,
    success: { status: 201, body: SubscriptionCreated },
  },
  ResumeSubscription: {
    method: "POST",
    path: `${one}/resume`,
    tag: "Subscriptions",
    access: "events:write",
    summary: "Send events again to a destination that was disabled or paused",
    description: "What waited is sent now.",
    success: { status: 200, body: Subscription },
  },
  ListDeliveries: {
    method: "GET",
    path: `${one}/deliveries`,
    tag: "Subscriptions",
    access: "events:read",
    summary: "List what is on its way to a destination",
    description: "Newest event first. Those that are `dead` had their last attempt, and are sent again when you say so.",
    query: Type.Object(
      { ...paging, state: Type.Optional({ ...DeliveryState, description: "Only those in this state." } as typeof DeliveryState) },
      strict,
    ),
    success: { status: 200, body: DeliveryPage },
  },
} as const satisfies Record<string, Operation>;

export const readingOperations = {
  ReadSubscriptionEvents: {
    method: "GET",
    path: `${one}/events`,
    tag: "Subscriptions",
    access: "events:read",
    summary: "Read the events of a subscription",
    description:
      "Those behind `after`, or behind what was acknowledged, in the order in which they were kept. With `waitMs` the answer waits for the first. " +
      "Asked for `text/event-stream`, it goes on for as long as you read.",
    query: Type.Object(
      {
        after: Type.Optional(
          Type.String({
            maxLength: 200,
            description: "A cursor, or `beginning` for the oldest event that is kept. Left out: behind what was acknowledged.",
          }),
        ),
        first: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "How many at most." })),
        waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 30_000, default: 0, description: "How long to wait for the first." })),
      },
      strict,
    ),
    success: {
      status: 200,
      body: SubscriptionEvents,
      stream: "Of each event, `id` is its cursor, `event` its type and `data` a SubscriptionEvent. It ends with the right to read.",
    },
  },
  AcknowledgeSubscriptionEvents: {
    method: "POST",
    path: `${one}/events/acknowledge`,
    tag: "Subscriptions",
    access: "events:write",
    summary: "Say which events were dealt with",
    description: "A reading without `after` begins behind them. A cursor before what was acknowledged already changes nothing.",
    body: Acknowledgement,
    success: { status: 200, body: Subscription },
  },
} as const satisfies Record<string, Operation>;
