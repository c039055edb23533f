import type { QueryOf, Subscription, SubscriptionCreate } from "@mooring/contract";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ConnectionId, EnvironmentId, SubscriptionId, VersionId } from "../kernel/ids.ts";
import { isConnection } from "../store/connections.ts";
import type { Tx } from "../store/database.ts";
import { findEnvironment } from "../store/environments.ts";
import { isTaken } from "../store/faults.ts";
import type { Page } from "../store/pages.ts";
import * as store from "../store/subscriptions.ts";
import { getVersion } from "../store/versions.ts";
import { type Call, type ControlDeps, requireMatch } from "./change.ts";
import { changeOfConnection } from "./connection-change.ts";
import { requireConnection } from "./rights.ts";

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
  const subscription = await db.read(actor.org, (tx) => store.getSubscription(tx, actor.org, connectionId, id));
  if (!subscription) throw new Problem("not_found");
  const { environment } = subscription;
  if (actor.environments && environment !== undefined && !actor.environments.has(environment)) {
    throw new Problem("forbidden", { message: "The API key is limited to other environments." });
  }
  return subscription;
}

/** From its commit on, what it names cannot be unpublished or deleted unless forced. Throws `Problem` name_taken. */
export async function create(deps: ControlDeps, call: Call, connectionId: ConnectionId, given: SubscriptionCreate): Promise<Subscription> {
  return changeOfConnection(deps, call, connectionId, async (tx, recorder, now) => {
    const { org } = call.actor;
    const faults: Fault[] = [];
    const versionId = await versionOf(tx, call, connectionId, given.version, faults);
    const environmentId = await environmentOf(tx, call, connectionId, given.environment, faults);
    if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
    const id = deps.newId<SubscriptionId>();
    try {
      await store.insertSubscription(tx, org, connectionId, { id, name: given.name, versionId, environmentId }, now);
    } catch (error) {
      if (!isTaken(error, "subscriptions_name")) throw error;
      throw new Problem("name_taken", { message: "Another subscription of the connection has this name." });
    }
    recorder.audit({ operation: "subscription.created", subject: { type: "subscription", id, name: given.name } });
    return existing(tx, call, connectionId, id);
  });
}

export async function remove(deps: ControlDeps, call: Call, connectionId: ConnectionId, id: SubscriptionId): Promise<void> {
  await changeOfConnection(deps, call, connectionId, async (tx, recorder) => {
    const before = await existing(tx, call, connectionId, id);
    requireMatch(call, before);
    await store.deleteSubscription(tx, call.actor.org, id);
    recorder.audit({ operation: "subscription.deleted", subject: { type: "subscription", id, name: before.name } });
  });
}

async function versionOf(
  tx: Tx,
  { actor }: Call,
  connectionId: ConnectionId,
  name: string | undefined,
  faults: Fault[],
): Promise<VersionId | undefined> {
  if (name === undefined) return undefined;
  const fault = (message: string) => void faults.push({ field: "version", message });
  // Each means another version as time goes by; a subscription names one, or says that it follows.
  if (name === "default") return fault("Leave it out to follow default, or name a version.");
  if (name === "latest") return fault("Name a version, or leave it out to follow default; latest cannot be followed.");
  const version = await getVersion(tx, actor.org, connectionId, name);
  if (!version) return fault("The connection has no such version.");
  // A draft may change and go at any time, so to hold on to one would promise nothing.
  if (version.publishedAt === null) return fault("The version is a draft; publish it first.");
  return version.id as VersionId;
}

async function environmentOf(
  tx: Tx,
  { actor }: Call,
  connectionId: ConnectionId,
  idOrName: string | undefined,
  faults: Fault[],
): Promise<EnvironmentId | undefined> {
  if (idOrName === undefined) return undefined;
  const id = await findEnvironment(tx, actor.org, connectionId, idOrName);
  if (id === undefined) faults.push({ field: "environment", message: "The connection has no such environment." });
  return id;
}

async function existing(tx: Tx, { actor }: Call, connectionId: ConnectionId, id: SubscriptionId): Promise<Subscription> {
  const subscription = await store.getSubscription(tx, actor.org, connectionId, id);
  if (!subscription) throw new Problem("not_found");
  return subscription;
}
