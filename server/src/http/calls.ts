import * as callStatistics from "../control/call-statistics.ts";
import * as calls from "../control/calls.ts";
import type { ControlDeps } from "../control/change.ts";
import type { Handlers } from "./handlers.ts";

/** Handlers of the record of calls. */
export function callHandlers(deps: ControlDeps): Pick<Handlers, "ListCalls" | "GetCall" | "GetCallStatistics"> {
  return {
    ListCalls: ({ call, query }) => calls.list(deps, call, query),
    GetCall: ({ call, params }) => calls.get(deps, call, params.call_id),
    GetCallStatistics: ({ call, query }) => callStatistics.get(deps, call, query),
  };
}
