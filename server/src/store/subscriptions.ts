import type { Subscription } from "@mooring/contract";
import { sql } from "kysely";
import type { ConnectionId, EnvironmentId, OrganisationId, SubscriptionId, VersionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** The subscription, or undefined when the connection has none with this id. */
export async function getSubscription(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  id: SubscriptionId,
): Promise<Subscription | undefined> {
  const row = await tx.first(sql<SubscriptionRow>`
    select ${columns}
    from subscriptions
    where org_id = ${org} and connection_id = ${connectionId} and id = ${id}
  `);
  return row && subscriptionOf(row);
}

/** A page of a connection's subscriptions. With `environments`, without those that use another environment. */
export async function listSubscriptions(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  request: PageRequest & { environments?: readonly string[] },
): Promise<Page<Subscription>> {
  const { environments } = request;
  const ofKey =
    environments === undefined ? sql`` : sql`and (environment_id is null or environment_id in (${sql.join([...environments, ""])}))`;
  return readPage(tx, request, {
    from: sql`subscriptions`,
    columns,
    where: sql`org_id = ${org} and connection_id = ${connectionId} ${ofKey}`,
    order: newestFirst,
    noun: subscriptionOf,
  });
}

interface SubscriptionRow {
  id: string;
  name: string;
  version: string | null;
  environment_id: string | null;
  acknowledged: number | string;
  created_at: string;
  updated_at: string;
}

const columns = sql`id, name, environment_id, acknowledged, created_at, updated_at,
  (select v.name from versions v where v.org_id = subscriptions.org_id and v.id = subscriptions.version_id) as version`;

const subscriptionOf = (row: SubscriptionRow): Subscription => ({
  id: row.id,
  name: row.name,
  ...(row.version === null ? {} : { version: row.version }),
  ...(row.environment_id === null ? {} : { environment: row.environment_id }),
  acknowledged: String(row.acknowledged),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Throws the engine's uniqueness fault when the connection has one of this name. Without a version it follows the default. */
export async function insertSubscription(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  subscription: { id: SubscriptionId; name: string; versionId: VersionId | undefined; environmentId: EnvironmentId | undefined },
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const { id, name, versionId = null, environmentId = null } = subscription;
  await tx.run(sql`
    insert into subscriptions (org_id, id, connection_id, name, version_id, environment_id, created_at, updated_at)
    values (${org}, ${id}, ${connectionId}, ${name}, ${versionId}, ${environmentId}, ${at}, ${at})
  `);
}

export async function deleteSubscription(tx: Tx, org: OrganisationId, id: SubscriptionId): Promise<void> {
  await tx.run(sql`delete from subscriptions where org_id = ${org} and id = ${id}`);
}

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
