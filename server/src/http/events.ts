import type { ControlDeps } from "../control/change.ts";
import { type EventVerificationDeps, verify } from "../control/event-verification.ts";
import * as events from "../control/events.ts";
import { deliverMany, deliverOne } from "../control/redelivery.ts";
import type { ConnectionId, EventId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names = "ListEvents" | "GetEvent" | "VerifyEvent" | "DeliverEvent" | "DeliverEvents";

export type EventDeps = ControlDeps & EventVerificationDeps;

/** Handlers of what came in. */
export function eventHandlers(deps: EventDeps): Pick<Handlers, Names> {
  return {
    ListEvents: ({ call, params, query }) => events.list(deps, call, params.connection_id as ConnectionId, query),
    GetEvent: ({ call, params }) => events.get(deps, call, ...placeOf(params)),
    VerifyEvent: ({ call, params }) => verify(deps, call, ...placeOf(params)),
    DeliverEvent: ({ call, params, body }) => deliverOne(deps, call, ...placeOf(params), body),
    DeliverEvents: ({ call, params, body }) => deliverMany(deps, call, params.connection_id as ConnectionId, body),
  };
}

const placeOf = (params: { connection_id: string; event_id: string }) =>
  [params.connection_id as ConnectionId, params.event_id as EventId] as const;
