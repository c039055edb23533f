import type { EventFilter, OwnEvent, Subscription } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import { cursorOf } from "../domain/event-cursor.ts";
import type { ConnectionId, EnvironmentId, OrganisationId, SubscriptionId, VersionId } from "../kernel/ids.ts";
import type { Engine, Tx } from "./database.ts";
import { type DestinationRow, destinationMembers, destinationOf, shownDestination } from "./destinations.ts";
import { jsonObject, jsonText } from "./json.ts";
import { newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** The subscription, or undefined when the connection has none with this id. */
export async function getSubscription(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  id: SubscriptionId,
): Promise<Subscription | undefined> {
  const row = await tx.first(sql<SubscriptionRow>`
    select ${columns(tx.engine)}
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
    columns: columns(tx.engine),
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
  trigger_name: string | null;
  own_events: string | null;
  filter: string | null;
  acknowledged: number | string;
  destination: string | null;
  created_at: string;
  updated_at: string;
}

function columns(engine: Engine): RawBuilder<unknown> {
  const destination = `(select ${jsonText(engine, jsonObject(engine, destinationMembers("d")))}
    from destinations d
    where d.org_id = subscriptions.org_id and d.subscription_id = subscriptions.id)`;
  return sql`id, name, environment_id, trigger_name, own_events, filter, acknowledged, created_at, updated_at,
    (select v.name from versions v where v.org_id = subscriptions.org_id and v.id = subscriptions.version_id) as version,
    ${sql.raw(destination)} as destination`;
}

const subscriptionOf = (row: SubscriptionRow): Subscription => ({
  id: row.id,
  name: row.name,
  ...(row.version === null ? {} : { version: row.version }),
  ...(row.environment_id === null ? {} : { environment: row.environment_id }),
  ...(row.trigger_name === null || row.trigger_name === noTrigger ? {} : { trigger: row.trigger_name }),
  ...(row.own_events === null ? {} : { ownEvents: JSON.parse(row.own_events) as OwnEvent[] }),
  ...(row.trigger_name === noTrigger ? { ownEventsOnly: true } : {}),
  ...(row.filter === null ? {} : { filter: JSON.parse(row.filter) as EventFilter[] }),
  ...(row.destination === null ? {} : { destination: shownDestination(destinationOf(JSON.parse(row.destination) as DestinationRow)) }),
  acknowledged: cursorOf(Number(row.acknowledged)),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

// Of a subscription to own events alone. No trigger has this name, so that none of its events are wanted (store/event-fan-out.ts).
const noTrigger = "";

/** What is stored of a subscription beside its destination. Without a version it follows the default. */
export interface SubscriptionFields {
  readonly name: string;
  readonly versionId: VersionId | undefined;
  readonly environmentId: EnvironmentId | undefined;
  readonly trigger: string | undefined;
  readonly ownEvents: readonly OwnEvent[] | undefined;
  readonly ownEventsOnly?: boolean | undefined;
  readonly filter: readonly EventFilter[] | undefined;
}

/**
 * Throws the engine's uniqueness fault when the connection has one of this name. What came before it counts as acknowledged.
 */
export async function insertSubscription(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  { id, ...fields }: SubscriptionFields & { id: SubscriptionId },
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const row = rowOf(fields);
  await tx.run(sql`
    insert into subscriptions
      (org_id, id, connection_id, name, version_id, environment_id, trigger_name, own_events, filter, acknowledged, created_at, updated_at)
    values (
      ${org}, ${id}, ${connectionId}, ${row.name}, ${row.versionId}, ${row.environmentId}, ${row.trigger}, ${row.ownEvents}, ${row.filter},
      coalesce((
        select last
        from event_sequences
        where org_id = ${org} and connection_id = ${connectionId} and environment_id = '' and trigger_name = ''
      ), 0),
      ${at}, ${at}
    )
  `);
}

/** Throws the engine's uniqueness fault when another subscription of the connection has this name. */
export async function updateSubscription(
  tx: Tx,
  org: OrganisationId,
  id: SubscriptionId,
  fields: SubscriptionFields,
  now: Date,
): Promise<void> {
  const row = rowOf(fields);
  await tx.run(sql`
    update subscriptions
    set name = ${row.name}, version_id = ${row.versionId}, environment_id = ${row.environmentId}, trigger_name = ${row.trigger},
      own_events = ${row.ownEvents}, filter = ${row.filter}, updated_at = ${now.toISOString()}
    where org_id = ${org} and id = ${id}
  `);
}

/** Moves `updatedAt`, as when a key was made. */
export async function touchSubscription(tx: Tx, org: OrganisationId, id: SubscriptionId, now: Date): Promise<void> {
  await tx.run(sql`update subscriptions set updated_at = ${now.toISOString()} where org_id = ${org} and id = ${id}`);
}

const rowOf = ({ name, versionId, environmentId, trigger, ownEvents, ownEventsOnly, filter }: SubscriptionFields) => ({
  name,
  versionId: versionId ?? null,
  environmentId: environmentId ?? null,
  trigger: ownEventsOnly ? noTrigger : (trigger ?? null),
  ownEvents: ownEvents?.length ? JSON.stringify(ownEvents) : null,
  filter: filter?.length ? JSON.stringify(filter) : null,
});

export async function deleteSubscription(tx: Tx, org: OrganisationId, id: SubscriptionId): Promise<void> {
  await tx.run(sql`delete from subscriptions where org_id = ${org} and id = ${id}`);
}

/** Those of `ids` that are still there, with whose they are. */
export async function namedSubscriptions(
  tx: Tx,
  org: OrganisationId,
  ids: readonly SubscriptionId[],
): Promise<{ readonly id: SubscriptionId; readonly name: string; readonly connectionId: ConnectionId }[]> {
  return tx.all(sql<{ id: SubscriptionId; name: string; connectionId: ConnectionId }>`
    select id, name, connection_id as "connectionId"
    from subscriptions
    where org_id = ${org} and id in (${sql.join([...ids])})
  `);
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
