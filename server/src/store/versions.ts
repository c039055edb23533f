import type { ConnectionVersion } from "@mooring/contract";
import { sql } from "kysely";
import { type ConnectionId, newSchemaKey, type OrganisationId, type VersionId } from "../kernel/ids.ts";
import { latestOf, type VersionJson, versionsOf } from "./connection-rows.ts";
import type { Tx } from "./database.ts";
import { newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** A version by its name, or by the reserved names `latest` and `default`. Undefined when there is none, or none published. */
export async function getVersion(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  name: string,
): Promise<ConnectionVersion | undefined> {
  const rows = await tx.all(sql<VersionJson>`
    select ${columns}
    from versions
    where org_id = ${org} and connection_id = ${connectionId} and (name = ${name} or published_at is not null)
  `);
  const id = name === "latest" || name === "default" ? reserved(name, rows) : rows.find((row) => row.name === name)?.id;
  return versionsOf(rows).find((version) => version.id === id);
}

function reserved(name: "latest" | "default", rows: readonly VersionJson[]): string | undefined {
  const chosen = name === "default" ? rows.find((row) => row.isDefault === 1) : undefined;
  return (chosen ?? latestOf(rows))?.id;
}

export async function listVersions(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  request: PageRequest,
): Promise<Page<ConnectionVersion>> {
  const latest = await getVersion(tx, org, connectionId, "latest");
  return readPage(tx, request, {
    from: sql`versions`,
    columns: sql`id, name, description, is_default, published_at, created_at, updated_at`,
    where: sql`org_id = ${org} and connection_id = ${connectionId}`,
    order: newestFirst,
    noun: (row: VersionRow) => ({
      id: row.id,
      name: row.name,
      ...(row.description === null ? {} : { description: row.description }),
      isLatest: row.id === latest?.id,
      isDefault: Number(row.is_default) === 1,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      publishedAt: row.published_at,
    }),
  });
}

interface VersionRow {
  id: string;
  name: string;
  description: string | null;
  is_default: number | string;
  published_at: string | null;
  created_at: string;
  updated_at: string;
}

const columns = sql`id, name, description, cast(is_default as integer) as "isDefault", created_at as "createdAt", updated_at as "updatedAt",
  published_at as "publishedAt"`;

/** Throws the engine's uniqueness fault when the name is taken; see `takenName`. */
export async function insertVersion(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  version: { id: VersionId; name: string; description?: string | undefined },
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  await tx.run(sql`
    insert into versions (org_id, id, connection_id, name, description, is_default, schema_key, created_at, updated_at)
    values (${org}, ${version.id}, ${connectionId}, ${version.name}, ${version.description ?? null}, 0, ${newSchemaKey()}, ${at}, ${at})
  `);
}

/** A version as the keeper of its content. */
export interface ContentVersion {
  readonly id: VersionId;
  readonly name: string;
  readonly publishedAt: string | null;
  /** Stands in the addresses of its schemas. */
  readonly schemaKey: string;
}

/** The same as `getVersion`, for whoever works with what is in it. */
export async function getContentVersion(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  name: string,
): Promise<ContentVersion | undefined> {
  const version = await getVersion(tx, org, connectionId, name);
  if (!version) return undefined;
  const row = await tx.first(sql<{ schema_key: string | null }>`
    select schema_key
    from versions
    where org_id = ${org} and id = ${version.id}
  `);
  return { id: version.id as VersionId, name: version.name, publishedAt: version.publishedAt, schemaKey: row?.schema_key ?? "" };
}

/** The version whose schemas are at addresses with this key. Undefined when the organisation has none. */
export async function versionOfSchemaKey(tx: Tx, org: OrganisationId, schemaKey: string): Promise<VersionId | undefined> {
  const row = await tx.first(sql<{ id: VersionId }>`
    select id
    from versions
    where org_id = ${org} and schema_key = ${schemaKey}
  `);
  return row?.id;
}

/** The name of a version by its id. Undefined when there is none. */
export async function versionName(tx: Tx, org: OrganisationId, id: VersionId): Promise<string | undefined> {
  return (await tx.first(sql<{ name: string }>`select name from versions where org_id = ${org} and id = ${id}`))?.name;
}

/** Marks a version as changed now. Gives it a schema key where a Mooring before schemas made it. */
export async function touchVersion(tx: Tx, org: OrganisationId, id: VersionId, now: Date): Promise<void> {
  await tx.run(sql`
    update versions
    set updated_at = ${now.toISOString()}, schema_key = coalesce(schema_key, ${newSchemaKey()})
    where org_id = ${org} and id = ${id}
  `);
}

/** Rewrites what may change of a version. Choosing it as default takes that from the one that was. */
export async function updateVersion(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  version: Pick<ConnectionVersion, "id" | "name" | "description" | "isDefault" | "publishedAt">,
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  if (version.isDefault) {
    await tx.run(sql`
      update versions
      set is_default = 0, updated_at = ${at}
      where org_id = ${org} and connection_id = ${connectionId} and is_default = 1 and id <> ${version.id}
    `);
  }
  await tx.run(sql`
    update versions
    set name = ${version.name}, description = ${version.description ?? null}, is_default = ${version.isDefault ? 1 : 0},
      published_at = ${version.publishedAt}, updated_at = ${at}
    where org_id = ${org} and id = ${version.id}
  `);
}

export async function deleteVersion(tx: Tx, org: OrganisationId, id: VersionId): Promise<void> {
  await tx.run(sql`delete from versions where org_id = ${org} and id = ${id}`);
}
