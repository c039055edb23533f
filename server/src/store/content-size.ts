import { sql } from "kysely";
import type { OrganisationId, VersionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";

/** How many bytes the schemas of a version and the documents of its actions and triggers have together. Neither engine reads them for that. */
export async function contentBytes(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<number> {
  const row = await tx.first(sql<{ bytes: number | string }>`
    select
      (select coalesce(sum(octet_length(content)), 0) from definitions where org_id = ${org} and version_id = ${versionId})
      + (select coalesce(sum(octet_length(document)), 0) from actions where org_id = ${org} and version_id = ${versionId})
      + (select coalesce(sum(octet_length(document)), 0) from triggers where org_id = ${org} and version_id = ${versionId}) as bytes
  `);
  return Number(row?.bytes ?? 0);
}
