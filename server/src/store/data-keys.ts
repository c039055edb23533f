import { sql } from "kysely";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";

/** A wrapped data key as stored; only the vault can use it. */
export interface DataKeyRow {
  readonly id: string;
  readonly org: string;
  readonly kekId: string;
  readonly wrapped: string;
}

/** The organisation's data keys, the one to seal with first. [] for an unknown organisation. */
export async function listDataKeys(tx: Tx, org: OrganisationId): Promise<DataKeyRow[]> {
  return tx.all(sql<DataKeyRow>`
    select org_id as org, id, kek_id as "kekId", wrapped
    from data_keys
    where org_id = ${org}
    order by created_at desc, id desc
  `);
}

export async function insertDataKey(tx: Tx, org: OrganisationId, key: DataKeyRow, now: Date): Promise<void> {
  await tx.run(sql`
    insert into data_keys (org_id, id, kek_id, wrapped, created_at)
    values (${org}, ${key.id}, ${key.kekId}, ${key.wrapped}, ${now.toISOString()})
  `);
}
