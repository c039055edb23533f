import type { IncomingHttpHeaders } from "node:http";
import type { QueryOf, SubscriptionEvents } from "@mooring/contract";
import * as destinations from "../control/destinations.ts";
import { acknowledge, type Portion, positionIn, readPortion } from "../control/event-reading.ts";
import type { Readers } from "../control/readers.ts";
import * as subscriptions from "../control/subscriptions.ts";
import { etagOf } from "../domain/etag.ts";
import { cursorOf } from "../domain/event-cursor.ts";
import type { ConnectionId, SubscriptionId } from "../kernel/ids.ts";
import { EventStream, type Handlers, Reply, Waiting } from "./handlers.ts";

type Names =
  | "ListSubscriptions"
  | "CreateSubscription"
  | "GetSubscription"
  | "UpdateSubscription"
  | "DeleteSubscription"
  | "RotateSubscriptionKey"
  | "ResumeSubscription"
  | "ListDeliveries"
  | "ReadSubscriptionEvents"
  | "AcknowledgeSubscriptionEvents";

export type SubscriptionDeps = destinations.DestinationDeps & { readonly readers: Readers };

/** Handlers of subscriptions. */
export function subscriptionHandlers(deps: SubscriptionDeps): Pick<Handlers, Names> {
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
    ReadSubscriptionEvents: async ({ call, params, query, headers }) => {
      const [connectionId, id] = idsOf(params);
      const isStream = streamAccepted.test(headers.accept ?? "");
      const after = isStream ? (lastEventId(headers) ?? afterOf(query)) : afterOf(query);
      const reading = { connectionId, id, after, first: query.first ?? 20 };
      if (isStream) return new EventStream((held) => deps.readers.stream(held, reading));
      const portion = await readPortion(deps, call.actor, reading);
      if (portion.events.length > 0 || !portion.isAtEnd || !query.waitMs) return shown(portion);
      const waitMs = query.waitMs;
      return new Waiting(async (held) => shown(await deps.readers.poll(held, { ...reading, after: portion.position }, waitMs)));
    },
    AcknowledgeSubscriptionEvents: ({ call, params, body }) => {
      const [connectionId, id] = idsOf(params);
      return acknowledge(deps, call, { connectionId, id }, body.through);
    },
  };
}

const streamAccepted = /\btext\/event-stream\b/i;

function afterOf({ after }: QueryOf<"ReadSubscriptionEvents">): number | undefined {
  if (after === "beginning") return 0;
  return after === undefined ? undefined : positionIn("after", after);
}

/** Where a reader that comes again left off, whatever the address says (HTML standard, section 9.2.3). */
function lastEventId({ "last-event-id": sent }: IncomingHttpHeaders): number | undefined {
  return sent === undefined || sent === "" ? undefined : positionIn("Last-Event-ID", String(sent));
}

const shown = ({ events, position }: Portion): SubscriptionEvents => ({ events: [...events], cursor: cursorOf(position) });

const idsOf = (params: { connection_id: string; subscription_id: string }) =>
  [params.connection_id as ConnectionId, params.subscription_id as SubscriptionId] as const;
