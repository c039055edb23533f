import { AuditPage } from "../schemas/audit.ts";
import { PageQuery } from "../schemas/page.ts";
import type { Operation } from "./operation.ts";

export const auditOperations = {
  ListAudit: {
    method: "GET",
    path: "/o/{organisation_id}/audit",
    tag: "Audit",
    access: "organisation:admin",
    summary: "List changes",
    description: "Every change, newest first: who made it, when, in which request, and what was changed.",
    query: PageQuery,
    success: { status: 200, body: AuditPage },
  },
} as const satisfies Record<string, Operation>;
