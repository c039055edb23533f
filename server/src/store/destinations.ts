import type { SubscriptionDestination } from "@mooring/contract";
import { sql } from "kysely";
import type { SigningKey } from "../domain/signing-key.ts";
import type { OrganisationId, SubscriptionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { databaseNow } from "./tokens.ts";

/** Where a subscription's events are posted, and how that goes. */
export interface Destination {
  readonly url: string;
  readonly state: SubscriptionDestination["state"];
  readonly reason: string | undefined;
  readonly failures: number;
  /** In milliseconds of the database's clock. */
  readonly pausedUntilMs: number | undefined;
  /** Newest first; some may be over. */
  readonly keys: readonly SigningKey[];
}

/** The destination of a subscription, or undefined when it has none. */
export async function getDestination(tx: Tx, org: OrganisationId, subscriptionId: SubscriptionId): Promise<Destination | undefined> {
  return found(tx, org, subscriptionId, "");
}

/** The same, locked until the transaction ends. */
export async function lockDestination(tx: Tx, org: OrganisationId, subscriptionId: SubscriptionId): Promise<Destination | undefined> {
  return found(tx, org, subscriptionId, tx.engine === "postgres" ? "for update" : "");
}

async function found(tx: Tx, org: OrganisationId, subscriptionId: SubscriptionId, lock: string): Promise<Destination | undefined> {
  const row = await tx.first(sql<DestinationRow>`
    select url, state, reason, failures, paused_until as "pausedUntil", keys
    from destinations
    where org_id = ${org} and subscription_id = ${subscriptionId}
    ${sql.raw(lock)}
  `);
  return row && destinationOf(row);
}

/** The columns as members of a JSON object, for statements that read a destination along with its subscription; `destinationOf` takes it. */
export const destinationMembers = (alias: string): Readonly<Record<string, string>> => ({
  url: `${alias}.url`,
  state: `${alias}.state`,
  reason: `${alias}.reason`,
  failures: `${alias}.failures`,
  pausedUntil: `${alias}.paused_until`,
  keys: `${alias}.keys`,
});

/** The columns as the engines give them: PostgreSQL's driver gives a bigint as text. */
export interface DestinationRow {
  url: string;
  state: SubscriptionDestination["state"];
  reason: string | null;
  failures: number | string;
  pausedUntil: number | string | null;
  keys: string;
}

export function destinationOf(row: DestinationRow): Destination {
  return {
    url: row.url,
    state: row.state,
    reason: row.reason ?? undefined,
    failures: Number(row.failures),
    pausedUntilMs: row.pausedUntil === null ? undefined : Number(row.pausedUntil),
    keys: JSON.parse(row.keys) as SigningKey[],
  };
}

/** What a client may see of it. */
export function shownDestination({ url, state, reason, failures, pausedUntilMs, keys }: Destination): SubscriptionDestination {
  return {
    url,
    state,
    ...(reason === undefined ? {} : { reason }),
    failures,
    ...(pausedUntilMs === undefined ? {} : { pausedUntil: new Date(pausedUntilMs).toISOString() }),
    keys: keys.map(({ sealed: _sealed, ...key }) => key),
  };
}

/** Gives a subscription that has none a destination. What an earlier one left behind is not sent there. */
export async function insertDestination(
  tx: Tx,
  org: OrganisationId,
  subscriptionId: SubscriptionId,
  { url, keys }: Pick<Destination, "url" | "keys">,
): Promise<void> {
  // An event may have been kept for the earlier one at the moment in which that was removed.
  await deleteWaiting(tx, org, subscriptionId);
  await tx.run(sql`
    insert into destinations (org_id, subscription_id, url, state, keys)
    values (${org}, ${subscriptionId}, ${url}, 'active', ${JSON.stringify(keys)})
  `);
}

/** Writes address and keys of a destination that is there. */
export async function updateDestination(
  tx: Tx,
  org: OrganisationId,
  subscriptionId: SubscriptionId,
  { url, keys }: Pick<Destination, "url" | "keys">,
): Promise<void> {
  await tx.run(sql`
    update destinations
    set url = ${url}, keys = ${JSON.stringify(keys)}
    where org_id = ${org} and subscription_id = ${subscriptionId}
  `);
}

/** Forgets what went wrong: the destination is active, and what waits for it is due now. */
export async function resumeDestination(tx: Tx, org: OrganisationId, subscriptionId: SubscriptionId): Promise<void> {
  await tx.run(sql`
    update destinations
    set state = 'active', reason = null, failures = 0, paused_until = null
    where org_id = ${org} and subscription_id = ${subscriptionId}
  `);
  const now = sql.raw(databaseNow[tx.engine]);
  await tx.run(sql`
    update deliveries
    set due_at = ${now}
    where org_id = ${org} and subscription_id = ${subscriptionId} and state = 'waiting' and due_at > ${now}
  `);
}

/** Removes the destination and the deliveries that wait for it; gives how many those were. */
export async function deleteDestination(tx: Tx, org: OrganisationId, subscriptionId: SubscriptionId): Promise<number> {
  await tx.run(sql`delete from destinations where org_id = ${org} and subscription_id = ${subscriptionId}`);
  return deleteWaiting(tx, org, subscriptionId);
}

async function deleteWaiting(tx: Tx, org: OrganisationId, subscriptionId: SubscriptionId): Promise<number> {
  return tx.run(sql`
    delete from deliveries
    where org_id = ${org} and subscription_id = ${subscriptionId} and state = 'waiting'
  `);
}
