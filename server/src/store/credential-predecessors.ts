import { sql } from "kysely";
import type { CredentialId, OrganisationId } from "../kernel/ids.ts";
import type { CredentialFields } from "./credentials.ts";
import type { Tx } from "./database.ts";

/** Keeps what `before` holds, sealed as it is, as the secret before the one that is good now (W-7). It takes the place of one kept earlier. */
export async function keepPredecessor(tx: Tx, org: OrganisationId, before: CredentialFields, validUntil: Date): Promise<void> {
  const { id, revision, data, sealed } = before;
  await tx.run(sql`
    insert into credential_predecessors (org_id, credential_id, revision, data, sealed, valid_until)
    values (${org}, ${id}, ${revision}, ${JSON.stringify(data)}, ${JSON.stringify(sealed)}, ${validUntil.toISOString()})
    on conflict (org_id, credential_id) do update
    set revision = excluded.revision, data = excluded.data, sealed = excluded.sealed, valid_until = excluded.valid_until
  `);
}

/** Forgets the secret before the one that is good now, if there is one. */
export async function dropPredecessor(tx: Tx, org: OrganisationId, id: CredentialId): Promise<void> {
  await tx.run(sql`delete from credential_predecessors where org_id = ${org} and credential_id = ${id}`);
}
