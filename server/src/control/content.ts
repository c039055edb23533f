import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import { type ContentVersion, getContentVersion, touchVersion } from "../store/versions.ts";
import type { Call, ControlDeps, Recorder } from "./change.ts";
import { changeOfConnection, watch } from "./connection-change.ts";
import { requireConnection } from "./rights.ts";

/** The version whose content is read or changed, and the transaction that does it. */
export interface Content {
  readonly tx: Tx;
  readonly org: OrganisationId;
  readonly version: ContentVersion;
}

/** A draft whose content is being changed. */
export interface Draft extends Content {
  readonly recorder: Recorder;
  readonly now: Date;
}

/** Reads from the version called `name`, which may be `latest` or `default`. Throws `Problem` not_found. */
export async function readContent<Answer>(
  { db }: Pick<ControlDeps, "db">,
  { actor }: Call,
  connectionId: ConnectionId,
  name: string,
  work: (content: Content) => Promise<Answer>,
): Promise<Answer> {
  requireConnection(actor, connectionId);
  return db.read(actor.org, async (tx) => work({ tx, org: actor.org, version: await existing(tx, actor.org, connectionId, name) }));
}

/**
 * The one way in for changes of what a version holds. They wait for each other and for its publication, so that one either lands
 * before the version is frozen or is refused after it: `Problem` version_published. Throws not_found where there is no such version.
 * Work that audits nothing has changed nothing, and moves no `updatedAt`.
 */
export async function changeDraft<Answer>(
  deps: ControlDeps,
  call: Call,
  connectionId: ConnectionId,
  name: string,
  work: (draft: Draft) => Promise<Answer>,
): Promise<Answer> {
  const { org } = call.actor;
  return changeOfConnection(deps, call, connectionId, async (tx, recorder, now) => {
    const found = await existing(tx, org, connectionId, name);
    if (found.publishedAt !== null) throw new Problem("version_published");
    const version = found.schemaKey === "" ? await withSchemaKey(tx, org, connectionId, found, now) : found;
    const watched = watch(recorder);
    const answer = await work({ tx, org, version, recorder: watched.recorder, now });
    if (watched.isChanged()) await touchVersion(tx, org, version.id, now);
    return answer;
  });
}

/** The same version; one that an earlier Mooring made gets its key when it is first worked on. */
async function withSchemaKey(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  { id, name }: ContentVersion,
  now: Date,
): Promise<ContentVersion> {
  await touchVersion(tx, org, id, now);
  return existing(tx, org, connectionId, name);
}

async function existing(tx: Tx, org: OrganisationId, connectionId: ConnectionId, name: string): Promise<ContentVersion> {
  const version = await getContentVersion(tx, org, connectionId, name);
  if (!version) throw new Problem("not_found");
  return version;
}
