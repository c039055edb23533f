import type { Connection, ConnectionUpdate, Environment, EnvironmentUpdate, EnvironmentUpdateOrCreate } from "@mooring/contract";
import { call } from "../../../api/client.ts";
import { useGuarded } from "../../../parts/guarded.tsx";
import { readableEnvironment } from "./readable.ts";

/** Saving one environment: what a change leaves out stays. */
export function useEnvironmentGuard(org: string, connection: string, environment: string) {
  const params = { organisation_id: org, connection_id: connection, environment_id: environment };
  return useGuarded<Environment, EnvironmentUpdate>({
    read: () => call("GetEnvironment", { params }),
    send: (body, ifMatch) => call("UpdateEnvironment", { params, body }, { ifMatch }),
    readable: readableEnvironment,
  });
}

/** Saving the list of a connection's environments, and its order: an entry that is there stays as it is, but for its name. */
export function useListGuard(org: string, connection: string) {
  const params = { organisation_id: org, connection_id: connection };
  return useGuarded<Connection, readonly EnvironmentUpdateOrCreate[]>({
    read: () => call("GetConnection", { params }),
    send: async (environments, ifMatch) => {
      const { body } = await call("GetConnection", { params });
      return call("UpdateConnection", { params, body: withList(body, environments) }, { ifMatch });
    },
    readable: ({ environments }, change = environments) => ({ order: change.map(({ name }) => name).join(", ") }),
  });
}

// The rest of the connection is sent as it is: `ifMatch` is of what the person saw, so nothing of somebody else's is undone by it.
function withList(connection: Connection, environments: readonly EnvironmentUpdateOrCreate[]): ConnectionUpdate {
  const { id, organisationId, name } = connection;
  const list = [...environments];
  if (connection.protocol === "http")
    return { id, organisationId, name, protocol: "http", baseUrl: connection.baseUrl, environments: list };
  return { id, organisationId, name, protocol: "bigquery", datasetId: connection.datasetId, environments: list };
}

/** An environment as an entry of the list that stays as it is. */
export const kept = ({ id, name }: Environment): EnvironmentUpdateOrCreate => ({ id, name });
