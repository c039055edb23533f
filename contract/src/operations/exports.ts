import { Type } from "typebox";
import type { Operation } from "./operation.ts";

export const exportOperations = {
  GetConnectionVersionOpenAPI: {
    method: "GET",
    path: "/o/{organisation_id}/connections/{connection_id}/versions/{version}/openapi.json",
    tag: "Versions",
    access: "connections:read",
    summary: "Export a version as OpenAPI",
    description:
      "An OpenAPI 3.1 document of its actions, triggers (as webhooks) and definitions, which can be imported again. 400 where the protocol is not http.",
    success: {
      status: 200,
      body: Type.Unsafe<Record<string, unknown>>({ type: "object", description: "An OpenAPI 3.1 document." }),
    },
  },
} as const satisfies Record<string, Operation>;
