import type { Connection, EnvironmentVariable } from "@mooring/contract";
import { sql } from "kysely";
import { searchTextOf } from "../domain/connection-search.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import { leavePlaces } from "./call-retention.ts";
import { type ConnectionRow, connectionColumns, connectionOf, type StoredConfig } from "./connection-rows.ts";
import type { Tx } from "./database.ts";
import { type OrderKey, type Page, type PageRequest, readPage } from "./pages.ts";

/** The columns of a connection that a client sets. */
export interface ConnectionFields {
  readonly name: string;
  readonly protocol: Connection["protocol"];
  readonly baseUrl?: string | undefined;
  readonly datasetId?: string | undefined;
  readonly authSchemeConfigs: readonly StoredConfig[];
  readonly variables: readonly EnvironmentVariable[];
}

/** The connection with everything under it, as one committed state. Undefined when the organisation has none with this id. */
export async function getConnection(tx: Tx, org: OrganisationId, id: ConnectionId): Promise<Connection | undefined> {
  const row = await tx.first(sql<ConnectionRow>`
    select ${connectionColumns(tx.engine)}
    from connections
    where org_id = ${org} and id = ${id}
  `);
  return row && connectionOf(row);
}

/** Whether the organisation has the connection. */
export async function isConnection(tx: Tx, org: OrganisationId, id: ConnectionId): Promise<boolean> {
  return (await tx.first(sql`select id from connections where org_id = ${org} and id = ${id}`)) !== undefined;
}

/** How the connection's system is spoken to. Undefined when the organisation has none with this id. */
export async function protocolOf(tx: Tx, org: OrganisationId, id: ConnectionId): Promise<Connection["protocol"] | undefined> {
  const row = await tx.first(sql<Pick<Connection, "protocol">>`select protocol from connections where org_id = ${org} and id = ${id}`);
  return row?.protocol;
}

/**
 * Holds the connection until the transaction ends, so that two changes of it never mix. False when there is none.
 * The embedded engine has one writer, which is lock enough. Rows that refer to the connection can be added meanwhile: events come
 * in, and whoever adds one holds its counter, which a change may need for an event of its own.
 */
export async function lockConnection(tx: Tx, org: OrganisationId, id: ConnectionId): Promise<boolean> {
  if (tx.engine === "sqlite") return isConnection(tx, org, id);
  const row = await tx.first(sql`
    select id
    from connections
    where org_id = ${org} and id = ${id}
    for no key update
  `);
  return row !== undefined;
}

/** A page of connections. `protocols` keeps only those; `ids`, and `environments` that they have, are what a key is limited to. */
export async function listConnections(
  tx: Tx,
  org: OrganisationId,
  request: PageRequest & {
    order: readonly OrderKey[];
    protocols?: readonly string[] | undefined;
    ids?: readonly string[] | undefined;
    environments?: readonly string[] | undefined;
  },
): Promise<Page<Connection>> {
  const { order, protocols, ids, environments } = request;
  const isLimited = ids !== undefined || environments !== undefined;
  const ofProtocol = protocols === undefined ? sql`` : sql`and protocol in (${sql.join([...protocols, ""])})`;
  const ofKey = ids === undefined ? sql`` : sql`and id in (${sql.join([...ids, ""])})`;
  const withEnvironments =
    environments === undefined
      ? sql``
      : sql`and id in (select connection_id from environments where org_id = ${org} and id in (${sql.join([...environments, ""])}))`;
  return readPage(tx, request, {
    from: sql`connections`,
    columns: connectionColumns(tx.engine),
    where: sql`org_id = ${org} ${ofProtocol} ${ofKey} ${withEnvironments}`,
    order,
    noun: connectionOf,
    // Counting 100,000 rows takes longer than reading a page of them.
    ...(isLimited ? {} : { count: () => countConnections(tx, org, protocols) }),
  });
}

