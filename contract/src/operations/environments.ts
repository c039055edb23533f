import { ConnectionEnvironmentPage, Environment, EnvironmentUpdate } from "../schemas/environment.ts";
import { ForceQuery, PageQuery } from "../schemas/page.ts";
import type { Operation } from "./operation.ts";

export const environmentOperations = {
  ListConnectionEnvironments: {
    method: "GET",
    path: "/o/{organisation_id}/connections/{connection_id}/environments",
    tag: "Environments",
    access: "connections:read",
    summary: "List the environments of a connection",
    description: "Newest change first, without credentials and variables.",
    query: PageQuery,
    success: { status: 200, body: ConnectionEnvironmentPage },
  },
  GetEnvironment: {
    method: "GET",
    path: "/o/{organisation_id}/connections/{connection_id}/environments/{environment_id}",
    tag: "Environments",
    access: "connections:read",
    summary: "Read an environment",
    description: "With its credentials in the order they are applied, and its variables. Secrets are masked.",
    success: { status: 200, body: Environment },
  },
  UpdateEnvironment: {
    method: "PUT",
    path: "/o/{organisation_id}/connections/{connection_id}/environments/{environment_id}",
    tag: "Environments",
    access: "connections:write",
    summary: "Change an environment",
    description:
      "Renames it, replaces its variables, reorders or unlinks credentials and changes their auth scheme config, but never its `schemeType` nor which credential it is.",
    body: EnvironmentUpdate,
    success: { status: 200, body: Environment },
  },
  DeleteEnvironment: {
    method: "DELETE",
    path: "/o/{organisation_id}/connections/{connection_id}/environments/{environment_id}",
    tag: "Environments",
    access: "connections:write",
    summary: "Delete an environment",
    description: "Its credentials stay. 409 when it is the last one of the connection.",
    query: ForceQuery,
    success: { status: 204 },
    failures: { 412: "A subscription uses it and `force` is not set, or it changed since the `If-Match` that was sent." },
  },
} as const satisfies Record<string, Operation>;
