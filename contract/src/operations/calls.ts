import { CallPage, CallsQuery } from "../schemas/call.ts";
import type { Operation } from "./operation.ts";

export const callOperations = {
  ListCalls: {
    method: "GET",
    path: "/o/{organisation_id}/calls",
    tag: "Gateway",
    access: "connections:read",
    summary: "List calls",
    description:
      "Calls through the gateway, newest first: who made each, through which connection and environment, what was asked, and what came of it. " +
      "A call is in the list about a second after it ended, and is kept for as long as the operator says. A limited key sees the calls within its limits. " +
      "There is no count of all, and a page may hold fewer than asked for although more follow: go on with `next` until there is none.",
    query: CallsQuery,
    success: { status: 200, body: CallPage },
  },
} as const satisfies Record<string, Operation>;
