import { Call, CallPage, CallsQuery } from "../schemas/call.ts";
import { CallStatistics, CallStatisticsQuery } from "../schemas/call-statistics.ts";
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
  GetCall: {
    method: "GET",
    path: "/o/{organisation_id}/calls/{call_id}",
    tag: "Gateway",
    access: "connections:read",
    summary: "Read a call",
    description:
      "By its id, which is the `Mooring-Request-Id` of its answer. 404 until about a second after it ended, and when it is no longer kept.",
    success: { status: 200, body: Call },
  },
  GetCallStatistics: {
    method: "GET",
    path: "/o/{organisation_id}/call-statistics",
    tag: "Gateway",
    access: "connections:read",
    summary: "Count calls over time",
    description:
      "How many calls came in each step, how many of them failed, and how long they took. Counted by the minute in which a call came, about a second after it ended, and kept for 31 days. " +
      "Calls that named no connection of the organisation are not counted. A limited key sees the calls within its limits.",
    query: CallStatisticsQuery,
    success: { status: 200, body: CallStatistics },
  },
} as const satisfies Record<string, Operation>;
