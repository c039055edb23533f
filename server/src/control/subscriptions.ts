import { isDeepStrictEqual } from "node:util";
import type { QueryOf, Subscription, SubscriptionCreate, SubscriptionCreated, SubscriptionUpdate } from "@mooring/contract";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ConnectionId, SubscriptionId } from "../kernel/ids.ts";
import { isConnection } from "../store/connections.ts";
import { isTaken } from "../store/faults.ts";
import type { Page } from "../store/pages.ts";
import * as store from "../store/subscriptions.ts";
import { type Call, type ControlDeps, requireMatch } from "./change.ts";
import { changeOfConnection } from "./connection-change.ts";
import { type DestinationDeps, destinationFaults, makeDestination, placeDestination } from "./destinations.ts";
import { differences } from "./differences.ts";
import { requireConnection, requireWholeConnection } from "./rights.ts";
import { planSubscription } from "./subscription-plan.ts";
import { existing, requireRightsToSend } from "./subscription-rights.ts";

/** A page of a connection's subscriptions: for a key that is limited to environments, without those of others. */
export async function list(
  { db }: ControlDeps,
  { actor }: Call,
  connectionId: ConnectionId,
  query: QueryOf<"ListSubscriptions">,
): Promise<Page<Subscription>> {
  requireConnection(actor, connectionId);
  return db.read(actor.org, async (tx) => {
    if (!(await isConnection(tx, actor.org, connectionId))) throw new Problem("not_found");
    const limit = actor.environments ? { environments: [...actor.environments] } : {};
    return store.listSubscriptions(tx, actor.org, connectionId, { ...query, ...limit });
  });
}

/** Throws `Problem` not_found, and forbidden to a key that is limited to other environments than the subscription's. */
export async function get({ db }: ControlDeps, { actor }: Call, connectionId: ConnectionId, id: SubscriptionId): Promise<Subscription> {
  requireConnection(actor, connectionId);
  const subscription = await db.read(actor.org, (tx) => existing(tx, actor, connectionId, id));
  const { environment } = subscription;
  if (actor.environments && environment !== undefined && !actor.environments.has(environment)) {
    throw new Problem("forbidden", { message: "The API key is limited to other environments." });
  }
  return subscription;
}

/**
 * From its commit on, what it names cannot be unpublished or deleted unless forced, and its destination, where it has one, gets what comes
 * in; the answer holds the key that this is signed with, this one time. Throws `Problem` name_taken.
 */
export async function create(
  deps: DestinationDeps,
  call: Call,
  connectionId: ConnectionId,
  given: SubscriptionCreate,
): Promise<SubscriptionCreated> {
  const { actor, once } = call;
  requireWholeConnection(actor, connectionId);
  if (given.destination) requireRightsToSend(actor);
  // What was answered before is answered again, whatever DNS says today.
  if (once) await deps.db.read(actor.org, (tx) => once.check(tx));
  const faultsOfUrl = await destinationFaults(deps, given.destination?.url);
  const sealer = await deps.seals.of(actor.org);
  return changeOfConnection(deps, call, connectionId, async (tx, recorder, now) => {
    const faults = [...faultsOfUrl];
    const fields = await planSubscription(tx, actor, connectionId, given, faults);
    requireFaultless(faults);
    const id = deps.newId<SubscriptionId>();
    await unlessTaken(store.insertSubscription(tx, actor.org, connectionId, { ...fields, id }, now));
    const made = given.destination && (await makeDestination(deps, { tx, actor, sealer, now }, id, given.destination.url));
    const created = await existing(tx, actor, connectionId, id);
    recorder.audit({
      operation: "subscription.created",
      subject: { type: "subscription", id, name: given.name },
      ...(created.destination ? { changes: [{ field: "destination.url", after: created.destination.url }] } : {}),
    });
    return { ...created, ...made };
  });
}

/**
 * Replaces what is sent. Another origin gets a key of its own, which the answer then holds: what signs for one host must not be known to the
 * next. A destination that is left out goes, and what waited for it with it.
 */
export async function update(
  deps: DestinationDeps,
  call: Call,
  connectionId: ConnectionId,
  id: SubscriptionId,
  given: SubscriptionUpdate,
): Promise<{ readonly subscription: Subscription; readonly key: string | undefined }> {
  const { actor } = call;
  requireWholeConnection(actor, connectionId);
  const url = given.destination?.url;
  const known = await deps.db.read(actor.org, (tx) => existing(tx, actor, connectionId, id));
  // One that stays was looked at when it came.
  const faultsOfUrl = url === known.destination?.url || !actor.scopes.has("events:write") ? [] : await destinationFaults(deps, url);
  const sealer = await deps.seals.of(actor.org);
  return changeOfConnection(deps, call, connectionId, async (tx, recorder, now) => {
    const before = await existing(tx, actor, connectionId, id);
    requireMatch(call, before);
    const faults = [...faultsOfUrl];
    const fields = await planSubscription(tx, actor, connectionId, given, faults);
    if (given.id !== id) faults.push({ field: "id", message: "Must be the subscription in the path." });
    requireFaultless(faults);
    const asked = wanted({ ...given, environment: fields.environmentId });
    if (isDeepStrictEqual(asked, wanted(before))) return { subscription: before, key: undefined };
    if (isSentOtherwise(asked, wanted(before))) requireRightsToSend(actor);

    await unlessTaken(store.updateSubscription(tx, actor.org, id, fields, now));
    const placed = await placeDestination(deps, { tx, actor, sealer, now }, id, url);
    const after = await existing(tx, actor, connectionId, id);
    recorder.audit({
      operation: "subscription.updated",
      subject: { type: "subscription", id, name: after.name },
      changes: [...differences(wanted(before), wanted(after)), ...placed.changes],
    });
    return { subscription: after, key: placed.key };
  });
}

export async function remove(deps: ControlDeps, call: Call, connectionId: ConnectionId, id: SubscriptionId): Promise<void> {
  await changeOfConnection(deps, call, connectionId, async (tx, recorder) => {
    const before = await existing(tx, call.actor, connectionId, id);
    requireMatch(call, before);
    if (before.destination) requireRightsToSend(call.actor);
    await store.deleteSubscription(tx, call.actor.org, id);
    recorder.audit({ operation: "subscription.deleted", subject: { type: "subscription", id, name: before.name } });
  });
}

/** What a caller may want of a subscription, as it is compared: no list is an empty one. */
function wanted({ name, version, environment, trigger, ownEvents, ownEventsOnly, filter, destination }: Wanted) {
  return {
    name,
    version,
    environment,
    trigger,
    ownEvents: ownEvents ?? [],
    ownEventsOnly: ownEventsOnly ?? false,
    filter: filter ?? [],
    destination: destination && { url: destination.url },
  };
}

type Wanted = { readonly [Name in keyof SubscriptionCreate]?: SubscriptionCreate[Name] | undefined };

/** Whether something else is sent, or to somewhere else, than before. */
function isSentOtherwise(after: ReturnType<typeof wanted>, before: ReturnType<typeof wanted>): boolean {
  if (!after.destination && !before.destination) return false;
  const sent = ({ name: _name, version: _version, ...rest }: ReturnType<typeof wanted>) => rest;
  return !isDeepStrictEqual(sent(after), sent(before));
}

function requireFaultless(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
}

async function unlessTaken(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isTaken(error, "subscriptions_name")) throw error;
    throw new Problem("name_taken", { message: "Another subscription of the connection has this name." });
  }
}
