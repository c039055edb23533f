import type { ContentError } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { DefinitionHead, StoredDefinition } from "../domain/definition.ts";
import type { DefinitionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import { inBatches } from "./batches.ts";
import type { Tx } from "./database.ts";
import { nameContains, newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** A page of a version's definitions; with `name`, of those whose name contains it in any case. */
export async function listDefinitions(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  { name, ...request }: PageRequest & { readonly name?: string | undefined },
): Promise<Page<DefinitionHead>> {
  return readPage(tx, request, {
    from: sql`definitions`,
    columns: sql`id, name, accept, description, errors, updated_at`,
    where: sql`org_id = ${org} and version_id = ${versionId} ${nameContains(name)}`,
    order: newestFirst,
    noun: headOf,
  });
}

/** The definition of that name. Undefined when the version has none. */
export async function getDefinition(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  name: string,
): Promise<StoredDefinition | undefined> {
  const row = await tx.first(sql<DefinitionRow>`
    select ${columns}
    from definitions
    where org_id = ${org} and version_id = ${versionId} and name = ${name}
  `);
  return row && definitionOf(row);
}

/** Those of `ids` that the version has, by id. */
export async function definitionsByIds(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  ids: Iterable<DefinitionId>,
): Promise<Map<DefinitionId, StoredDefinition>> {
  const found = new Map<DefinitionId, StoredDefinition>();
  await inBatches([...new Set(ids)], async (batch) => {
    const rows = await tx.all(sql<DefinitionRow>`
      select ${columns}
      from definitions
      where org_id = ${org} and version_id = ${versionId} and id in (${sql.join([...batch])})
    `);
    for (const row of rows) found.set(row.id, definitionOf(row));
  });
  return found;
}

/** The same without their schemas. */
export async function headsByIds(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  ids: Iterable<DefinitionId>,
): Promise<Map<DefinitionId, DefinitionHead>> {
  const found = new Map<DefinitionId, DefinitionHead>();
  await inBatches([...new Set(ids)], async (batch) => {
    for (const head of await headsWhere(tx, org, versionId, sql`and id in (${sql.join([...batch])})`)) found.set(head.id, head);
  });
  return found;
}

/** Those of the version that have one of `names`, without their schemas, by name. */
export async function headsByNames(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  names: Iterable<string>,
): Promise<Map<string, DefinitionHead>> {
  const found = new Map<string, DefinitionHead>();
  // No other name is stored, and PostgreSQL takes no NUL even as a parameter.
  const possible = [...new Set(names)].filter((name) => /^[\w-]+$/.test(name));
  await inBatches(possible, async (batch) => {
    for (const head of await headsWhere(tx, org, versionId, sql`and name in (${sql.join([...batch])})`)) found.set(head.name, head);
  });
  return found;
}

/** Every definition of a version without its schema, by name: for whoever looks at all that it holds. */
export function definitionHeads(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<DefinitionHead[]> {
  return headsWhere(tx, org, versionId, sql`order by name`);
}

async function headsWhere(tx: Tx, org: OrganisationId, versionId: VersionId, rest: RawBuilder<unknown>): Promise<DefinitionHead[]> {
  const rows = await tx.all(sql<HeadRow>`
    select id, name, accept, description, errors
    from definitions
    where org_id = ${org} and version_id = ${versionId} ${rest}
  `);
  return rows.map(headOf);
}

/** What is the same as long as no definition of the version was made, changed or deleted. */
export async function definitionsState(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<string> {
  const row = await tx.first(sql<{ definitions: number | string; updated_at: string | null }>`
    select count(*) as definitions, max(updated_at) as updated_at
    from definitions
    where org_id = ${org} and version_id = ${versionId}
  `);
  return `${row?.definitions} ${row?.updated_at}`;
}

/** At most `count` definitions of a version in the order of their ids, beginning behind `after`: for whoever looks at all of them. */
export async function definitionsAfter(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  { after, count }: { readonly after: DefinitionId | undefined; readonly count: number },
): Promise<StoredDefinition[]> {
  const rows = await tx.all(sql<DefinitionRow>`
    select ${columns}
    from definitions
    where org_id = ${org} and version_id = ${versionId} and id > ${after ?? ""}
    order by id
    limit ${count}
  `);
  return rows.map(definitionOf);
}

/** Which definitions a version has: the id of each name. */
export async function definitionNames(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<Map<string, DefinitionId>> {
  const rows = await tx.all(sql<{ id: DefinitionId; name: string }>`
    select id, name
    from definitions
    where org_id = ${org} and version_id = ${versionId}
  `);
  return new Map(rows.map(({ id, name }) => [name, id]));
}

export async function countDefinitions(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<number> {
  const row = await tx.first(sql<{ definitions: number | string }>`
    select count(*) as definitions
    from definitions
    where org_id = ${org} and version_id = ${versionId}
  `);
  return Number(row?.definitions ?? 0);
}

/**
 * Those of `ids` that the version has, and all that they refer to, directly or not, by id: what is needed to hold a value against them.
 * Circles end.
 */
export async function reachableDefinitions(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  ids: Iterable<DefinitionId>,
): Promise<Map<DefinitionId, StoredDefinition>> {
  const found = new Map<DefinitionId, StoredDefinition>();
  await inBatches([...new Set(ids)], async (batch) => {
    const rows = await tx.all(sql<DefinitionRow>`
      with recursive reached (id) as (
        select id
        from definitions
        where org_id = ${org} and version_id = ${versionId} and id in (${sql.join([...batch])})
        union
        select definition_uses.definition_id
        from definition_uses
        join reached on definition_uses.user_id = reached.id
        where org_id = ${org} and version_id = ${versionId} and user_type = 'definition'
      )
      select ${columns}
      from definitions
      where org_id = ${org} and version_id = ${versionId} and id in (select id from reached)
    `);
    for (const row of rows) found.set(row.id, definitionOf(row));
  });
  return found;
}

/** Throws the engine's uniqueness fault when a name is taken; see `isTaken`. What they refer to is told to `insertUses`. */
export async function insertDefinitions(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  definitions: readonly StoredDefinition[],
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const rowOf = ({ id, name, accept, description, contentType, content, errors }: StoredDefinition) =>
    sql`(${org}, ${versionId}, ${id}, ${name}, ${JSON.stringify(accept)}, ${description ?? null}, ${contentType}, ${content},
      ${errorsText(errors)}, ${at}, ${at})`;
  await inBatches(definitions, (batch) =>
    tx.run(sql`
      insert into definitions (org_id, version_id, id, name, accept, description, content_type, content, errors, created_at, updated_at)
      values ${sql.join(batch.map(rowOf))}
    `),
  );
}

/** Rewrites a definition. Throws the engine's uniqueness fault when the name is taken; see `isTaken`. */
export async function updateDefinition(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  definition: StoredDefinition,
  now: Date,
): Promise<void> {
  const { name, accept, description, contentType, content, errors } = definition;
  await tx.run(sql`
    update definitions
    set name = ${name}, accept = ${JSON.stringify(accept)}, description = ${description ?? null}, content_type = ${contentType},
      content = ${content}, errors = ${errorsText(errors)}, updated_at = ${now.toISOString()}
    where org_id = ${org} and version_id = ${versionId} and id = ${definition.id}
  `);
}

/** Puts `errors` in the place of those that a definition had. */
export async function setDefinitionErrors(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  { id, errors }: { readonly id: DefinitionId; readonly errors: readonly ContentError[] },
  now: Date,
): Promise<void> {
  await tx.run(sql`
    update definitions
    set errors = ${errorsText(errors)}, updated_at = ${now.toISOString()}
    where org_id = ${org} and version_id = ${versionId} and id = ${id}
  `);
}

/** Deletes them, and that they used others. Whoever used them is told by the caller. */
export async function deleteDefinitions(tx: Tx, org: OrganisationId, versionId: VersionId, ids: Iterable<DefinitionId>): Promise<void> {
  await inBatches([...ids], async (batch) => {
    const among = sql.join([...batch]);
    await tx.run(sql`
      delete from definition_uses
      where org_id = ${org} and version_id = ${versionId} and user_type = 'definition' and user_id in (${among})
    `);
    await tx.run(sql`delete from definitions where org_id = ${org} and version_id = ${versionId} and id in (${among})`);
  });
}

interface HeadRow {
  id: DefinitionId;
  name: string;
  accept: string;
  description: string | null;
  errors: string | null;
}

interface DefinitionRow extends HeadRow {
  content_type: string;
  content: string;
}

const columns = sql`id, name, accept, description, content_type, content, errors`;

function headOf({ id, name, accept, description, errors }: HeadRow): DefinitionHead {
  return {
    id,
    name,
    accept: JSON.parse(accept),
    ...(description === null ? {} : { description }),
    errors: errors === null ? [] : JSON.parse(errors),
  };
}

const definitionOf = (row: DefinitionRow): StoredDefinition => ({ ...headOf(row), contentType: row.content_type, content: row.content });

const errorsText = (errors: readonly ContentError[]) => (errors.length === 0 ? null : JSON.stringify(errors));
