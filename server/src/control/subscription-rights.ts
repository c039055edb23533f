import type { Subscription } from "@mooring/contract";
import type { Actor } from "../domain/actor.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, SubscriptionId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import { getSubscription } from "../store/subscriptions.ts";

/** Throws `Problem` not_found when the connection has no such subscription. */
export async function existing(tx: Tx, { org }: Actor, connectionId: ConnectionId, id: SubscriptionId): Promise<Subscription> {
  const subscription = await getSubscription(tx, org, connectionId, id);
  if (!subscription) throw new Problem("not_found");
  return subscription;
}

/** Throws `Problem` forbidden unless `actor` may say where events are sent, and which: who may only write connections may not (D-6). */
export function requireRightsToSend(actor: Actor): void {
  if (actor.scopes.has("events:write")) return;
  throw new Problem("forbidden", { message: "This says which events are sent where: it needs the scope events:write." });
}

/** Throws `Problem` forbidden to a key that is limited to environments, unless the subscription's is one of them: without one, it gets events of all. */
export function requireEventsOf(actor: Actor, { environment }: Subscription): void {
  if (!actor.environments || (environment !== undefined && actor.environments.has(environment))) return;
  throw new Problem("forbidden", {
    message: "The API key is limited to other environments than those whose events the subscription gets.",
  });
}

/** Throws `Problem` not_found for a subscription whose events are read. */
export function requireDestination({ destination }: Subscription): void {
  if (!destination) throw new Problem("not_found", { message: "The subscription has no destination; its events are read." });
}
