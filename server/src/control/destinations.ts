import type { Delivery, QueryOf, Subscription, SubscriptionCreated, SubscriptionKeyRotate } from "@mooring/contract";
import type { Sealer, Seals } from "../credentials/seals.ts";
import { newSigningKey } from "../credentials/signing-keys.ts";
import type { Actor } from "../domain/actor.ts";
import { destinationFault } from "../domain/destination.ts";
import { keysThatSign, type SigningKey } from "../domain/signing-key.ts";
import type { Fault } from "../kernel/errors.ts";
import type { ConnectionId, SubscriptionId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import { listDeliveries } from "../store/delivery-reads.ts";
import * as store from "../store/destinations.ts";
import type { Page } from "../store/pages.ts";
import { touchSubscription } from "../store/subscriptions.ts";
import { type Call, type ControlDeps, change, requireMatch } from "./change.ts";
import { changeOfConnection } from "./connection-change.ts";
import type { Difference } from "./differences.ts";
import { requireConnection } from "./rights.ts";
import { existing, requireDestination, requireEventsOf } from "./subscription-rights.ts";

export interface DestinationDeps extends ControlDeps {
  readonly seals: Seals;
  /** What the egress policy says to an address. */
  readonly net: { check(url: URL): Promise<EgressAnswer> };
}

type EgressAnswer = { readonly allowed: true } | { readonly allowed: false; readonly code: string; readonly reason: string };

/**
 * What is wrong with an address that events are to be posted to. A name that nobody knows yet is none for https: each attempt asks again.
 * What the egress policy refuses today is said now, to the person who can mend it.
 */
export async function destinationFaults({ net }: DestinationDeps, url: string | undefined): Promise<Fault[]> {
  if (url === undefined) return [];
  const field = "destination.url";
  const message = destinationFault(url);
  if (message !== undefined) return [{ field, message }];
  const parsed = new URL(url);
  const answer = await net.check(parsed);
  if (answer.allowed || (parsed.protocol === "https:" && answer.code !== "egress_denied")) return [];
  return [{ field, message: answer.reason }];
}

/** The transaction in which a destination changes. */
interface Changing {
  readonly tx: Tx;
  readonly actor: Actor;
  readonly sealer: Sealer;
  readonly now: Date;
}

/** Gives a subscription that has none a destination, and its key. */
export async function makeDestination(
  { newId }: DestinationDeps,
  { tx, actor, sealer, now }: Changing,
  id: SubscriptionId,
  url: string,
): Promise<{ readonly key: string }> {
  const { key, kept } = newSigningKey(sealer, id, { id: newId(), now });
  await store.insertDestination(tx, actor.org, id, { url, keys: [kept] });
  return { key };
}

/** Makes `url` the destination, or has none where it is undefined; gives the key that was made for it, and what the audit trail is to say beside the address. */
export async function placeDestination(
  deps: DestinationDeps,
  changing: Changing,
  id: SubscriptionId,
  url: string | undefined,
): Promise<{ readonly key: string | undefined; readonly changes: readonly Difference[] }> {
  const { tx, actor, sealer, now } = changing;
  const before = await store.lockDestination(tx, actor.org, id);
  if (url === undefined) {
    const dropped = before ? await store.deleteDestination(tx, actor.org, id) : 0;
    return { key: undefined, changes: dropped === 0 ? [] : [{ field: "waitingDeliveries", before: dropped }] };
  }
  if (!before) return { ...(await makeDestination(deps, changing, id, url)), changes: [] };
  if (url === before.url) return { key: undefined, changes: [] };
  const isElsewhere = new URL(url).origin !== new URL(before.url).origin;
  const made = isElsewhere ? newSigningKey(sealer, id, { id: deps.newId(), now }) : undefined;
  await store.updateDestination(tx, actor.org, id, { url, keys: made ? [made.kept] : before.keys });
  // What went wrong went wrong at the other address.
  await store.resumeDestination(tx, actor.org, id);
  return { key: made?.key, changes: made ? [{ field: "destination.keys", after: made.kept.hint }] : [] };
}

/** A new key; the answer holds it, this one time. Those before it sign as well until the overlap has passed. Throws `Problem` not_found without a destination. */
export async function rotateKey(
  deps: DestinationDeps,
  call: Call,
  connectionId: ConnectionId,
  id: SubscriptionId,
  { overlapSeconds = overlapStandardSeconds }: SubscriptionKeyRotate,
): Promise<SubscriptionCreated> {
  const { actor } = call;
  const sealer = await deps.seals.of(actor.org);
  return changeOfConnection(deps, call, connectionId, async (tx, recorder, now) => {
    requireDestination(await existing(tx, actor, connectionId, id));
    const { url, keys } = (await store.lockDestination(tx, actor.org, id)) as store.Destination;
    const { key, kept } = newSigningKey(sealer, id, { id: deps.newId(), now });
    const until = new Date(now.getTime() + overlapSeconds * 1000);
    await store.updateDestination(tx, actor.org, id, { url, keys: [kept, ...endingBy(until, keysThatSign(keys, now))].slice(0, keysMax) });
    await touchSubscription(tx, actor.org, id, now);
    const after = await existing(tx, actor, connectionId, id);
    recorder.audit({
      operation: "subscription.key-created",
      subject: { type: "subscription", id, name: after.name },
      changes: [{ field: "destination.keys", after: kept.hint }],
    });
    return { ...after, key };
  });
}

const overlapStandardSeconds = 24 * 3600;
// Each is a signature in a header of every delivery.
const keysMax = 5;

/** The keys, each of which signs until `until` at most; none where that is now. */
function endingBy(until: Date, keys: readonly SigningKey[]): SigningKey[] {
  const end = until.toISOString();
  return keys.map((key) => ({ ...key, expiresAt: key.expiresAt !== undefined && key.expiresAt < end ? key.expiresAt : end }));
}

/** Sends again to a destination that was disabled or paused: what waits is due now. Throws `Problem` not_found without a destination. */
export async function resume(deps: ControlDeps, call: Call, connectionId: ConnectionId, id: SubscriptionId): Promise<Subscription> {
  const { actor } = call;
  requireConnection(actor, connectionId);
  return change(deps, call, async (tx, recorder) => {
    const before = await existing(tx, actor, connectionId, id);
    requireEventsOf(actor, before);
    requireMatch(call, before);
    requireDestination(before);
    await store.lockDestination(tx, actor.org, id);
    await store.resumeDestination(tx, actor.org, id);
    recorder.audit({ operation: "subscription.resumed", subject: { type: "subscription", id, name: before.name } });
    return existing(tx, actor, connectionId, id);
  });
}

/** A page of what is, or was, on its way to a subscription's destination. */
export async function deliveries(
  { db }: ControlDeps,
  { actor }: Call,
  connectionId: ConnectionId,
  id: SubscriptionId,
  query: QueryOf<"ListDeliveries">,
): Promise<Page<Delivery>> {
  requireConnection(actor, connectionId);
  return db.read(actor.org, async (tx) => {
    requireEventsOf(actor, await existing(tx, actor, connectionId, id));
    return listDeliveries(tx, actor.org, id, query);
  });
}
