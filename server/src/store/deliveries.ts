import { sql } from "kysely";
import { type DestinationHealth, type HealthReport, healthAfter } from "../domain/destination-health.ts";
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
 * the last one that was looked at, undefined when there are no more. One look into the index for each, however much waits. The
 * transaction's reach is that work, and what is left alone or disabled is not looked at.
 */
export async function findDuePlaces(
  tx: Tx,
  after: DuePlace | undefined,
  limit: number,
): Promise<{ readonly due: readonly DuePlace[]; readonly last: DuePlace | undefined }> {
  const now = sql.raw(`(select ${databaseNow[tx.engine]})`);
  const rows = await tx.all(sql<DuePlace & { isDue: number }>`
    select d.org_id as org, d.subscription_id as "subscriptionId",
      case when exists (
        select 1
        from deliveries w
        where w.org_id = d.org_id and w.subscription_id = d.subscription_id and w.state = 'waiting'
          and w.due_at <= ${now} and (w.lease_until is null or w.lease_until <= ${now})
      ) then 1 else 0 end as "isDue"
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
  const now = sql.raw(databaseNow[tx.engine]);
  return tx.all(sql<DeliveryKey>`
    update deliveries
    set lease_until = ${now} + cast(${leaseMs} as bigint)
    from ${listed(tx, keys)}
    where deliveries.org_id = ${org} and deliveries.subscription_id = k.subscription_id and deliveries.event_id = k.event_id
      and deliveries.lease_owner = ${owner} and deliveries.state = 'waiting'
    returning deliveries.subscription_id as "subscriptionId", deliveries.event_id as "eventId"
  `);
}

/** Gives back what `owner` holds and has not sent: it is due for anybody. */
export async function releaseLeases(tx: Tx, org: OrganisationId, owner: string, keys: readonly DeliveryKey[]): Promise<void> {
  await tx.run(sql`
    update deliveries
    set lease_owner = null, lease_until = null
    from ${listed(tx, keys)}
    where deliveries.org_id = ${org} and deliveries.subscription_id = k.subscription_id and deliveries.event_id = k.event_id
      and deliveries.lease_owner = ${owner} and deliveries.state = 'waiting'
  `);
}

/** Keys as rows of `k`, in a parameter of any length: the statement has one text. */
export function listed(tx: Tx, keys: readonly DeliveryKey[]) {
  const subscriptions = keys.map(({ subscriptionId }) => subscriptionId);
  const events = keys.map(({ eventId }) => eventId);
  return tx.engine === "postgres"
    ? sql`unnest(${subscriptions}::text[], ${events}::text[]) as k (subscription_id, event_id)`
    : sql`(
        select value ->> 0 as subscription_id, value ->> 1 as event_id
        from json_each(${JSON.stringify(keys.map(({ subscriptionId, eventId }) => [subscriptionId, eventId]))})
      ) as k`;
}

/** How an attempt ended, or what was decided without one. */
export interface DeliveryResult extends DeliveryKey {
  readonly state: "waiting" | "delivered" | "dead" | "skipped";
  /** When it was sent; undefined when it was not. */
  readonly attemptAt: Date | undefined;
  readonly status: number | undefined;
  readonly error: string | undefined;
  /** From now, of one that waits for its next attempt. */
  readonly dueInMs: number;
}

/**
 * Writes down how attempts ended, of what `owner` still holds: what another has taken over, or was asked for anew meanwhile, is left alone,
 * as is what is gone.
 */
export async function settleDeliveries(tx: Tx, org: OrganisationId, owner: string, results: readonly DeliveryResult[]): Promise<void> {
  const now = sql.raw(databaseNow[tx.engine]);
  await tx.run(sql`
    update deliveries
    set state = r.state, attempts = attempts + case when r.attempt_at is null then 0 else 1 end, due_at = ${now} + r.due_in,
      lease_owner = null, lease_until = null, last_attempt_at = coalesce(r.attempt_at, last_attempt_at),
      last_status = case when r.attempt_at is null then last_status else r.status end,
      last_error = case when r.attempt_at is null then last_error else r.error end
    from ${resultRows(tx, results)}
    where deliveries.org_id = ${org} and deliveries.subscription_id = r.subscription_id and deliveries.event_id = r.event_id
      and deliveries.lease_owner = ${owner} and deliveries.state = 'waiting'
  `);
}

function resultRows(tx: Tx, results: readonly DeliveryResult[]) {
  // In one order, so that two transactions do not wait for each other.
  const rows = results
    .map(({ subscriptionId, eventId, state, attemptAt, status, error, dueInMs }) => {
      return [subscriptionId, eventId, state, attemptAt?.toISOString() ?? null, status ?? null, error ?? null, dueInMs] as const;
    })
    .sort(([one, first], [other, second]) => (one === other ? (first < second ? -1 : 1) : one < other ? -1 : 1));
  if (tx.engine === "sqlite") {
    return sql`(
      select value ->> 0 as subscription_id, value ->> 1 as event_id, value ->> 2 as state, value ->> 3 as attempt_at,
        value ->> 4 as status, value ->> 5 as error, value ->> 6 as due_in
      from json_each(${JSON.stringify(rows)})
    ) as r`;
  }
  const column = (at: number) => rows.map((row) => row[at]);
  return sql`unnest(${column(0)}::text[], ${column(1)}::text[], ${column(2)}::text[], ${column(3)}::text[], ${column(4)}::bigint[],
    ${column(5)}::text[], ${column(6)}::bigint[]) as r (subscription_id, event_id, state, attempt_at, status, error, due_in)`;
}

/** What is to be known of a destination after attempts. */
export interface DestinationReport {
  readonly subscriptionId: SubscriptionId;
  /** Where they went: what another address did says nothing of the one that is there now. */
  readonly url: string;
  readonly report: HealthReport;
  /** Why the last attempt that failed did. */
  readonly reason: string | undefined;
  /** Whether it asked never to be sent anything again. */
  readonly isGone: boolean;
}

/**
 * Writes down how a destination is after attempts; gives whether more may be sent there, and `disabled` when this put an end to it. Does nothing to one that is disabled, gone, or has
 * another address now. `random` is from 0 to below 1.
 */
export async function reportDestination(
  tx: Tx,
  org: OrganisationId,
  { subscriptionId, url, report, reason, isGone }: DestinationReport,
  random: number,
): Promise<"open" | "closed" | "disabled"> {
  const row = await tx.first(sql<{ failures: number | string; pausedForMs: number | string | null }>`
    select failures, paused_until - ${sql.raw(databaseNow[tx.engine])} as "pausedForMs"
    from destinations
    where org_id = ${org} and subscription_id = ${subscriptionId} and url = ${url} and state = 'active'
    ${tx.engine === "postgres" ? sql`for update` : sql``}
  `);
  if (!row) return "closed";
  const before: DestinationHealth = {
    failures: Number(row.failures),
    pausedForMs: row.pausedForMs === null ? undefined : Number(row.pausedForMs),
  };
  const { failures, pausedForMs } = healthAfter(before, report, random);
  const until = pausedForMs === undefined ? sql`null` : sql`${sql.raw(databaseNow[tx.engine])} + cast(${pausedForMs} as bigint)`;
  await tx.run(sql`
    update destinations
    set failures = ${failures}, paused_until = ${until}, reason = ${failures === 0 ? null : (reason ?? null)},
      state = ${isGone ? "disabled" : "active"}
    where org_id = ${org} and subscription_id = ${subscriptionId}
  `);
  if (isGone) return "disabled";
  return pausedForMs === undefined ? "open" : "closed";
}
