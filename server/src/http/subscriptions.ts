import * as destinations from "../control/destinations.ts";
import * as subscriptions from "../control/subscriptions.ts";
import { etagOf } from "../domain/etag.ts";
import type { ConnectionId, SubscriptionId } from "../kernel/ids.ts";
import { type Handlers, Reply } from "./handlers.ts";

type Names =
  | "ListSubscriptions"
  | "CreateSubscription"
  | "GetSubscription"
  | "UpdateSubscription"
  | "DeleteSubscription"
  | "RotateSubscriptionKey"
  | "ResumeSubscription"
  | "ListDeliveries";

/** Handlers of subscriptions. */
export function subscriptionHandlers(deps: destinations.DestinationDeps): Pick<Handlers, Names> {
  return {
    ListSubscriptions: async ({ call, params, query }) => {
      const { items, ...page } = await subscriptions.list(deps, call, params.connection_id as ConnectionId, query);
      return { ...page, subscriptions: items };
    },
    CreateSubscription: ({ call, params, body }) => subscriptions.create(deps, call, params.connection_id as ConnectionId, body),
    GetSubscription: ({ call, params }) => subscriptions.get(deps, call, ...idsOf(params)),
    UpdateSubscription: async ({ call, params, body }) => {
      const { subscription, key } = await subscriptions.update(deps, call, ...idsOf(params), body);
      // The key is no part of what a GET gives.
      return key === undefined ? subscription : new Reply({ ...subscription, key }, { etag: etagOf(subscription) });
    },
    DeleteSubscription: ({ call, params }) => subscriptions.remove(deps, call, ...idsOf(params)),
    RotateSubscriptionKey: ({ call, params, body }) => destinations.rotateKey(deps, call, ...idsOf(params), body),
    ResumeSubscription: ({ call, params }) => destinations.resume(deps, call, ...idsOf(params)),
    ListDeliveries: async ({ call, params, query }) => {
      const { items, ...page } = await destinations.deliveries(deps, call, ...idsOf(params), query);
      return { ...page, deliveries: items };
    },
  };
}

const idsOf = (params: { connection_id: string; subscription_id: string }) =>
  [params.connection_id as ConnectionId, params.subscription_id as SubscriptionId] as const;
