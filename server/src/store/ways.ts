import type { ContentError } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { Way, WayKind, Ways } from "../domain/way.ts";
import type { OrganisationId, VersionId } from "../kernel/ids.ts";
import { inBatches } from "./batches.ts";
import type { Tx } from "./database.ts";
import { nameContains, newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** A page of a version's actions or triggers; with `name`, of those whose name contains it in any case. */
export async function listWays<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
  { name, ...request }: PageRequest & { readonly name?: string | undefined },
): Promise<Page<Ways[Kind]>> {
  return readPage(tx, request, {
    from: tableOf[kind],
    columns: sql`${columns}, updated_at`,
    where: sql`org_id = ${org} and version_id = ${versionId} ${nameContains(name)}`,
    order: newestFirst,
    noun: wayOf<Kind>,
    weight: { of: weightOf, max: 2_000_000 },
  });
}

/** About how many characters it is answered with: a link, which is short, is answered as its definition. */
const weightOf = ({ document, description, errors }: WayRow): number =>
  document.length + (description?.length ?? 0) + (errors?.length ?? 0) + 400 * (document.match(/"id":"/g)?.length ?? 0);

/** The action or trigger of that name. Undefined when the version has none. */
export async function getWay<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
  name: string,
): Promise<Ways[Kind] | undefined> {
  const [way] = await waysWhere(tx, org, versionId, kind, sql`and name = ${name}`);
  return way;
}

/** Those of `ids` that the version has. */
export async function waysByIds<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
  ids: Iterable<Ways[Kind]["id"]>,
): Promise<Ways[Kind][]> {
  const found: Ways[Kind][] = [];
  await inBatches([...new Set(ids)], async (batch) => {
    found.push(...(await waysWhere(tx, org, versionId, kind, sql`and id in (${sql.join([...batch])})`)));
  });
  return found;
}

/** At most `count` of a version in the order of their ids, beginning behind `after`: for whoever looks at all of them. */
export async function waysAfter<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
  { after, count }: { readonly after: Ways[Kind]["id"] | undefined; readonly count: number },
): Promise<Ways[Kind][]> {
  return waysWhere(tx, org, versionId, kind, sql`and id > ${after ?? ""} order by id limit ${count}`);
}

/** Those of a version by their ids backwards, from the one before `before`, which is how an import gives them the order of its file. */
export async function waysBefore<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
  { before, count }: { readonly before: Ways[Kind]["id"] | undefined; readonly count: number },
): Promise<Ways[Kind][]> {
  return waysWhere(tx, org, versionId, kind, sql`and id < ${before ?? "~"} order by id desc limit ${count}`);
}

/** Which actions or triggers a version has: the id of each name. */
export async function wayNames<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
): Promise<Map<string, Ways[Kind]["id"]>> {
  const rows = await tx.all(sql<{ id: Ways[Kind]["id"]; name: string }>`
    select id, name
    from ${tableOf[kind]}
    where org_id = ${org} and version_id = ${versionId}
  `);
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** How many actions or triggers a version has. */
export async function countWays(tx: Tx, org: OrganisationId, versionId: VersionId, kind: WayKind): Promise<number> {
  const row = await tx.first(sql<{ ways: number | string }>`
    select count(*) as ways
    from ${tableOf[kind]}
    where org_id = ${org} and version_id = ${versionId}
  `);
  return Number(row?.ways ?? 0);
}

/** The ids of those that link to a definition which the version does not have. */
export async function waysMissingDefinitions<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
): Promise<Ways[Kind]["id"][]> {
  // JSON in a text has its quotes escaped, so this is a key. It may be one of a parameter's schema: such a one is looked at in vain.
  const rows = await tx.all(sql<{ id: Ways[Kind]["id"] }>`
    select id
    from ${tableOf[kind]}
    where org_id = ${org} and version_id = ${versionId} and errors is not null and document like '%"missing":"%'
  `);
  return rows.map(({ id }) => id);
}

/** Throws the engine's uniqueness fault when a name is taken; see `isTaken`. What they link to is told to `insertUses`. */
export async function insertWays<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
  ways: readonly Ways[Kind][],
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const rowOf = ({ id, name, summary, description, document, errors }: Ways[Kind]) =>
    sql`(${org}, ${versionId}, ${id}, ${name}, ${document.type}, ${summary ?? null}, ${description ?? null}, ${JSON.stringify(document)},
      ${errorsText(errors)}, ${at}, ${at})`;
  await inBatches(ways, (batch) =>
    tx.run(sql`
      insert into ${tableOf[kind]}
        (org_id, version_id, id, name, type, summary, description, document, errors, created_at, updated_at)
      values ${sql.join(batch.map(rowOf))}
    `),
  );
}

/** Rewrites one, but not its type. Throws the engine's uniqueness fault when the name is taken; see `isTaken`. */
export async function updateWay<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
  way: Ways[Kind],
  now: Date,
): Promise<void> {
  const { id, name, summary, description, document, errors } = way;
  await tx.run(sql`
    update ${tableOf[kind]}
    set name = ${name}, summary = ${summary ?? null}, description = ${description ?? null}, document = ${JSON.stringify(document)},
      errors = ${errorsText(errors)}, updated_at = ${now.toISOString()}
    where org_id = ${org} and version_id = ${versionId} and id = ${id}
  `);
}

/** Deletes one; that it used definitions is told to `deleteUses`. */
export async function deleteWay<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
  id: Ways[Kind]["id"],
): Promise<void> {
  await tx.run(sql`delete from ${tableOf[kind]} where org_id = ${org} and version_id = ${versionId} and id = ${id}`);
}

const tableOf = { action: sql`actions`, trigger: sql`triggers` } as const satisfies Record<WayKind, RawBuilder<unknown>>;

async function waysWhere<Kind extends WayKind>(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  kind: Kind,
  which: RawBuilder<unknown>,
): Promise<Ways[Kind][]> {
  const rows = await tx.all(sql<WayRow>`
    select ${columns}
    from ${tableOf[kind]}
    where org_id = ${org} and version_id = ${versionId} ${which}
  `);
  return rows.map(wayOf<Kind>);
}

interface WayRow {
  id: string;
  name: string;
  summary: string | null;
  description: string | null;
  document: string;
  errors: string | null;
}

const columns = sql`id, name, summary, description, document, errors`;

function wayOf<Kind extends WayKind>({ id, name, summary, description, document, errors }: WayRow): Ways[Kind] {
  const way = {
    id,
    name,
    ...(summary === null ? {} : { summary }),
    ...(description === null ? {} : { description }),
    document: JSON.parse(document),
    errors: errors === null ? [] : JSON.parse(errors),
  };
  return way as Way as Ways[Kind];
}

const errorsText = (errors: readonly ContentError[]) => (errors.length === 0 ? null : JSON.stringify(errors));