/** How many connections the organisation has, or has of these protocols, without counting rows. */
export async function countConnections(tx: Tx, org: OrganisationId, protocols: readonly string[] | undefined): Promise<number> {
  const ofProtocol = protocols === undefined ? sql`` : sql`and protocol in (${sql.join([...protocols, ""])})`;
  const row = await tx.first(sql<{ connections: number | string | null }>`
    select sum(connections) as connections
    from connection_counts
    where org_id = ${org} ${ofProtocol}
  `);
  return Number(row?.connections ?? 0);
}

export async function insertConnection(tx: Tx, org: OrganisationId, id: ConnectionId, fields: ConnectionFields, now: Date): Promise<void> {
  const at = now.toISOString();
  await tx.run(sql`
    insert into connections (org_id, id, name, protocol, base_url, dataset_id, auth_scheme_configs, variables, search_text, created_at, updated_at)
    values (${org}, ${id}, ${fields.name}, ${fields.protocol}, ${fields.baseUrl ?? null}, ${fields.datasetId ?? null},
      ${JSON.stringify(fields.authSchemeConfigs)}, ${JSON.stringify(fields.variables)}, ${searchTextOf(fields)}, ${at}, ${at})
  `);
  await tx.run(sql`
    insert into connection_counts (org_id, protocol, connections)
    values (${org}, ${fields.protocol}, 1)
    on conflict (org_id, protocol) do update set connections = connection_counts.connections + 1
  `);
  await insertApplicationCredentials(tx, org, id, fields.authSchemeConfigs);
}

export async function updateConnection(tx: Tx, org: OrganisationId, id: ConnectionId, fields: ConnectionFields, now: Date): Promise<void> {
  await tx.run(sql`
    update connections
    set name = ${fields.name}, base_url = ${fields.baseUrl ?? null}, dataset_id = ${fields.datasetId ?? null},
      auth_scheme_configs = ${JSON.stringify(fields.authSchemeConfigs)}, variables = ${JSON.stringify(fields.variables)},
      search_text = ${searchTextOf(fields)}, updated_at = ${now.toISOString()}
    where org_id = ${org} and id = ${id}
  `);
}

/** Replaces which application credentials the connection's own auth scheme configs name. */
export async function replaceApplicationCredentials(
  tx: Tx,
  org: OrganisationId,
  id: ConnectionId,
  configs: readonly StoredConfig[],
): Promise<void> {
  await tx.run(sql`delete from connection_application_credentials where org_id = ${org} and connection_id = ${id}`);
  await insertApplicationCredentials(tx, org, id, configs);
}

async function insertApplicationCredentials(
  tx: Tx,
  org: OrganisationId,
  id: ConnectionId,
  configs: readonly StoredConfig[],
): Promise<void> {
  const named = new Set(configs.flatMap((config) => applicationOf(config) ?? []));
  if (named.size === 0) return;
  await tx.run(sql`
    insert into connection_application_credentials (org_id, connection_id, credential_id)
    values ${sql.join([...named].map((credential) => sql`(${org}, ${id}, ${credential})`))}
  `);
}

/** The credential an authorization code config names as its application, or undefined. */
export function applicationOf(config: StoredConfig): string | undefined {
  return config.schemeType === "oauth2" ? config.flows.authorizationCode?.applicationCredential.id : undefined;
}

/** Moves `updatedAt`, because something under the connection changed. */
export async function touchConnection(tx: Tx, org: OrganisationId, id: ConnectionId, now: Date): Promise<void> {
  await tx.run(sql`update connections set updated_at = ${now.toISOString()} where org_id = ${org} and id = ${id}`);
}

/** Deletes the connection and everything under it; its credentials stay. False when there is none. */
export async function deleteConnection(tx: Tx, org: OrganisationId, id: ConnectionId): Promise<boolean> {
  const deleted = await tx.first(sql<{ protocol: string }>`
    delete from connections
    where org_id = ${org} and id = ${id}
    returning protocol
  `);
  if (!deleted) return false;
  await leavePlaces(tx, org, id);
  await tx.run(sql`
    update connection_counts
    set connections = connections - 1
    where org_id = ${org} and protocol = ${deleted.protocol}
  `);
  return true;
}
