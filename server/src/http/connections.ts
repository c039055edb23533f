import * as connections from "../control/connections.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names =
  | "ListConnections"
  | "GetConnection"
  | "UpdateConnection"
  | "DeleteConnection"
  | "CreateHTTPConnection"
  | "CreateBigQueryConnection";

/** Handlers of connections. */
export function connectionHandlers(deps: connections.ConnectionDeps): Pick<Handlers, Names> {
  return {
    async ListConnections({ call, query }) {
      const { items, ...page } = await connections.list(deps, call, query);
      return { ...page, connections: items };
    },
    GetConnection: ({ call, params }) => connections.get(deps, call, params.connection_id as ConnectionId),
    UpdateConnection: ({ call, params, body }) => connections.update(deps, call, params.connection_id as ConnectionId, body),
    DeleteConnection: ({ call, params, query }) =>
      connections.remove(deps, call, params.connection_id as ConnectionId, { force: query.force ?? false }),
    // The contract gives each protocol's creation its own address, so what is created is of that protocol.
    CreateHTTPConnection: ({ call, body }) => connections.create(deps, call, { ...body, protocol: "http" }),
    CreateBigQueryConnection: ({ call, body }) => connections.create(deps, call, { ...body, protocol: "bigquery" }),
  };
}
