import { sql } from "kysely";
import type { ConnectionId, CredentialId, OrganisationId } from "../kernel/ids.ts";
import type { StoredConfig } from "./connection-rows.ts";
import type { CredentialFields } from "./credentials.ts";
import type { Tx } from "./database.ts";

/** A sign-in that has begun: what must still be so when it ends, and what its end needs. */
export interface Flow {
  readonly stateHash: string;
  /** Of the secret that only the browser has that began. */
  readonly browserHash: string;
  readonly actor: { readonly kind: "person" | "api-key"; readonly id: string };
  readonly credentialId: CredentialId;
  /** The credential as it was: an edit meanwhile ends the flow (O-4). */
  readonly revision: number;
  readonly clientId: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly redirectUri: string;
  /** Holds the code verifier. */
  readonly sealed: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

/** Begins a flow, and forgets those that are over. False, and nothing begun, when the credential has `waitingMax` that are not. */
export async function insertFlow(tx: Tx, org: OrganisationId, flow: Flow, { now, waitingMax }: { now: Date; waitingMax: number }) {
  await tx.run(sql`delete from oauth2_flows where org_id = ${org} and expires_at <= ${now.toISOString()}`);
  const inserted = await tx.run(sql`
    insert into oauth2_flows (
      org_id, state_hash, browser_hash, actor_kind, actor_id, credential_id, revision, client_id, authorize_url, token_url, redirect_uri,
      sealed, expires_at
    )
    select ${org}, ${flow.stateHash}, ${flow.browserHash}, ${flow.actor.kind}, ${flow.actor.id}, ${flow.credentialId},
      cast(${flow.revision} as integer), ${flow.clientId}, ${flow.authorizeUrl}, ${flow.tokenUrl}, ${flow.redirectUri},
      ${JSON.stringify(flow.sealed)}, ${flow.expiresAt.toISOString()}
    where (select count(*) from oauth2_flows where org_id = ${org} and credential_id = ${flow.credentialId}) < ${waitingMax}
  `);
  return inserted > 0;
}

/** The flow of that state; undefined when it is unknown, ended or over at `now`. */
export async function findFlow(tx: Tx, org: OrganisationId, stateHash: string, now: Date): Promise<Flow | undefined> {
  const row = await tx.first(sql<FlowRow>`
    select ${columns}
    from oauth2_flows
    where org_id = ${org} and state_hash = ${stateHash} and expires_at > ${now.toISOString()}
  `);
  return row && flowOf(row);
}

/** Ends the flow and gives it as it was. One statement: of any number at once, on whatever nodes, one gets it (O-1). */
export async function takeFlow(tx: Tx, org: OrganisationId, stateHash: string, now: Date): Promise<Flow | undefined> {
  const row = await tx.first(sql<FlowRow>`
    delete from oauth2_flows
    where org_id = ${org} and state_hash = ${stateHash} and expires_at > ${now.toISOString()}
    returning ${columns}
  `);
  return row && flowOf(row);
}

/** The configs under which the connection's environments use the credential for calls. Undefined when there is no such connection. */
export async function configsOf(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  credentialId: string,
): Promise<StoredConfig[] | undefined> {
  const rows = await tx.all(sql<{ config: string | null }>`
    select ec.config
    from connections c
    left join environments e on e.org_id = c.org_id and e.connection_id = c.id
    left join environment_credentials ec
      on ec.org_id = e.org_id and ec.environment_id = e.id and ec.purpose = 'action' and ec.credential_id = ${credentialId}
    where c.org_id = ${org} and c.id = ${connectionId}
  `);
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ config }) => (config === null ? [] : [JSON.parse(config) as StoredConfig]));
}

/** The credential, and behind it the applications that people sign in through for it. [] when there is no such credential. */
export async function credentialsOfFlow(tx: Tx, org: OrganisationId, { credentialId }: Flow): Promise<CredentialFields[]> {
  const rows = await tx.all(sql<CredentialRow>`
    select id, name, type, revision, data, sealed
    from credentials
    where org_id = ${org} and (
      id = ${credentialId}
      or id in (
        select application_credential_id
        from environment_credentials
        where org_id = ${org} and credential_id = ${credentialId}
      )
    )
    order by case when id = ${credentialId} then 0 else 1 end, id
  `);
  return rows.map((row) => ({
    ...row,
    revision: Number(row.revision),
    data: JSON.parse(row.data) as CredentialFields["data"],
    sealed: JSON.parse(row.sealed) as CredentialFields["sealed"],
  }));
}

type CredentialRow = Pick<CredentialFields, "id" | "name" | "type"> & { revision: number | string; data: string; sealed: string };

const columns = sql`
  state_hash, browser_hash, actor_kind, actor_id, credential_id, revision, client_id, authorize_url, token_url, redirect_uri, sealed, expires_at`;

interface FlowRow {
  state_hash: string;
  browser_hash: string;
  actor_kind: "person" | "api-key";
  actor_id: string;
  credential_id: CredentialId;
  revision: number | string;
  client_id: string;
  authorize_url: string;
  token_url: string;
  redirect_uri: string;
  sealed: string;
  expires_at: string;
}

const flowOf = (row: FlowRow): Flow => ({
  stateHash: row.state_hash,
  browserHash: row.browser_hash,
  actor: { kind: row.actor_kind, id: row.actor_id },
  credentialId: row.credential_id,
  revision: Number(row.revision),
  clientId: row.client_id,
  authorizeUrl: row.authorize_url,
  tokenUrl: row.token_url,
  redirectUri: row.redirect_uri,
  sealed: JSON.parse(row.sealed) as Record<string, string>,
  expiresAt: new Date(row.expires_at),
});
