import { sql } from "kysely";
import type { ConnectionId, EnvironmentId, OrganisationId, VersionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";

/** The names of the subscriptions of a connection; [] when it has none. */
export async function subscriptionsOfConnection(tx: Tx, org: OrganisationId, connectionId: ConnectionId): Promise<string[]> {
  const rows = await tx.all(sql<{ name: string }>`
    select name
    from subscriptions
    where org_id = ${org} and connection_id = ${connectionId}
    order by name
    limit ${namesMax}
  `);
  return rows.map(({ name }) => name);
}

/** Which of `ids` a subscription uses, with the subscriptions' names. */
export async function subscriptionsOfEnvironments(
  tx: Tx,
  org: OrganisationId,
  ids: readonly EnvironmentId[],
): Promise<ReadonlyMap<string, string[]>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.all(sql<{ environment_id: string; name: string }>`
    select environment_id, name
    from subscriptions
    where org_id = ${org} and environment_id in (${sql.join([...ids])})
    order by name
    limit ${namesMax}
  `);
  const names = new Map<string, string[]>();
  for (const row of rows) names.set(row.environment_id, [...(names.get(row.environment_id) ?? []), row.name]);
  return names;
}

/** The names of the subscriptions that use a version: by naming it, or by following the default when it `isDefault`. */
export async function subscriptionsOfVersion(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  { id, isDefault }: { id: VersionId; isDefault: boolean },
): Promise<string[]> {
  const follows = isDefault ? sql`or version_id is null` : sql``;
  const rows = await tx.all(sql<{ name: string }>`
    select name
    from subscriptions
    where org_id = ${org} and connection_id = ${connectionId} and (version_id = ${id} ${follows})
    order by name
    limit ${namesMax}
  `);
  return rows.map(({ name }) => name);
}

// Enough to tell somebody where to look.
const namesMax = 20;
