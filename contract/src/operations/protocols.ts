import { AuthSchemePage } from "../schemas/auth-scheme.ts";
import { PageQuery } from "../schemas/page.ts";
import { ProtocolPage } from "../schemas/protocol.ts";
import type { Operation } from "./operation.ts";

export const protocolOperations = {
  ListProtocols: {
    method: "GET",
    path: "/o/{organisation_id}/protocols",
    tag: "Protocols",
    access: "connections:read",
    summary: "List protocols",
    description: "How a connection may speak to its outside system.",
    query: PageQuery,
    success: { status: 200, body: ProtocolPage },
  },
  ListAuthSchemes: {
    method: "GET",
    path: "/o/{organisation_id}/protocols/{protocol_slug}/auth-schemes",
    tag: "Protocols",
    access: "connections:read",
    summary: "List the auth schemes of a protocol",
    description: "All of them on one page.",
    success: { status: 200, body: AuthSchemePage },
  },
} as const satisfies Record<string, Operation>;
