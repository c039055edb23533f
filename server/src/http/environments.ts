import type { ConnectionDeps } from "../control/connections.ts";
import * as environments from "../control/environments.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names = "ListConnectionEnvironments" | "GetEnvironment" | "UpdateEnvironment" | "DeleteEnvironment";

/** Handlers of environments. */
export function environmentHandlers(deps: ConnectionDeps): Pick<Handlers, Names> {
  return {
    ListConnectionEnvironments: ({ call, params, query }) => environments.list(deps, call, params.connection_id as ConnectionId, query),
    GetEnvironment: ({ call, params }) => environments.get(deps, call, params.connection_id as ConnectionId, params.environment_id),
    UpdateEnvironment: ({ call, params, body }) =>
      environments.update(deps, call, params.connection_id as ConnectionId, params.environment_id, body),
    DeleteEnvironment: ({ call, params, query }) =>
      environments.remove(deps, call, params.connection_id as ConnectionId, params.environment_id, { force: query.force ?? false }),
  };
}
