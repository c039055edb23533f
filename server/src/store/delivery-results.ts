import { sql } from "kysely";
import { type DestinationHealth, type HealthReport, healthAfter } from "../domain/destination-health.ts";
import type { OrganisationId, SubscriptionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { type DeliveryKey, eachOf, isThis } from "./deliveries.ts";
import { databaseNow } from "./tokens.ts";

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
  await eachOf(results, ({ state, attemptAt, status, error, dueInMs, ...key }) => {
    const at = attemptAt?.toISOString() ?? null;
    return tx.run(sql`
      update deliveries
      set state = ${state}, attempts = attempts + ${at === null ? 0 : 1}, due_at = ${now} + cast(${dueInMs} as bigint),
        lease_owner = null, lease_until = null, last_attempt_at = coalesce(${at}, last_attempt_at),
        last_status = ${status ?? null}, last_error = ${error ?? null}
      where ${isThis(org, key)} and lease_owner = ${owner}
    `);
  });
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
 * Writes down how a destination is after attempts; gives whether more may be sent there, and `disabled` when this
 * put an end to it. Does nothing to one that is disabled, gone, or has
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
