import type { Subscription } from "@mooring/contract";
import type { StoredEvent } from "./event.ts";

/**
 * Whether a subscription wants an event, before what its filter says of the body: an event of a trigger by environment and trigger, one of
 * Mooring's own by its type and, where it has one, its environment. It is the rule by which deliveries are made (store/event-fan-out.ts), for those who read.
 */
export function wants(
  { environment, trigger, ownEvents, ownEventsOnly }: Pick<Subscription, "environment" | "trigger" | "ownEvents" | "ownEventsOnly">,
  { origin, type, environmentId, triggerName }: Pick<StoredEvent, "origin" | "type" | "environmentId" | "triggerName">,
): boolean {
  const concernsAll = origin === "own" && environmentId === undefined;
  if (environment !== undefined && environment !== environmentId && !concernsAll) return false;
  if (origin === "own") return ownEvents?.some((own) => own === type) ?? false;
  return !ownEventsOnly && (trigger === undefined || trigger === triggerName);
}
