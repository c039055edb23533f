import type { EventRedelivery, RedeliveryRequest, RedeliveryResult } from "@mooring/contract";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, EventId, SubscriptionId } from "../kernel/ids.ts";
import { isConnection } from "../store/connections.ts";
import type { Tx } from "../store/database.ts";
import { readEvent } from "../store/event-reads.ts";
import { deliverAgain, type Redelivery } from "../store/redeliveries.ts";
import { getSubscription } from "../store/subscriptions.ts";
import type { Arrivals } from "../traffic/arrivals.ts";
import { type Call, type ControlDeps, change, requireMatch } from "./change.ts";
import { filterOf, requireEnvironment, shown } from "./events.ts";
import { requireConnection } from "./rights.ts";

export interface RedeliveryDeps extends ControlDeps {
  readonly arrivals: Pick<Arrivals, "announce">;
  /** How many portions one request does; 200 when left out. */
  readonly portionsMax?: number;
}

/**
 * Has an event delivered again with the id it had, to whoever wants it or had it before. Throws `Problem` event_undeliverable for one that did
 * not pass verification or was refused, invalid_request on a subscription without a destination, and not_found and forbidden as a read does.
 */
export async function deliverOne(
  deps: RedeliveryDeps,
  call: Call,
  connectionId: ConnectionId,
  id: EventId,
  { subscription }: EventRedelivery,
): Promise<RedeliveryResult> {
  const { actor } = call;
  requireConnection(actor, connectionId);
  const answer = await change(deps, call, async (tx, recorder) => {
    const event = await readEvent(tx, actor.org, connectionId, id);
    if (!event) throw new Problem("not_found");
    requireEnvironment(actor, event.environmentId);
    if (call.ifMatch !== undefined) requireMatch(call, await shown(tx, actor, connectionId, id));
    if (event.position === undefined) throw new Problem("event_undeliverable");
    const subscriptionId = await destinationOf(tx, call, connectionId, subscription);
    const redelivery = { connectionId, subscriptionId, eventIds: [id], filter: everything, state: undefined };
    const { deliveries } = await deliverAgain(tx, actor.org, redelivery);
    const changes = [{ field: "deliveries", after: deliveries }];
    recorder.audit({ operation: "event.redelivered", subject: { type: "event", id }, changes });
    return { deliveries };
  });
  if (answer.deliveries > 0) deps.arrivals.announce({ org: actor.org, connectionId });
  return answer;
}

const everything = { environments: undefined, trigger: undefined, origin: undefined, from: undefined, to: undefined };

/**
 * Has a connection's events delivered again, or those deliveries that are dead: portion by portion, so that others write in between. What a
 * crash cuts off is done as far as it went. Unverified events are passed by. Throws `Problem` as a list and `deliverOne` do.
 */
export async function deliverMany(
  deps: RedeliveryDeps,
  call: Call,
  connectionId: ConnectionId,
  request: RedeliveryRequest,
): Promise<RedeliveryResult> {
  const { actor } = call;
  requireConnection(actor, connectionId);
  const redelivery = await deps.db.read(actor.org, async (tx) => {
    await call.once?.check(tx);
    return planned(tx, call, connectionId, request);
  });
  let deliveries = 0;
  let next = request.after;
  for (let left = deps.portionsMax ?? portionsMax; left > 0; left -= 1) {
    const portion = await portionAgain(deps, call, redelivery, next);
    deliveries += portion.deliveries;
    if (portion.deliveries > 0) deps.arrivals.announce({ org: actor.org, connectionId });
    next = portion.rest;
    if (next === undefined) break;
  }
  const answer = { deliveries, ...(next === undefined ? {} : { next }) };
  // The answer is kept for a repeated request.
  return call.once ? change(deps, call, async () => answer) : answer;
}

const portionsMax = 200;

/** Each is audited with what it did, in its own transaction. */
function portionAgain(deps: RedeliveryDeps, { actor, requestId }: Call, redelivery: Redelivery, after: string | undefined) {
  return change(deps, { actor, requestId }, async (tx, recorder) => {
    const portion = await deliverAgain(tx, actor.org, redelivery, { after });
    const changes = [{ field: "deliveries", after: portion.deliveries }];
    const subject = { type: "connection", id: redelivery.connectionId };
    if (portion.deliveries > 0) recorder.audit({ operation: "event.redelivered", subject, changes });
    return portion;
  });
}

async function planned(tx: Tx, call: Call, connectionId: ConnectionId, request: RedeliveryRequest): Promise<Redelivery> {
  const { actor } = call;
  if (!(await isConnection(tx, actor.org, connectionId))) throw new Problem("not_found");
  const filter = { ...(await filterOf(tx, actor, connectionId, request)), origin: undefined };
  const subscriptionId = await destinationOf(tx, call, connectionId, request.subscription);
  return { connectionId, subscriptionId, filter, state: request.state };
}

async function destinationOf(
  tx: Tx,
  { actor }: Call,
  connectionId: ConnectionId,
  id: string | undefined,
): Promise<SubscriptionId | undefined> {
  if (id === undefined) return undefined;
  const subscription = await getSubscription(tx, actor.org, connectionId, id as SubscriptionId);
  if (subscription?.destination) return id as SubscriptionId;
  const message = subscription ? "It has no destination; its events are read." : "The connection has no such subscription.";
  throw new Problem("invalid_request", { fields: [{ field: "subscription", message }] });
}
