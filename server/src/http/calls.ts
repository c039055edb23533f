import * as calls from "../control/calls.ts";
import type { ControlDeps } from "../control/change.ts";
import type { Handlers } from "./handlers.ts";

/** The handler of the record of calls. */
export function callHandlers(deps: ControlDeps): Pick<Handlers, "ListCalls"> {
  return { ListCalls: ({ call, query }) => calls.list(deps, call, query) };
}
