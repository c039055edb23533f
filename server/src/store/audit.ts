import type { AuditEntry } from "@mooring/contract";
import { sql } from "kysely";
import type { Actor } from "../domain/actor.ts";
import type { NewId, OrganisationId } from "../kernel/ids.ts";
import { inBatches } from "./batches.ts";
import type { Tx } from "./database.ts";
import { type Page, type PageRequest, readPage } from "./pages.ts";

/** What happened to what. `changes` names fields and shows values only where they are no secret. */
export interface AuditDraft {
  readonly operation: string;
  readonly subject: { readonly type: string; readonly id: string; readonly name?: string };
  readonly changes?: readonly { readonly field: string; readonly before?: unknown; readonly after?: unknown }[];
}

/** Appends one row for each draft, in the caller's transaction. */
export async function appendAudit(
  tx: Tx,
  org: OrganisationId,
  by: { actor: Pick<Actor, "kind" | "id"> | { kind: "system"; id: string }; requestId: string; at: Date; newId: NewId },
  drafts: readonly AuditDraft[],
): Promise<void> {
  const at = by.at.toISOString();
  const rows = drafts.map(
    ({ operation, subject, changes = [] }) => sql`(
      ${org}, ${by.newId()}, ${at}, ${by.actor.kind}, ${by.actor.id}, ${by.requestId},
      ${operation}, ${subject.type}, ${subject.id}, ${subject.name ?? null}, ${JSON.stringify(changes)}
    )`,
  );
  await inBatches(rows, (batch) =>
    tx.run(sql`
      insert into audit (org_id, id, at, actor_type, actor_id, request_id, operation, subject_type, subject_id, subject_name, changes)
      values ${sql.join([...batch])}
    `),
  );
}

/** A page of the audit trail, newest first. */
export async function listAudit(tx: Tx, org: OrganisationId, request: PageRequest): Promise<Page<AuditEntry>> {
  return readPage(tx, request, {
    from: sql`audit`,
    columns: sql`id, at, actor_type, actor_id, request_id, operation, subject_type, subject_id, subject_name, changes`,
    where: sql`org_id = ${org}`,
    order: [{ field: "id", column: "id", direction: "desc" }],
    noun: entryOf,
  });
}

interface AuditRow {
  id: string;
  at: string;
  actor_type: AuditEntry["actor"]["type"];
  actor_id: string;
  request_id: string;
  operation: string;
  subject_type: string;
  subject_id: string;
  subject_name: string | null;
  changes: string;
}

function entryOf(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    at: row.at,
    actor: { type: row.actor_type, id: row.actor_id },
    requestId: row.request_id,
    operation: row.operation,
    subject: { type: row.subject_type, id: row.subject_id, ...(row.subject_name === null ? {} : { name: row.subject_name }) },
    changes: JSON.parse(row.changes),
  };
}
