import { PageQuery } from "../schemas/page.ts";
import { Subscription, SubscriptionCreate, SubscriptionPage } from "../schemas/subscription.ts";
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
    success: { status: 201, body: Subscription },
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
