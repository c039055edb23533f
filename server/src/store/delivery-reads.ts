import type { Delivery } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { OrganisationId, SubscriptionId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { type OrderKey, type Page, type PageRequest, readPage } from "./pages.ts";

/** A page of a subscription's deliveries, newest event first; with `state`, of those in it. */
export async function listDeliveries(
  tx: Tx,
  org: OrganisationId,
  subscriptionId: SubscriptionId,
  request: PageRequest & { state?: Delivery["state"] | undefined },
): Promise<Page<Delivery>> {
  const { state } = request;
  // Written out, so that the index on those that are dead is used.
  const inState = state === undefined ? sql`` : sql`and state = ${sql.lit(state)}`;
  return readPage(tx, request, {
    from: sql`deliveries`,
    columns: deliveryColumns,
    where: sql`org_id = ${org} and subscription_id = ${subscriptionId} ${inState}`,
    order: newestEventFirst,
    noun: deliveryOf,
  });
}

const newestEventFirst: readonly OrderKey[] = [{ field: "event", column: "event_id", direction: "desc" }];

/** The columns of a delivery as it is shown; `deliveryOf` takes such a row. */
export const deliveryColumns: RawBuilder<unknown> = sql`event_id, subscription_id, state, attempts, due_at, last_attempt_at, last_status, last_error`;

/** The columns as the engines give them: PostgreSQL's driver gives a bigint as text. */
export interface DeliveryRow {
  event_id: string;
  subscription_id: string;
  state: Delivery["state"];
  attempts: number | string;
  due_at: number | string;
  last_attempt_at: string | null;
  last_status: number | string | null;
  last_error: string | null;
}

/** A delivery as it is shown. */
export const deliveryOf = (row: DeliveryRow): Delivery => ({
  event: row.event_id,
  subscription: row.subscription_id,
  state: row.state,
  attempts: Number(row.attempts),
  ...(row.state === "waiting" ? { nextAttemptAt: new Date(Number(row.due_at)).toISOString() } : {}),
  ...(row.last_attempt_at === null ? {} : { lastAttemptAt: row.last_attempt_at }),
  ...(row.last_status === null ? {} : { lastStatus: Number(row.last_status) }),
  ...(row.last_error === null ? {} : { lastError: row.last_error }),
});
