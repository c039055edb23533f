import type { AuditEntry, QueryOf } from "@mooring/contract";
import { listAudit } from "../store/audit.ts";
import type { Page } from "../store/pages.ts";
import type { Call, ControlDeps } from "./change.ts";
import { requireUnlimited } from "./rights.ts";

/** Who changed what, newest first. */
export async function list({ db }: ControlDeps, { actor }: Call, query: QueryOf<"ListAudit">): Promise<Page<AuditEntry>> {
  requireUnlimited(actor);
  return db.read(actor.org, (tx) => listAudit(tx, actor.org, query));
}
