import type {
  BodyOf,
  ConnectionVersion,
  ConnectionVersionCreate,
  PublishConnectionResponse,
  QueryOf,
  UnpublishConnectionResponse,
} from "@mooring/contract";
import { fieldsOf, versionEvent } from "../domain/own-event.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ConnectionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import { isConnection } from "../store/connections.ts";
import type { Tx } from "../store/database.ts";
import { isTaken } from "../store/faults.ts";
import type { Page } from "../store/pages.ts";
import { subscriptionsOfVersion } from "../store/subscriptions.ts";
import { copyContent } from "../store/version-copy.ts";
import * as store from "../store/versions.ts";
import { type Call, type ControlDeps, requireMatch } from "./change.ts";
import { changeOfConnection } from "./connection-change.ts";
import { differences } from "./differences.ts";
import { untilStill } from "./moved.ts";
import { checkSchemas, type PublicationDeps, requirePublishable } from "./publication.ts";
import { requireConnection, requireWholeConnection } from "./rights.ts";

export async function list(
  { db }: ControlDeps,
  { actor }: Call,
  connectionId: ConnectionId,
  query: QueryOf<"ListConnectionVersions">,
): Promise<Page<ConnectionVersion>> {
  requireConnection(actor, connectionId);
  return db.read(actor.org, async (tx) => {
    if (!(await isConnection(tx, actor.org, connectionId))) throw new Problem("not_found");
    return store.listVersions(tx, actor.org, connectionId, query);
  });
}

/** A version by its name, `latest` or `default`. */
export async function get({ db }: ControlDeps, { actor }: Call, connectionId: ConnectionId, name: string): Promise<ConnectionVersion> {
  requireConnection(actor, connectionId);
  return db.read(actor.org, (tx) => existing(tx, actor.org, connectionId, name));
}

/** A new draft, empty or with a copy of all that `fromVersion` holds. Throws `Problem` name_taken. */
export async function create(
  deps: ControlDeps,
  call: Call,
  connectionId: ConnectionId,
  given: ConnectionVersionCreate,
): Promise<ConnectionVersion> {
  return changeOfConnection(deps, call, connectionId, async (tx, recorder, now) => {
    const { org } = call.actor;
    const source = given.fromVersion === undefined ? undefined : await store.getVersion(tx, org, connectionId, given.fromVersion);
    checkName(given.name, given.fromVersion !== undefined && !source ? [unknownSource] : []);
    const id = deps.newId<VersionId>();
    await unlessTaken(store.insertVersion(tx, org, connectionId, { id, name: given.name, description: source?.description }, now));
    if (source) await copyContent(tx, org, source.id as VersionId, id);
    recorder.audit({ operation: "version.created", subject: { type: "version", id, name: given.name } });
    recorder.event(versionEvent("version.created", connectionId, { id, name: given.name }));
    return existing(tx, org, connectionId, given.name);
  });
}

const unknownSource = { field: "fromVersion", message: "The connection has no such version." };

/** Changes name and description of a draft, and of a published version only whether it is the default. */
export async function update(
  deps: ControlDeps,
  call: Call,
  connectionId: ConnectionId,
  name: string,
  given: BodyOf<"UpdateConnectionVersion">,
): Promise<ConnectionVersion> {
  return changeOfConnection(deps, call, connectionId, async (tx, recorder, now) => {
    const { org } = call.actor;
    const before = await existing(tx, org, connectionId, name);
    requireMatch(call, before);
    const faults: Fault[] = [];
    if (given.id !== before.id) faults.push({ field: "id", message: "Must be the version in the path." });
    if (given.isDefault && before.publishedAt === null)
      faults.push({ field: "isDefault", message: "Only a published version can be the default." });
    checkName(given.name, faults);
    const isEdited = given.name !== before.name || given.description !== before.description;
    if (isEdited && before.publishedAt !== null) throw new Problem("version_published");
    if (!isEdited && given.isDefault === before.isDefault) return before;

    const { id, publishedAt } = before;
    const { description, isDefault } = given;
    const version = { id, name: given.name, isDefault, publishedAt, ...(description === undefined ? {} : { description }) };
    await unlessTaken(store.updateVersion(tx, org, connectionId, version, now));
    const after = await existing(tx, org, connectionId, given.name);
    const changes = differences(before, after);
    recorder.audit({ operation: "version.updated", subject: { type: "version", id, name: after.name }, changes });
    recorder.event(versionEvent("version.updated", connectionId, after, () => ({ changes: fieldsOf(changes) })));
    return after;
  });
}

