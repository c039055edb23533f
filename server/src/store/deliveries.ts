import { type RawBuilder, sql } from "kysely";
import type { ConnectionId, EventId, OrganisationId, SubscriptionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { databaseNow } from "./tokens.ts";

/** A destination for which deliveries may be due. */
export interface DuePlace {
  readonly org: OrganisationId;
  readonly subscriptionId: SubscriptionId;
}

/**
 * Looks at destinations in the order of their ids, from behind `after` on, at most `limit`: those for which something is due and nobody holds it, and
 * the last one that was looked at, undefined when there are no more. One look into the index for each, however much waits: the order is
 * asked for only because no other index has it. The transaction's reach is that work, and what is left alone or disabled is not looked at.
 */
export async function findDuePlaces(
  tx: Tx,
  after: DuePlace | undefined,
  limit: number,
): Promise<{ readonly due: readonly DuePlace[]; readonly last: DuePlace | undefined }> {
  const now = sql.raw(`(select ${databaseNow[tx.engine]})`);
  const rows = await tx.all(sql<DuePlace & { isDue: number | null }>`
    select d.org_id as org, d.subscription_id as "subscriptionId",
      (
        select 1
        from deliveries w
        where w.org_id = d.org_id and w.subscription_id = d.subscription_id and w.state = 'waiting'
          and w.due_at <= ${now} and (w.lease_until is null or w.lease_until <= ${now})
        order by w.due_at
        limit 1
      ) as "isDue"
    from destinations d
    where (d.org_id, d.subscription_id) > (${after?.org ?? ""}, ${after?.subscriptionId ?? ""})
      and d.state = 'active' and (d.paused_until is null or d.paused_until <= ${now})
    order by d.org_id, d.subscription_id
    limit ${limit}
  `);
  const due = rows.filter(({ isDue }) => isDue === 1).map(({ org, subscriptionId }) => ({ org, subscriptionId }));
  return { due, last: rows.length < limit ? undefined : rows.at(-1) };
}

/** The destinations of a connection that may be sent to, at most `limit`. */
export async function destinationsOfConnection(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  limit: number,
): Promise<SubscriptionId[]> {
  const rows = await tx.all(sql<{ id: SubscriptionId }>`
    select s.id
    from subscriptions s
    join destinations d on d.org_id = s.org_id and d.subscription_id = s.id
    where s.org_id = ${org} and s.connection_id = ${connectionId} and d.state = 'active'
    order by s.id
    limit ${limit}
  `);
  return rows.map(({ id }) => id);
}

/** Which delivery is meant. */
export interface DeliveryKey {
  readonly subscriptionId: SubscriptionId;
  readonly eventId: EventId;
}

/** Prolongs what `owner` still holds; gives that. */
export async function renewLeases(
  tx: Tx,
  org: OrganisationId,
  { owner, leaseMs }: { owner: string; leaseMs: number },
  keys: readonly DeliveryKey[],
): Promise<DeliveryKey[]> {
  const untilMs = sql`${sql.raw(databaseNow[tx.engine])} + cast(${leaseMs} as bigint)`;
  const renewed = await eachOf(keys, (key) =>
    tx.run(sql`update deliveries set lease_until = ${untilMs} where ${isThis(org, key)} and lease_owner = ${owner}`),
  );
  return keys.filter((_, at) => (renewed[at] ?? 0) > 0);
}

/** Gives back what `owner` holds and has not sent: it is due for anybody. */
export async function releaseLeases(tx: Tx, org: OrganisationId, owner: string, keys: readonly DeliveryKey[]): Promise<void> {
  await eachOf(keys, (key) =>
    tx.run(sql`update deliveries set lease_owner = null, lease_until = null where ${isThis(org, key)} and lease_owner = ${owner}`),
  );
}

/**
 * One statement for each, in one order, so that no two transactions wait for each other, and without waiting for answers in between. Not one
 * statement for all: right after a table was filled, PostgreSQL knows nothing of it, and would look through all that waits for each of them.
 */
export function eachOf<Key extends DeliveryKey, Result>(keys: readonly Key[], work: (key: Key) => Promise<Result>): Promise<Result[]> {
  const order = ({ subscriptionId, eventId }: Key) => `${subscriptionId} ${eventId}`;
  const started = new Map(keys.toSorted((one, other) => (order(one) < order(other) ? -1 : 1)).map((key) => [key, work(key)]));
  return Promise.all(keys.map((key) => started.get(key) as Promise<Result>));
}

/** One row, by its key alone. */
export const isThis = (org: OrganisationId, { subscriptionId, eventId }: DeliveryKey): RawBuilder<unknown> =>
  sql`org_id = ${org} and subscription_id = ${subscriptionId} and event_id = ${eventId}`;
