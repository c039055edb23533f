import type { CredentialHealth, CredentialType } from "@mooring/contract";
import { sql } from "kysely";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import { timeOf } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { type TokenColumns, tokenColumns, tokenShown } from "./token-shown.ts";

/** A use of a credential in an environment. */
export interface CredentialInUse {
  readonly environmentId: string;
  readonly purpose: "action" | "trigger";
  readonly health: CredentialHealth;
}

/** How the credentials of a connection's environments are doing, in the order in which each environment uses them. */
export async function credentialsInUse(tx: Tx, org: OrganisationId, connectionId: ConnectionId): Promise<CredentialInUse[]> {
  const rows = await tx.all(sql<UseRow>`
    select ec.id as use_id, ec.environment_id, ec.purpose, credentials.id, credentials.type, credentials.errors, u.last_used_at,
      ${sql.raw(tokenColumns(tx.engine))}
    from environment_credentials ec
    join credentials on credentials.org_id = ec.org_id and credentials.id = ec.credential_id
    left join credential_uses u on u.org_id = ec.org_id and u.environment_id = ec.environment_id and u.credential_id = ec.credential_id
    where ec.org_id = ${org}
      and ec.environment_id in (select id from environments where org_id = ${org} and connection_id = ${connectionId})
    order by ec.position
  `);
  const passed = rows.some(({ purpose }) => purpose === "trigger") ? await lastEvents(tx, org, connectionId) : new Map<string, string>();
  return rows.map((row) => {
    const lastUsedAt = row.purpose === "trigger" ? passed.get(row.environment_id) : (row.last_used_at ?? undefined);
    return {
      environmentId: row.environment_id,
      purpose: row.purpose,
      health: { id: row.use_id, credentialId: row.id, ...stateOf(row, lastUsedAt), ...(lastUsedAt !== undefined && { lastUsedAt }) },
    };
  });
}

interface UseRow extends TokenColumns {
  readonly use_id: string;
  readonly environment_id: string;
  readonly purpose: "action" | "trigger";
  readonly id: string;
  readonly type: CredentialType;
  readonly errors: string | null;
  readonly last_used_at: string | null;
}

function stateOf(row: UseRow, lastUsedAt: string | undefined): Pick<CredentialHealth, "state" | "reason"> {
  const { token } = tokenShown(row);
  if (token) return { state: token.state, ...(token.reason !== undefined && { reason: token.reason }) };
  const errors = row.errors === null ? undefined : (JSON.parse(row.errors) as string[]);
  if (errors && errors.length > 0) return { state: "failing", reason: errors.join(" ") };
  return { state: errors || lastUsedAt !== undefined ? "ok" : "untried" };
}

/**
 * When an event last passed, by environment: an event passes when it passes every trigger credential. To look among all of a connection's
 * events for one of an environment that gets few would take too long.
 */
async function lastEvents(tx: Tx, org: OrganisationId, connectionId: ConnectionId): Promise<Map<string, string>> {
  const rows = await tx.all(sql<{ environment_id: string; last: string }>`
    select environment_id, max(id) as last
    from (
      select id, environment_id, origin
      from events
      where org_id = ${org} and connection_id = ${connectionId}
      order by id desc
      limit 1000
    ) as newest
    where origin = 'verified'
    group by environment_id
  `);
  return new Map(rows.map(({ environment_id, last }) => [environment_id, timeOf(last).toISOString()]));
}
