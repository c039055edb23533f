import {
  BigQueryConnection,
  BigQueryConnectionCreate,
  Connection,
  ConnectionPage,
  ConnectionUpdate,
  HTTPConnection,
  HTTPConnectionCreate,
} from "../schemas/connection.ts";
import { ConnectionsQuery, ForceQuery } from "../schemas/page.ts";
import type { Operation } from "./operation.ts";

export const connectionOperations = {
  ListConnections: {
    method: "GET",
    path: "/o/{organisation_id}/connections",
    tag: "Connections",
    access: "connections:read",
    summary: "List connections",
    description: "Newest change first, unless `sort` says otherwise. Shows only the connections that the caller may see.",
    query: ConnectionsQuery,
    success: { status: 200, body: ConnectionPage },
  },
  GetConnection: {
    method: "GET",
    path: "/o/{organisation_id}/connections/{connection_id}",
    tag: "Connections",
    access: "connections:read",
    summary: "Read a connection",
    description: "With its environments in order, its auth scheme configs, default variables and versions. Secrets are masked.",
    success: { status: 200, body: Connection },
  },
  UpdateConnection: {
    method: "PUT",
    path: "/o/{organisation_id}/connections/{connection_id}",
    tag: "Connections",
    access: "connections:write",
    summary: "Change a connection",
    description:
      "Replaces what is sent, all of it or none. `environments`, when sent, is the whole list in its order: an item with `id` exists, one without is created, one not listed is deleted. " +
      "`environmentVariables`, when sent, replaces the defaults and is carried into every environment. A read connection may be sent back as it was.",
    body: ConnectionUpdate,
    success: { status: 200, body: Connection },
  },
  DeleteConnection: {
    method: "DELETE",
    path: "/o/{organisation_id}/connections/{connection_id}",
    tag: "Connections",
    access: "connections:write",
    summary: "Delete a connection",
    description:
      "Everything under it goes; credentials stay, they belong to the organisation. 409 while a subscription is active, unless forced.",
    query: ForceQuery,
    success: { status: 204 },
  },
  CreateHTTPConnection: {
    method: "POST",
    path: "/o/{organisation_id}/protocols/http/connections",
    tag: "Connections",
    access: "connections:write",
    summary: "Create an HTTP connection",
    description:
      "With at least one environment, and one draft version named `1`. New credentials in it are created too, which needs `secrets:write`.",
    body: HTTPConnectionCreate,
    success: { status: 201, body: HTTPConnection },
  },
  CreateBigQueryConnection: {
    method: "POST",
    path: "/o/{organisation_id}/protocols/bigquery/connections",
    tag: "Connections",
    access: "connections:write",
    summary: "Create a BigQuery connection",
    description:
      "With at least one environment, and one draft version named `1`. New credentials in it are created too, which needs `secrets:write`.",
    body: BigQueryConnectionCreate,
    success: { status: 201, body: BigQueryConnection },
  },
} as const satisfies Record<string, Operation>;
