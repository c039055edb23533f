import type { ControlDeps } from "../control/change.ts";
import * as connectionHealth from "../control/connection-health.ts";
import * as connectionSummaries from "../control/connection-summaries.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

/** Handlers of how connections are doing. */
export function connectionHealthHandlers(deps: ControlDeps): Pick<Handlers, "ListConnectionSummaries" | "GetConnectionHealth"> {
  return {
    ListConnectionSummaries: ({ call, query }) => connectionSummaries.list(deps, call, query),
    GetConnectionHealth: ({ call, params }) => connectionHealth.get(deps, call, params.connection_id as ConnectionId),
  };
}
