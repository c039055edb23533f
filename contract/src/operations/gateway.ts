import type { Access, Tag } from "./operation.ts";

/**
 * The gateway takes any body and gives the outside system's own answer, so it stands beside the operations table: the server
 * passes these requests on as they are, validating and parsing nothing.
 */
export const gateway = {
  methods: ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
  path: "/o/{organisation_id}/connections/{connection_id}/environments/{environment_id}/proxy/{path}",
  tag: "Gateway",
  access: "gateway:call",
  summary: "Call the outside system",
  description:
    "Sends the request to the connection's base URL followed by `path` (slashes included) and the query, with the environment's action credentials applied in their order. " +
    "The answer is the outside system's own; `Mooring-Origin` tells it from a failure of the gateway. The caller's own `Authorization` and `Cookie` are for Mooring and go no further.",
} as const satisfies { methods: readonly string[]; path: string; tag: Tag; access: Access; summary: string; description: string };
