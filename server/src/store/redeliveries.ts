import { type RawBuilder, sql } from "kysely";
import type { ConnectionId, EventId, OrganisationId, SubscriptionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { type DeliveryKey, eachOf, isThis } from "./deliveries.ts";
import { eventsOf, isWanted } from "./event-fan-out.ts";
import { type EventFilter, fits, within } from "./event-search.ts";
import { databaseNow } from "./tokens.ts";

/** Which events of a connection are to be delivered again. Unverified ones never are. */
export interface Redelivery {
  readonly connectionId: ConnectionId;
  /** Only to this subscription's destination; to all that want the event when undefined. */
  readonly subscriptionId: SubscriptionId | undefined;
  /** Only these; all that the filter lets through when undefined. */
  readonly eventIds?: readonly EventId[];
  readonly filter: EventFilter;
  /** Only deliveries that are dead; all, those that went well too, when undefined. */
  readonly state: "dead" | undefined;
}

export interface Redelivered {
  /** How many deliveries wait again. */
  readonly deliveries: number;
  /** Where the next portion begins; undefined after the last. */
  readonly rest: string | undefined;
}

/**
 * Has deliveries made again, with the ids that their events had (D-4): those that were are due now, as if never sent, and those that were
 * not come into being for each destination that wants the event. Looks at one portion of at most `limit`, from `after` on, which is what the
 * portion before gave: a transaction for each lets others write in between. One that is under way stays so.
 */
export async function deliverAgain(
  tx: Tx,
  org: OrganisationId,
  redelivery: Redelivery,
  { after = "", limit = 500 }: { after?: string | undefined; limit?: number } = {},
): Promise<Redelivered> {
  return redelivery.state === "dead" ? deadAgain(tx, org, redelivery, after, limit) : allAgain(tx, org, redelivery, after, limit);
}

async function deadAgain(tx: Tx, org: OrganisationId, redelivery: Redelivery, after: string, limit: number): Promise<Redelivered> {
  const { connectionId, subscriptionId, filter } = redelivery;
  const [afterSubscription = "", afterEvent = ""] = after.split(" ");
  const ofOne = subscriptionId === undefined ? sql`` : sql`and w.subscription_id = ${subscriptionId}`;
  const rows = await tx.all(sql<DeliveryKey & { isMeant: number }>`
    select dead.subscription_id as "subscriptionId", dead.event_id as "eventId",
      case when exists (
        select 1
        from events e
        where e.org_id = ${org} and e.id = dead.event_id and ${isChosen(redelivery)} ${fits(filter)}
      ) then 1 else 0 end as "isMeant"
    from (
      select w.subscription_id, w.event_id
      from deliveries w
      join subscriptions s on s.org_id = w.org_id and s.id = w.subscription_id
      join destinations d on d.org_id = w.org_id and d.subscription_id = w.subscription_id
      where w.org_id = ${org} and w.state = 'dead' and s.connection_id = ${connectionId} ${ofOne}
        and (w.subscription_id, w.event_id) > (${afterSubscription}, ${afterEvent})
      order by w.subscription_id, w.event_id
      limit ${limit}
    ) as dead
  `);
  const meant = rows.filter(({ isMeant }) => isMeant === 1);
  const moved = await eachOf(meant, (key) => tx.run(sql`update deliveries set ${again(tx)} where ${isThis(org, key)} and state = 'dead'`));
  const deliveries = moved.reduce((sum, count) => sum + count, 0);
  const last = rows.length < limit ? undefined : rows.at(-1);
  return { deliveries, rest: last && `${last.subscriptionId} ${last.eventId}` };
}

async function allAgain(tx: Tx, org: OrganisationId, redelivery: Redelivery, after: string, limit: number): Promise<Redelivered> {
  const { connectionId, filter } = redelivery;
  const { above, below } = within({ filter, above: after, below: "~" });
  const rows = await tx.all(sql<{ id: EventId; isMeant: number }>`
    select id, case when position is not null ${fits(filter)} then 1 else 0 end as "isMeant"
    from events e
    where org_id = ${org} and connection_id = ${connectionId} and id > ${above} and id < ${below} and ${isChosen(redelivery)}
    order by id
    limit ${limit}
  `);
  const meant = rows.flatMap(({ id, isMeant }) => (isMeant === 1 ? [id] : []));
  return { deliveries: await eventsAgain(tx, org, redelivery, meant), rest: rows.length < limit ? undefined : rows.at(-1)?.id };
}

async function eventsAgain(tx: Tx, org: OrganisationId, { subscriptionId }: Redelivery, ids: readonly EventId[]): Promise<number> {
  if (ids.length === 0) return 0;
  const ofOne = subscriptionId === undefined ? sql`` : sql`and s.id = ${subscriptionId}`;
  // Who no longer wants such events, and had this one, is sent it again as well.
  return tx.run(sql`
    insert into deliveries (org_id, subscription_id, event_id, state, attempts, due_at)
    select e.org_id, s.id, e.id, 'waiting', 0, ${sql.raw(databaseNow[tx.engine])}
    from ${eventsOf(tx, org, ids)}
    join subscriptions s on s.org_id = e.org_id and s.connection_id = e.connection_id ${ofOne}
    join destinations d on d.org_id = s.org_id and d.subscription_id = s.id
    where e.org_id = ${org}
      and ((${isWanted(tx)}) or exists (
        select 1
        from deliveries w
        where w.org_id = e.org_id and w.subscription_id = s.id and w.event_id = e.id
      ))
    ${tx.engine === "postgres" ? sql`for key share of s` : sql``}
    on conflict (org_id, subscription_id, event_id) do update
    set ${again(tx)}
  `);
}

/** As if never sent. One that is held by whoever sends it just now stays with it. */
const again = (tx: Tx): RawBuilder<unknown> => sql`state = 'waiting', attempts = 0, due_at = ${sql.raw(databaseNow[tx.engine])},
  lease_owner = case when deliveries.state = 'waiting' then deliveries.lease_owner end,
  lease_until = case when deliveries.state = 'waiting' then deliveries.lease_until end`;

const isChosen = ({ eventIds }: Redelivery): RawBuilder<unknown> =>
  eventIds === undefined ? sql`1 = 1` : sql`e.id in (${sql.join([...eventIds, ""])})`;
