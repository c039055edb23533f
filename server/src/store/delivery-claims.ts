import type { EventFilter } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { SigningKey } from "../domain/signing-key.ts";
import type { ConnectionId, EventId, OrganisationId, SubscriptionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { eachOf, isThis } from "./deliveries.ts";
import { databaseNow } from "./tokens.ts";

/** An event on its way to one destination, held by whoever claimed it until its lease ends. */
export interface ClaimedDelivery {
  readonly eventId: EventId;
  /** How often it was sent before. */
  readonly attempts: number;
  readonly event: DeliveredEvent;
}

/** As much of an event as is sent. */
export interface DeliveredEvent {
  readonly connectionId: ConnectionId;
  readonly origin: string;
  readonly type: string;
  readonly environmentId: string | undefined;
  readonly triggerName: string | undefined;
  readonly sequence: number | undefined;
  /** As it is kept: ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly target: string | undefined;
  readonly headers: readonly string[];
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** Where claimed deliveries go, as it was committed when they were claimed. */
export interface ClaimedDestination {
  readonly url: string;
  readonly failures: number;
  readonly keys: readonly SigningKey[];
  readonly filter: readonly EventFilter[];
}

export interface Claim {
  readonly destination: ClaimedDestination;
  /** In the order in which they were due. */
  readonly deliveries: readonly ClaimedDelivery[];
  /** Whether the destination was left alone, and this is the one attempt that shows how it is. */
  readonly isProbe: boolean;
}

export interface ClaimRequest {
  readonly owner: string;
  readonly leaseMs: number;
  readonly limit: number;
  /** No more are claimed once bodies of so many bytes are; one is, whatever its length. */
  readonly bytesMax: number;
}

/**
 * Claims deliveries that are due, for one owner alone: who claims at the same time gets others. When the destination was left alone after
 * failures and that time is over, one delivery is claimed by one of all who ask (D-3). Undefined while nothing is to be sent there: it is
 * left alone, disabled, or gone.
 */
export async function claimDeliveries(
  tx: Tx,
  org: OrganisationId,
  subscriptionId: SubscriptionId,
  request: ClaimRequest,
): Promise<Claim | undefined> {
  // Asked together: one answer is waited for, not two.
  const [destination, due] = await Promise.all([readDestination(tx, org, subscriptionId), findDue(tx, org, subscriptionId, request)]);
  if (!destination) return undefined;
  const { pausedUntilMs, nowMs } = destination;
  if (pausedUntilMs === undefined) return { destination, deliveries: await lease(tx, org, subscriptionId, request, due), isProbe: false };
  const [first] = due;
  if (pausedUntilMs > nowMs || first === undefined) return undefined;
  // For as long as a lease the next attempt is this one.
  if (!(await movePause(tx, { org, subscriptionId, pausedUntilMs }, nowMs + request.leaseMs))) return undefined;
  return { destination, deliveries: await lease(tx, org, subscriptionId, request, [first]), isProbe: true };
}

async function readDestination(tx: Tx, org: OrganisationId, subscriptionId: SubscriptionId) {
  const row = await tx.first(sql<DestinationRow>`
    select d.url, d.failures, d.paused_until as "pausedUntil", d.keys, s.filter, ${sql.raw(databaseNow[tx.engine])} as "nowMs"
    from destinations d
    join subscriptions s on s.org_id = d.org_id and s.id = d.subscription_id
    where d.org_id = ${org} and d.subscription_id = ${subscriptionId} and d.state = 'active'
  `);
  return row && destinationOf(row);
}

/** True for one of all who saw the same end of the pause. */
async function movePause(
  tx: Tx,
  { org, subscriptionId, pausedUntilMs }: { org: OrganisationId; subscriptionId: SubscriptionId; pausedUntilMs: number },
  untilMs: number,
): Promise<boolean> {
  const moved = await tx.run(sql`
    update destinations
    set paused_until = ${untilMs}
    where org_id = ${org} and subscription_id = ${subscriptionId} and paused_until = ${pausedUntilMs}
  `);
  return moved > 0;
}

async function findDue(
  tx: Tx,
  org: OrganisationId,
  subscriptionId: SubscriptionId,
  { limit, bytesMax }: ClaimRequest,
): Promise<ClaimedDelivery[]> {
  const isPostgres = tx.engine === "postgres";
  // Each event is looked up by its key, even while PostgreSQL knows nothing of the table, as right after it was filled.
  const rows = await tx.all(sql<ClaimedRow>`
    with due as materialized (
      select event_id, due_at, attempts
      from deliveries
      where ${isDue(tx, org, subscriptionId)}
      order by due_at, event_id
      limit ${limit}
      ${isPostgres ? sql`for update skip locked` : sql``}
    ), found as (
      select due.due_at, due.attempts, e.*,
        sum(length(e.body)) over (order by due.due_at, due.event_id) - length(e.body) as bytes_before
      from due
      ${isPostgres ? sql`cross join lateral (${eventColumns} where org_id = ${org} and id = due.event_id offset 0) e` : sql`join (${eventColumns} where org_id = ${org}) e on e.id = due.event_id`}
    )
    select *
    from found
    where bytes_before < ${bytesMax}
    order by due_at, id
  `);
  return rows.map(deliveryOf);
}

async function lease(
  tx: Tx,
  org: OrganisationId,
  subscriptionId: SubscriptionId,
  { owner, leaseMs }: ClaimRequest,
  deliveries: readonly ClaimedDelivery[],
): Promise<readonly ClaimedDelivery[]> {
  const untilMs = sql`${sql.raw(databaseNow[tx.engine])} + cast(${leaseMs} as bigint)`;
  const keys = deliveries.map(({ eventId }) => ({ subscriptionId, eventId }));
  await eachOf(keys, (key) =>
    tx.run(sql`update deliveries set lease_owner = ${owner}, lease_until = ${untilMs} where ${isThis(org, key)}`),
  );
  return deliveries;
}

/** The time as a subquery, which is asked once: an index is searched with it. */
const isDue = (tx: Tx, org: OrganisationId, subscriptionId: SubscriptionId): RawBuilder<unknown> => {
  const now = sql.raw(`(select ${databaseNow[tx.engine]})`);
  return sql`org_id = ${org} and subscription_id = ${subscriptionId} and state = 'waiting'
    and due_at <= ${now} and (lease_until is null or lease_until <= ${now})`;
};

const eventColumns = sql`select id, connection_id, origin, type, environment_id, trigger_name, sequence, received_at, target, headers,
  content_type, body from events`;

interface DestinationRow {
  url: string;
  failures: number | string;
  pausedUntil: number | string | null;
  keys: string;
  filter: string | null;
  nowMs: number | string;
}

const destinationOf = ({ url, failures, pausedUntil, keys, filter, nowMs }: DestinationRow) => ({
  pausedUntilMs: pausedUntil === null ? undefined : Number(pausedUntil),
  nowMs: Number(nowMs),
  url,
  failures: Number(failures),
  keys: JSON.parse(keys) as SigningKey[],
  filter: filter === null ? [] : (JSON.parse(filter) as EventFilter[]),
});

interface ClaimedRow {
  attempts: number | string;
  id: EventId;
  connection_id: ConnectionId;
  origin: string;
  type: string;
  environment_id: string | null;
  trigger_name: string | null;
  sequence: number | string | null;
  received_at: string;
  target: string | null;
  headers: string;
  content_type: string | null;
  body: Uint8Array;
}

function deliveryOf(row: ClaimedRow): ClaimedDelivery {
  const { body } = row;
  return {
    eventId: row.id,
    attempts: Number(row.attempts),
    event: {
      connectionId: row.connection_id,
      origin: row.origin,
      type: row.type,
      environmentId: row.environment_id ?? undefined,
      triggerName: row.trigger_name ?? undefined,
      sequence: row.sequence === null ? undefined : Number(row.sequence),
      receivedAt: row.received_at,
      target: row.target ?? undefined,
      headers: JSON.parse(row.headers) as string[],
      contentType: row.content_type ?? undefined,
      body: Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    },
  };
}
