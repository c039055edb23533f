import { sql } from "kysely";
import type { ConnectionId, EnvironmentId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { getVersion } from "./versions.ts";

/** A short address of a trigger. */
export interface StoredTriggerAddress {
  readonly id: string;
  readonly connectionId: ConnectionId;
  readonly environmentId: EnvironmentId;
  readonly trigger: string;
  /** Undefined for one that follows `default`. */
  readonly version: string | undefined;
  /** The token as an envelope, so that it can be shown again. */
  readonly sealed: string;
  readonly createdAt: Date;
  /** Undefined for one that does not end. */
  readonly expiresAt: Date | undefined;
}

/** Where a short address leads, by the hash of its token, whoever's it is: to be asked for within that reach. Undefined when there is none. */
export async function findTriggerAddress(
  tx: Tx,
  tokenHash: string,
): Promise<(StoredTriggerAddress & { readonly org: OrganisationId }) | undefined> {
  const row = await tx.first(sql<AddressRow & { org_id: OrganisationId }>`
    select org_id, ${columns}
    from trigger_addresses
    where token_hash = ${tokenHash}
  `);
  return row && { ...addressOf(row), org: row.org_id };
}

/** The short addresses of a trigger that are good at `now`, newest first. */
export async function listTriggerAddresses(
  tx: Tx,
  org: OrganisationId,
  environmentId: EnvironmentId,
  { trigger, now }: { readonly trigger: string; readonly now: Date },
): Promise<StoredTriggerAddress[]> {
  const rows = await tx.all(sql<AddressRow>`
    select ${columns}
    from trigger_addresses
    where org_id = ${org} and environment_id = ${environmentId} and trigger_name = ${trigger}
      and (expires_at is null or expires_at > ${now.toISOString()})
    order by created_at desc, id desc
  `);
  return rows.map(addressOf);
}

/**
 * Adds an address. Those before it end at `endAt` unless they end earlier; those that have ended at `createdAt` go, and the oldest of those
 * that would be more than ten with it.
 */
export async function replaceTriggerAddresses(
  tx: Tx,
  org: OrganisationId,
  address: Omit<StoredTriggerAddress, "expiresAt"> & { readonly tokenHash: string },
  { endAt }: { readonly endAt: Date },
): Promise<void> {
  const { id, connectionId, environmentId, trigger, version = null, tokenHash, sealed, createdAt } = address;
  const [now, end] = [createdAt.toISOString(), endAt.toISOString()];
  const ofTrigger = sql`org_id = ${org} and environment_id = ${environmentId} and trigger_name = ${trigger}`;
  await tx.run(sql`update trigger_addresses set expires_at = ${end} where ${ofTrigger} and (expires_at is null or expires_at > ${end})`);
  await tx.run(sql`delete from trigger_addresses where ${ofTrigger} and expires_at <= ${now}`);
  await tx.run(sql`
    delete from trigger_addresses
    where ${ofTrigger} and id not in (select id from trigger_addresses where ${ofTrigger} order by created_at desc, id desc limit ${overlapsMax})
  `);
  await tx.run(sql`
    insert into trigger_addresses (org_id, id, connection_id, environment_id, trigger_name, version, token_hash, sealed, created_at)
    values (${org}, ${id}, ${connectionId}, ${environmentId}, ${trigger}, ${version}, ${tokenHash}, ${sealed}, ${now})
  `);
}

const overlapsMax = 9;

/** Whether a version has the trigger: the one of this name, `latest` and `default` included, or any of the connection's when none is named. */
export async function hasTrigger(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  { trigger, version }: { readonly trigger: string; readonly version?: string },
): Promise<boolean> {
  const versionId = version === undefined ? undefined : (await getVersion(tx, org, connectionId, version))?.id;
  if (version !== undefined && versionId === undefined) return false;
  const row = await tx.first(sql`
    select t.id
    from triggers t
    join versions v on v.org_id = t.org_id and v.id = t.version_id
    where t.org_id = ${org} and v.connection_id = ${connectionId} and t.name = ${trigger}
      ${versionId === undefined ? sql`` : sql`and v.id = ${versionId}`}
    limit 1
  `);
  return row !== undefined;
}

const columns = sql`id, connection_id, environment_id, trigger_name, version, sealed, created_at, expires_at`;

interface AddressRow {
  id: string;
  connection_id: ConnectionId;
  environment_id: EnvironmentId;
  trigger_name: string;
  version: string | null;
  sealed: string;
  created_at: string;
  expires_at: string | null;
}

const addressOf = (row: AddressRow): StoredTriggerAddress => ({
  id: row.id,
  connectionId: row.connection_id,
  environmentId: row.environment_id,
  trigger: row.trigger_name,
  version: row.version ?? undefined,
  sealed: row.sealed,
  createdAt: new Date(row.created_at),
  expiresAt: row.expires_at === null ? undefined : new Date(row.expires_at),
});
