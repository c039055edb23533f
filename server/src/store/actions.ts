import type { ContentError } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { StoredAction } from "../domain/action.ts";
import type { ActionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import { inBatches } from "./batches.ts";
import type { Tx } from "./database.ts";
import { nameContains, newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** A page of a version's actions; with `name`, of those whose name contains it in any case. */
export async function listActions(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  { name, ...request }: PageRequest & { readonly name?: string | undefined },
): Promise<Page<StoredAction>> {
  return readPage(tx, request, {
    from: sql`actions`,
    columns: sql`${columns}, updated_at`,
    where: sql`org_id = ${org} and version_id = ${versionId} ${nameContains(name)}`,
    order: newestFirst,
    noun: actionOf,
    weight: { of: weightOf, max: 2_000_000 },
  });
}

/** About how many characters it is answered with: a link, which is short, is answered as its definition. */
const weightOf = ({ document, description, errors }: ActionRow): number =>
  document.length + (description?.length ?? 0) + (errors?.length ?? 0) + 400 * (document.match(/"id":"/g)?.length ?? 0);

/** The action of that name. Undefined when the version has none. */
export async function getAction(tx: Tx, org: OrganisationId, versionId: VersionId, name: string): Promise<StoredAction | undefined> {
  const row = await tx.first(sql<ActionRow>`
    select ${columns}
    from actions
    where org_id = ${org} and version_id = ${versionId} and name = ${name}
  `);
  return row && actionOf(row);
}

/** Those of `ids` that the version has. */
export async function actionsByIds(tx: Tx, org: OrganisationId, versionId: VersionId, ids: Iterable<ActionId>): Promise<StoredAction[]> {
  const found: StoredAction[] = [];
  await inBatches([...new Set(ids)], async (batch) => {
    found.push(...(await actionsWhere(tx, org, versionId, sql`and id in (${sql.join([...batch])})`)));
  });
  return found;
}

/** At most `count` actions of a version in the order of their ids, beginning behind `after`: for whoever looks at all of them. */
export async function actionsAfter(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  { after, count }: { readonly after: ActionId | undefined; readonly count: number },
): Promise<StoredAction[]> {
  return actionsWhere(tx, org, versionId, sql`and id > ${after ?? ""} order by id limit ${count}`);
}

/** Actions of a version by their ids backwards, from the one before `before`, which is how an import gives them the order of its file. */
export async function actionsBefore(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  { before, count }: { readonly before: ActionId | undefined; readonly count: number },
): Promise<StoredAction[]> {
  return actionsWhere(tx, org, versionId, sql`and id < ${before ?? "~"} order by id desc limit ${count}`);
}

/** Which actions a version has: the id of each name. */
export async function actionNames(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<Map<string, ActionId>> {
  const rows = await tx.all(sql<{ id: ActionId; name: string }>`
    select id, name
    from actions
    where org_id = ${org} and version_id = ${versionId}
  `);
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** How many actions a version has. */
export async function countActions(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<number> {
  const row = await tx.first(sql<{ actions: number | string }>`
    select count(*) as actions
    from actions
    where org_id = ${org} and version_id = ${versionId}
  `);
  return Number(row?.actions ?? 0);
}

/** The ids of a version's actions that link to a definition it does not have. */
export async function actionsMissingDefinitions(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<ActionId[]> {
  // JSON in a text has its quotes escaped, so this is a key. It may be one of a parameter's schema: such an action is looked at in vain.
  const rows = await tx.all(sql<{ id: ActionId }>`
    select id
    from actions
    where org_id = ${org} and version_id = ${versionId} and errors is not null and document like '%"missing":"%'
  `);
  return rows.map(({ id }) => id);
}

/** Throws the engine's uniqueness fault when a name is taken; see `isTaken`. What they link to is told to `insertUses`. */
export async function insertActions(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  actions: readonly StoredAction[],
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const rowOf = ({ id, name, summary, description, document, errors }: StoredAction) =>
    sql`(${org}, ${versionId}, ${id}, ${name}, ${document.type}, ${summary ?? null}, ${description ?? null}, ${JSON.stringify(document)},
      ${errorsText(errors)}, ${at}, ${at})`;
  await inBatches(actions, (batch) =>
    tx.run(sql`
      insert into actions (org_id, version_id, id, name, type, summary, description, document, errors, created_at, updated_at)
      values ${sql.join(batch.map(rowOf))}
    `),
  );
}

/** Rewrites an action, but not its type. Throws the engine's uniqueness fault when the name is taken; see `isTaken`. */
export async function updateAction(tx: Tx, org: OrganisationId, versionId: VersionId, action: StoredAction, now: Date): Promise<void> {
  const { id, name, summary, description, document, errors } = action;
  await tx.run(sql`
    update actions
    set name = ${name}, summary = ${summary ?? null}, description = ${description ?? null}, document = ${JSON.stringify(document)},
      errors = ${errorsText(errors)}, updated_at = ${now.toISOString()}
    where org_id = ${org} and version_id = ${versionId} and id = ${id}
  `);
}

/** Deletes an action; that it used definitions is told to `deleteUses`. */
export async function deleteAction(tx: Tx, org: OrganisationId, versionId: VersionId, id: ActionId): Promise<void> {
  await tx.run(sql`delete from actions where org_id = ${org} and version_id = ${versionId} and id = ${id}`);
}

async function actionsWhere(tx: Tx, org: OrganisationId, versionId: VersionId, which: RawBuilder<unknown>): Promise<StoredAction[]> {
  const rows = await tx.all(sql<ActionRow>`
    select ${columns}
    from actions
    where org_id = ${org} and version_id = ${versionId} ${which}
  `);
  return rows.map(actionOf);
}

interface ActionRow {
  id: ActionId;
  name: string;
  summary: string | null;
  description: string | null;
  document: string;
  errors: string | null;
}

const columns = sql`id, name, summary, description, document, errors`;

function actionOf({ id, name, summary, description, document, errors }: ActionRow): StoredAction {
  return {
    id,
    name,
    ...(summary === null ? {} : { summary }),
    ...(description === null ? {} : { description }),
    document: JSON.parse(document),
    errors: errors === null ? [] : JSON.parse(errors),
  };
}

const errorsText = (errors: readonly ContentError[]) => (errors.length === 0 ? null : JSON.stringify(errors));
