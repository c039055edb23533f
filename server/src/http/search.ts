import type { ControlDeps } from "../control/change.ts";
import { search } from "../control/search.ts";
import type { Handlers } from "./handlers.ts";

/** The handler of the search. */
export function searchHandlers(deps: ControlDeps): Pick<Handlers, "Search"> {
  return { Search: ({ call, query }) => search(deps, call, query) };
}
