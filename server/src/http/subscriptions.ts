import type { ControlDeps } from "../control/change.ts";
import * as subscriptions from "../control/subscriptions.ts";
import type { ConnectionId, SubscriptionId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names = "ListSubscriptions" | "CreateSubscription" | "GetSubscription" | "DeleteSubscription";

/** Handlers of subscriptions. */
export function subscriptionHandlers(deps: ControlDeps): Pick<Handlers, Names> {
  return {
    ListSubscriptions: async ({ call, params, query }) => {
      const { items, ...page } = await subscriptions.list(deps, call, params.connection_id as ConnectionId, query);
      return { ...page, subscriptions: items };
    },
    CreateSubscription: ({ call, params, body }) => subscriptions.create(deps, call, params.connection_id as ConnectionId, body),
    GetSubscription: ({ call, params }) =>
      subscriptions.get(deps, call, params.connection_id as ConnectionId, params.subscription_id as SubscriptionId),
    DeleteSubscription: ({ call, params }) =>
      subscriptions.remove(deps, call, params.connection_id as ConnectionId, params.subscription_id as SubscriptionId),
  };
}
