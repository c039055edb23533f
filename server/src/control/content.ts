import { contentBytesMax } from "../domain/version-content.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import { contentBytes } from "../store/content-size.ts";
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
 * before the version is frozen or is refused after it: `Problem` version_published. Throws not_found where there is no such version,
 * and invalid_request for what would make it longer than it may be.
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
    const bytes = await contentBytes(tx, org, version.id);
    const answer = await work({ tx, org, version, recorder: watched.recorder, now });
    if (watched.isChanged()) {
      await requireNotTooLong({ tx, org, version }, bytes);
      await touchVersion(tx, org, version.id, now);
    }
    return answer;
  });
}

/** Throws `Problem` invalid_request when a change made it longer than a version may be; one that is may still become shorter. */
async function requireNotTooLong({ tx, org, version }: Content, bytesBefore: number): Promise<void> {
  if (bytesBefore + addedBytesMax <= contentBytesMax) return;
  const bytes = await contentBytes(tx, org, version.id);
  if (bytes <= contentBytesMax || bytes <= bytesBefore) return;
  throw new Problem("invalid_request", {
    message: `All schemas, actions and triggers of a version may have ${contentBytesMax / 1024 / 1024} MiB together; this would make it more.`,
  });
}

/** More than one request can add: its body has at most 1 MiB, and references become longer as they are stored. */
const addedBytesMax = 16 * 1024 * 1024;

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
