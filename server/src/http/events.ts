import type { ControlDeps } from "../control/change.ts";
import * as events from "../control/events.ts";
import type { ConnectionId, EventId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names = "ListEvents" | "GetEvent";

/** Handlers of what came in. */
export function eventHandlers(deps: ControlDeps): Pick<Handlers, Names> {
  return {
    ListEvents: ({ call, params, query }) => events.list(deps, call, params.connection_id as ConnectionId, query),
    GetEvent: ({ call, params }) => events.get(deps, call, params.connection_id as ConnectionId, params.event_id as EventId),
  };
}
