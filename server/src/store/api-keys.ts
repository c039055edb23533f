import type { ApiKey, Scope } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { ApiKeyId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** A key as its maker asks for it. */
export interface ApiKeyFields {
  readonly name: string;
  readonly hint: string;
  readonly keyHash: string;
  readonly scopes: readonly Scope[];
  readonly connections?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
  readonly expiresAt?: string | undefined;
  readonly createdBy: string;
}

export async function listApiKeys(tx: Tx, org: OrganisationId, request: PageRequest): Promise<Page<ApiKey>> {
  return readPage(tx, request, { from: sql`api_keys`, columns, where: sql`org_id = ${org}`, order: newestFirst, noun: apiKeyOf });
}

export async function getApiKey(tx: Tx, org: OrganisationId, id: ApiKeyId): Promise<ApiKey | undefined> {
  const row = await tx.first(sql<ApiKeyRow>`select ${columns} from api_keys where org_id = ${org} and id = ${id}`);
  return row && apiKeyOf(row);
}

/**
 * The key that hashes to `keyHash`, and whose it is. The transaction's reach is that hash. Undefined when no key does.
 */
export async function findApiKey(tx: Tx, keyHash: string): Promise<(ApiKey & { org: OrganisationId }) | undefined> {
  const row = await tx.first(sql<ApiKeyRow & { org_id: OrganisationId }>`
    select org_id, ${columns}
    from api_keys
    where key_hash = ${keyHash}
  `);
  return row && { ...apiKeyOf(row), org: row.org_id };
}

/** Adds a key. False, and nothing added, when a connection or environment it is limited to is not this organisation's (T-2). */
export async function insertApiKey(tx: Tx, org: OrganisationId, id: ApiKeyId, fields: ApiKeyFields, now: Date): Promise<boolean> {
  const at = now.toISOString();
  const { name, hint, keyHash, scopes, connections, environments, expiresAt, createdBy } = fields;
  const inserted = await tx.run(sql`
    insert into api_keys (org_id, id, name, key_hash, hint, scopes, connections, environments, created_by, expires_at, created_at, updated_at)
    select ${org}, ${id}, ${name}, ${keyHash}, ${hint}, ${JSON.stringify(scopes)}, ${textOf(connections)}, ${textOf(environments)},
      ${createdBy}, ${expiresAt ?? null}, ${at}, ${at}
    where ${areAllThere("connections", org, connections)} and ${areAllThere("environments", org, environments)}
  `);
  return inserted > 0;
}

/** Which of `ids` the organisation has no connection, or no environment, for. */
export async function missingLimits(tx: Tx, org: OrganisationId, table: Limited, ids: readonly string[] = []): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.all(sql<{ id: string }>`
    select id
    from ${sql.table(table)}
    where org_id = ${org} and id in (${sql.join([...ids])})
  `);
  const there = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !there.has(id));
}

type Limited = "connections" | "environments";

function areAllThere(table: Limited, org: OrganisationId, ids: readonly string[] | undefined): RawBuilder<unknown> {
  if (ids === undefined || ids.length === 0) return sql`1 = 1`;
  const distinct = [...new Set(ids)];
  return sql`(select count(*) from ${sql.table(table)} where org_id = ${org} and id in (${sql.join(distinct)})) = ${distinct.length}`;
}

/** Revokes the key and gives it as it was; undefined when there is none. */
export async function deleteApiKey(tx: Tx, org: OrganisationId, id: ApiKeyId): Promise<ApiKey | undefined> {
  const row = await tx.first(sql<ApiKeyRow>`
    delete from api_keys
    where org_id = ${org} and id = ${id}
    returning ${columns}
  `);
  return row && apiKeyOf(row);
}

/** Notes when keys were last used. Never moves that time back: nodes write in any order. */
export async function touchApiKey(tx: Tx, org: OrganisationId, id: ApiKeyId, usedAt: Date): Promise<void> {
  const at = usedAt.toISOString();
  await tx.run(sql`
    update api_keys
    set last_used_at = ${at}
    where org_id = ${org} and id = ${id} and (last_used_at is null or last_used_at < ${at})
  `);
}

const columns = sql`id, name, hint, scopes, connections, environments, expires_at, last_used_at, created_at, updated_at`;

interface ApiKeyRow {
  id: string;
  name: string;
  hint: string;
  scopes: string;
  connections: string | null;
  environments: string | null;
  expires_at: string | null;
  last_used_at: string | null;
  created_at: string;
}

const apiKeyOf = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  scopes: JSON.parse(row.scopes),
  ...(row.connections === null ? {} : { connections: JSON.parse(row.connections) }),
  ...(row.environments === null ? {} : { environments: JSON.parse(row.environments) }),
  ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
  prefix: row.hint,
  ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  createdAt: row.created_at,
});

const textOf = (ids: readonly string[] | undefined) => (ids === undefined ? null : JSON.stringify(ids));
