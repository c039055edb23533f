import type { DefinitionReference } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { DefinitionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import { inBatches } from "./batches.ts";
import type { Tx } from "./database.ts";

/** Who uses a definition: what it is decides where its name is. */
export interface DefinitionUser {
  readonly type: DefinitionReference["type"];
  readonly id: string;
}

/** One use; a definition's use of itself is none. */
export interface DefinitionUse {
  readonly definitionId: DefinitionId;
  readonly user: DefinitionUser;
}

/** Users that do not count: these definitions, or every definition. */
export type Except = ReadonlySet<DefinitionId> | "definitions";

/**
 * What refers to each of `ids`: definitions, actions and triggers, oldest first, at most `max` for each. A definition that nothing refers to has no
 * entry.
 */
export async function referrersOf(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  ids: Iterable<DefinitionId>,
  { max = 100, except }: { readonly max?: number; readonly except?: Except } = {},
): Promise<Map<DefinitionId, DefinitionReference[]>> {
  const found = new Map<DefinitionId, DefinitionReference[]>();
  // A search of its own for each, so that one with very many users costs no more than is shown of them.
  const usersOf = (id: DefinitionId) => sql`
    select * from (
      select definition_id, user_type, user_id
      from definition_uses
      where org_id = ${org} and version_id = ${versionId} and definition_id = ${id} ${without(except)}
      order by user_type, user_id
      limit ${max}
    ) as few`;
  const find = async (batch: readonly DefinitionId[]) => {
    const rows = await tx.all(sql<DefinitionReference & { definition_id: DefinitionId }>`
      select uses.definition_id, uses.user_type as type, uses.user_id as id,
        coalesce(definitions.name, actions.name, triggers.name, '') as name
      from (${sql.join(batch.map(usersOf), sql` union all `)}) as uses
      left join definitions
        on uses.user_type = 'definition' and definitions.org_id = ${org} and definitions.version_id = ${versionId}
        and definitions.id = uses.user_id
      left join actions
        on uses.user_type = 'action' and actions.org_id = ${org} and actions.version_id = ${versionId} and actions.id = uses.user_id
      left join triggers
        on uses.user_type = 'trigger' and triggers.org_id = ${org} and triggers.version_id = ${versionId} and triggers.id = uses.user_id
      order by uses.user_type, uses.user_id
    `);
    for (const { definition_id, type, id, name } of rows) {
      const referrers = found.get(definition_id) ?? [];
      referrers.push({ type, id, name });
      found.set(definition_id, referrers);
    }
  };
  // Each search has parameters of its own, and those that do not count may be many.
  await inBatches([...new Set(ids)], find, except === undefined ? 100 : 1);
  return found;
}

/** Those of `ids` that others than `except` refer to, at most `max`. */
export async function usedByOthers(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  ids: readonly DefinitionId[],
  { except, max }: { readonly except: Except; readonly max: number },
): Promise<DefinitionId[]> {
  const found: DefinitionId[] = [];
  await inBatches(ids, async (batch) => {
    const rows = await tx.all(sql<{ definition_id: DefinitionId }>`
      select distinct definition_id
      from definition_uses
      where org_id = ${org} and version_id = ${versionId} and definition_id in (${sql.join([...batch])}) ${without(except)}
      order by definition_id
      limit ${max}
    `);
    found.push(...rows.map(({ definition_id }) => definition_id));
  });
  return found.slice(0, max);
}

/** Every use of one of `ids` by others than `except`. */
export async function usesByOthers(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  ids: readonly DefinitionId[],
  except: Except,
): Promise<DefinitionUse[]> {
  const found: DefinitionUse[] = [];
  await inBatches(ids, async (batch) => {
    const rows = await tx.all(sql<{ definition_id: DefinitionId; user_type: DefinitionUser["type"]; user_id: string }>`
      select definition_id, user_type, user_id
      from definition_uses
      where org_id = ${org} and version_id = ${versionId} and definition_id in (${sql.join([...batch])}) ${without(except)}
    `);
    found.push(
      ...rows.map(({ definition_id, user_type, user_id }) => ({ definitionId: definition_id, user: { type: user_type, id: user_id } })),
    );
  });
  return found;
}

function without(except: Except | undefined): RawBuilder<unknown> {
  if (except === "definitions") return sql`and user_type <> 'definition'`;
  if (!except || except.size === 0) return sql``;
  return sql`and not (user_type = 'definition' and user_id in (${sql.join([...except])}))`;
}

/** Makes `definitionIds` all that `user` uses. Each must be there. */
export async function replaceUses(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  user: DefinitionUser,
  definitionIds: Iterable<DefinitionId>,
): Promise<void> {
  await deleteUses(tx, org, versionId, [user]);
  const uses = [...definitionIds].map((definitionId) => ({ definitionId, user }));
  await insertUses(tx, org, versionId, uses);
}

/** Adds uses, each once however often it is named. Every definition must be there. */
export async function insertUses(tx: Tx, org: OrganisationId, versionId: VersionId, uses: readonly DefinitionUse[]): Promise<void> {
  const others = uses.filter(({ definitionId, user }) => user.type !== "definition" || user.id !== definitionId);
  await inBatches(others, (batch) =>
    tx.run(sql`
      insert into definition_uses (org_id, version_id, definition_id, user_type, user_id)
      values ${sql.join(batch.map(({ definitionId, user }) => sql`(${org}, ${versionId}, ${definitionId}, ${user.type}, ${user.id})`))}
      on conflict do nothing
    `),
  );
}

/** Forgets whatever `users` use. */
export async function deleteUses(tx: Tx, org: OrganisationId, versionId: VersionId, users: readonly DefinitionUser[]): Promise<void> {
  for (const type of ["definition", "action", "trigger"] as const) {
    const ids = users.filter((user) => user.type === type).map(({ id }) => id);
    await inBatches(ids, (batch) =>
      tx.run(sql`
        delete from definition_uses
        where org_id = ${org} and version_id = ${versionId} and user_type = ${type} and user_id in (${sql.join([...batch])})
      `),
    );
  }
}
