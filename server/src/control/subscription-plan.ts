import type { EventFilter, SubscriptionCreate } from "@mooring/contract";
import type { Actor } from "../domain/actor.ts";
import { filterFaults } from "../domain/event-filter.ts";
import type { Fault } from "../kernel/errors.ts";
import type { ConnectionId, EnvironmentId, VersionId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import { findEnvironment } from "../store/environments.ts";
import type { SubscriptionFields } from "../store/subscriptions.ts";
import { getVersion } from "../store/versions.ts";

/** What is to be stored of a subscription beside its destination. What is wrong goes to `faults`. */
export async function planSubscription(
  tx: Tx,
  actor: Actor,
  connectionId: ConnectionId,
  given: Omit<SubscriptionCreate, "destination">,
  faults: Fault[],
): Promise<SubscriptionFields> {
  const { name, trigger, ownEvents, ownEventsOnly, filter } = given;
  faults.push(...filterFaults(filter ?? []), ...(ownEventsOnly ? ownOnlyFaults(given) : []));
  return {
    name,
    versionId: await versionOf(tx, actor, connectionId, given.version, faults),
    environmentId: await environmentOf(tx, actor, connectionId, given.environment, faults),
    trigger,
    ownEvents,
    ownEventsOnly,
    filter: filter?.map(inOrder),
  };
}

function* ownOnlyFaults({
  trigger,
  ownEvents = [],
  filter = [],
}: Pick<SubscriptionCreate, "trigger" | "ownEvents" | "filter">): Iterable<Fault> {
  if (ownEvents.length === 0) yield { field: "ownEvents", message: "Say which: with ownEventsOnly it gets nothing else." };
  if (trigger !== undefined) yield { field: "trigger", message: "Leave it out with ownEventsOnly: it gets nothing of any trigger." };
  if (filter.length > 0) yield { field: "filter", message: "Leave it out with ownEventsOnly: a filter is for what comes to triggers." };
}

/** The same comparison, its members in one order: what was sent in another is no other filter. */
const inOrder = ({ pointer, is, value }: EventFilter): EventFilter => ({ pointer, is, ...(value === undefined ? {} : { value }) });

async function versionOf(
  tx: Tx,
  { org }: Actor,
  connectionId: ConnectionId,
  name: string | undefined,
  faults: Fault[],
): Promise<VersionId | undefined> {
  if (name === undefined) return undefined;
  const fault = (message: string) => void faults.push({ field: "version", message });
  // Each means another version as time goes by; a subscription names one, or says that it follows.
  if (name === "default") return fault("Leave it out to follow default, or name a version.");
  if (name === "latest") return fault("Name a version, or leave it out to follow default; latest cannot be followed.");
  const version = await getVersion(tx, org, connectionId, name);
  if (!version) return fault("The connection has no such version.");
  // A draft may change and go at any time, so to hold on to one would promise nothing.
  if (version.publishedAt === null) return fault("The version is a draft; publish it first.");
  return version.id as VersionId;
}

async function environmentOf(
  tx: Tx,
  { org }: Actor,
  connectionId: ConnectionId,
  idOrName: string | undefined,
  faults: Fault[],
): Promise<EnvironmentId | undefined> {
  if (idOrName === undefined) return undefined;
  const id = await findEnvironment(tx, org, connectionId, idOrName);
  if (id === undefined) faults.push({ field: "environment", message: "The connection has no such environment." });
  return id;
}
