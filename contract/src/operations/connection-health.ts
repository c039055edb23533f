import { ConnectionHealth, ConnectionSummariesQuery, ConnectionSummaryPage } from "../schemas/connection-health.ts";
import type { Operation } from "./operation.ts";

export const connectionHealthOperations = {
  ListConnectionSummaries: {
    method: "GET",
    path: "/o/{organisation_id}/connection-summaries",
    tag: "Connections",
    access: "connections:read",
    summary: "List connections with how they are doing",
    description:
      "What a list shows of each: name, address, environments, health and the calls of the last hour. Newest change first, unless `sort` says otherwise. " +
      "Shows only the connections that the caller may see; for a key that is limited to environments, health and counts are of those.",
    query: ConnectionSummariesQuery,
    success: { status: 200, body: ConnectionSummaryPage },
  },
  GetConnectionHealth: {
    method: "GET",
    path: "/o/{organisation_id}/connections/{connection_id}/health",
    tag: "Connections",
    access: "connections:read",
    summary: "Read how a connection is doing",
    description: "Environment by environment: its calls of the last hour, and the state and last use of each credential.",
    success: { status: 200, body: ConnectionHealth },
  },
} as const satisfies Record<string, Operation>;
