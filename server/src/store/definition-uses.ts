import type { DefinitionReference } from "@mooring/contract";
import { sql } from "kysely";
import type { DefinitionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import { inBatches } from "./batches.ts";
import type { Tx } from "./database.ts";

/** Who uses a definition. An id alone would do, but what it is decides where its name is. */
export interface DefinitionUser {
  readonly type: DefinitionReference["type"];
  readonly id: string;
}

/** One use; a definition's use of itself is none. */
export interface DefinitionUse {
  readonly definitionId: DefinitionId;
  readonly user: DefinitionUser;
}

/** What refers to each of `ids`, definitions and actions, by type and name. A definition without an entry is not referred to. */
export async function referrersOf(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  ids: Iterable<DefinitionId>,
): Promise<Map<DefinitionId, DefinitionReference[]>> {
  const found = new Map<DefinitionId, DefinitionReference[]>();
  await inBatches([...new Set(ids)], async (batch) => {
    const rows = await tx.all(sql<DefinitionReference & { definition_id: DefinitionId }>`
      select uses.definition_id, uses.user_type as type, uses.user_id as id, coalesce(definitions.name, actions.name, '') as name
      from definition_uses as uses
      left join definitions
        on uses.user_type = 'definition' and definitions.org_id = uses.org_id and definitions.version_id = uses.version_id
        and definitions.id = uses.user_id
      left join actions
        on uses.user_type = 'action' and actions.org_id = uses.org_id and actions.version_id = uses.version_id
        and actions.id = uses.user_id
      where uses.org_id = ${org} and uses.version_id = ${versionId} and uses.definition_id in (${sql.join([...batch])})
      order by type, name
    `);
    for (const { definition_id, type, id, name } of rows) {
      const referrers = found.get(definition_id) ?? [];
      referrers.push({ type, id, name });
      found.set(definition_id, referrers);
    }
  });
  return found;
}

/** Makes `definitionIds` all that `user` uses. */
export async function replaceUses(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  user: DefinitionUser,
  definitionIds: Iterable<DefinitionId>,
): Promise<void> {
  await deleteUses(tx, org, versionId, [user]);
  await insertUses(
    tx,
    org,
    versionId,
    [...definitionIds].map((definitionId) => ({ definitionId, user })),
  );
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