/** Throws `Problem` in_use for a published version that a subscription uses, unless `force`d: then those that name it go with it. */
export async function remove(
  deps: ControlDeps,
  call: Call,
  connectionId: ConnectionId,
  name: string,
  { force }: { force: boolean },
): Promise<void> {
  await changeOfConnection(deps, call, connectionId, async (tx, recorder) => {
    const before = await existing(tx, call.actor.org, connectionId, name);
    requireMatch(call, before);
    if (!force) await requireUnused(tx, call.actor.org, connectionId, before);
    const id = before.id as VersionId;
    const subscriptions = await subscriptionsOfVersion(tx, call.actor.org, connectionId, { id, isDefault: false });
    await store.deleteVersion(tx, call.actor.org, id);
    recorder.audit({
      operation: "version.deleted",
      subject: { type: "version", id, name: before.name },
      ...(subscriptions.length > 0 ? { changes: [{ field: "subscriptions", before: subscriptions }] } : {}),
    });
    recorder.event(versionEvent("version.deleted", connectionId, before));
  });
}

/**
 * Publishing freezes a version: after it, its content cannot change. Throws `Problem` version_published when it is published already,
 * and version_incomplete with every fault of what it holds.
 */
export async function publish(
  deps: PublicationDeps,
  call: Call,
  connectionId: ConnectionId,
  name: string,
): Promise<PublishConnectionResponse> {
  requireWholeConnection(call.actor, connectionId);
  return untilStill(async () => {
    const checked = await checkSchemas(deps, call, connectionId, name);
    return changeOfConnection(deps, call, connectionId, async (tx, recorder, now) => {
      const { org } = call.actor;
      const before = await existing(tx, org, connectionId, name);
      requireMatch(call, before);
      if (before.publishedAt !== null) throw new Problem("version_published");
      const version = await store.getContentVersion(tx, org, connectionId, before.name);
      if (version) await requirePublishable({ tx, org, version }, checked);
      await store.updateVersion(tx, org, connectionId, { ...before, publishedAt: now.toISOString() }, now);
      recorder.audit({ operation: "version.published", subject: { type: "version", id: before.id, name: before.name } });
      recorder.event(versionEvent("version.published", connectionId, before));
      return { version: await existing(tx, org, connectionId, before.name) };
    });
  });
}

/** Makes a published version a draft again; a draft stays as it is. Throws `Problem` in_use while a subscription uses it. */
export async function unpublish(
  deps: ControlDeps,
  call: Call,
  connectionId: ConnectionId,
  name: string,
): Promise<UnpublishConnectionResponse> {
  return changeOfConnection(deps, call, connectionId, async (tx, recorder, now) => {
    const { org } = call.actor;
    const before = await existing(tx, org, connectionId, name);
    requireMatch(call, before);
    if (before.publishedAt === null) return { version: before };
    await requireUnused(tx, org, connectionId, before);
    await store.updateVersion(tx, org, connectionId, { ...before, isDefault: false, publishedAt: null }, now);
    recorder.audit({ operation: "version.unpublished", subject: { type: "version", id: before.id, name: before.name } });
    recorder.event(versionEvent("version.unpublished", connectionId, before));
    return { version: await existing(tx, org, connectionId, before.name) };
  });
}

async function existing(tx: Tx, org: OrganisationId, connectionId: ConnectionId, name: string): Promise<ConnectionVersion> {
  const version = await store.getVersion(tx, org, connectionId, name);
  if (!version) throw new Problem("not_found");
  return version;
}

async function requireUnused(tx: Tx, org: OrganisationId, connectionId: ConnectionId, version: ConnectionVersion): Promise<void> {
  if (version.publishedAt === null) return;
  const followed = await store.getVersion(tx, org, connectionId, "default");
  const use = { id: version.id as VersionId, isDefault: followed?.id === version.id };
  const subscriptions = await subscriptionsOfVersion(tx, org, connectionId, use);
  if (subscriptions.length > 0) throw new Problem("in_use", { message: `Subscriptions use the version: ${subscriptions.join(", ")}.` });
}

function checkName(name: string, faults: Fault[]): void {
  if (name === "latest" || name === "default") faults.push({ field: "name", message: `${name} is a reserved name.` });
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
}

async function unlessTaken(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (isTaken(error, "versions_name")) throw new Problem("name_taken", { message: "Another version of the connection has this name." });
    throw error;
  }
}
