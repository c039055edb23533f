import type { Connection, HTTPConnection, ImportHTTPConnectionMetadata, Message } from "@mooring/contract";
import { versionEvent } from "../domain/own-event.ts";
import { createTakeOver } from "../domain/taken-over.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import { getConnection, touchConnection } from "../store/connections.ts";
import type { Tx } from "../store/database.ts";
import { definitionNames } from "../store/definitions.ts";
import { isTaken } from "../store/faults.ts";
import { getVersion, insertVersion } from "../store/versions.ts";
import { wayNames } from "../store/ways.ts";
import type { Call, ControlDeps, Recorder } from "./change.ts";
import { lockedConnection } from "./connections.ts";
import { connectionDifferences } from "./import-differences.ts";
import type { ImportedRows } from "./import-rows.ts";
import type { ReadApi } from "./imports.ts";
import { requireWholeConnection } from "./rights.ts";

type Metadata = Pick<ImportHTTPConnectionMetadata, "version" | "compareWith">;

/**
 * Looks whether the connection can take a new version, before a file is read for it. Throws `Problem` forbidden, invalid_request or
 * name_taken, as the import itself would.
 */
export async function checkTarget(deps: ControlDeps, { actor }: Call, id: ConnectionId, metadata: Metadata): Promise<void> {
  requireWholeConnection(actor, id);
  await deps.db.read(actor.org, async (tx) => {
    const connection = httpConnection(await getConnection(tx, actor.org, id));
    requireFree(connection, metadata);
    await comparedVersion(tx, actor.org, connection, metadata);
  });
}

/** A new draft of an existing connection, and what goes into it. */
export interface NewVersion {
  readonly version: { readonly id: VersionId; readonly name: string };
  /** Undefined where the connection has no version yet. */
  readonly compared: { readonly id: VersionId; readonly name: string } | undefined;
  /** The rows with the ids that their names had in the version they are compared with. */
  readonly rows: ImportedRows;
  /** What the file says of the connection itself, which an import leaves as it is. */
  readonly messages: readonly Message[];
}

/** Holds the connection, and adds the version to it. Throws `Problem` not_found, invalid_request or name_taken. */
export async function beginVersion(
  { newId }: ControlDeps,
  call: Call,
  { tx, recorder, now }: { readonly tx: Tx; readonly recorder: Recorder; readonly now: Date },
  { connectionId, metadata, api }: { connectionId: ConnectionId; metadata: Metadata; api: ReadApi },
): Promise<NewVersion> {
  const { org } = call.actor;
  const connection = httpConnection(await lockedConnection(tx, call, connectionId));
  requireFree(connection, metadata);
  const compared = await comparedVersion(tx, org, connection, metadata);
  const version = { id: newId<VersionId>(), name: metadata.version ?? nextNumber(connection) };
  try {
    await insertVersion(tx, org, connectionId, version, now);
  } catch (error) {
    if (isTaken(error, "versions_name")) throw nameTaken();
    throw error;
  }
  await touchConnection(tx, org, connectionId, now);
  recorder.audit({ operation: "version.imported", subject: { type: "version", id: version.id, name: version.name } });
  recorder.event(versionEvent("version.created", connectionId, version));
  recorder.announce({ kind: "connection", org, id: connectionId });
  return { version, compared, rows: await withKnownIds(tx, org, compared, api), messages: connectionDifferences(connection, api.draft) };
}

async function withKnownIds(tx: Tx, org: OrganisationId, compared: NewVersion["compared"], api: ReadApi): Promise<ImportedRows> {
  const { draft: _, ...rows } = api;
  if (!compared) return rows;
  const takeOver = createTakeOver(rows.definitions, {
    definitions: await definitionNames(tx, org, compared.id),
    ways: { action: await wayNames(tx, org, compared.id, "action"), trigger: await wayNames(tx, org, compared.id, "trigger") },
  });
  return { ...rows, takeOver };
}

function httpConnection(connection: Connection | undefined): HTTPConnection {
  if (connection?.protocol === "http") return connection;
  const message = "The organisation has no http connection with this id.";
  throw new Problem("invalid_request", { fields: [{ field: "metadata.connection", message }] });
}

function requireFree({ versions }: HTTPConnection, { version }: Metadata): void {
  if (versions.some(({ name }) => name === version)) throw nameTaken();
}

const nameTaken = () => new Problem("name_taken", { message: "Another version of the connection has this name." });

/** What callers use now: the default version, or the newest where none is published. */
async function comparedVersion(
  tx: Tx,
  org: OrganisationId,
  connection: HTTPConnection,
  { compareWith }: Metadata,
): Promise<NewVersion["compared"]> {
  const found = await getVersion(tx, org, connection.id as ConnectionId, compareWith ?? "default");
  if (!found && compareWith !== undefined) {
    throw new Problem("invalid_request", { fields: [{ field: "metadata.compareWith", message: "The connection has no such version." }] });
  }
  const version = found ?? connection.versions[0];
  return version && { id: version.id as VersionId, name: version.name };
}

/** One more than the largest number that is a version's name. */
function nextNumber({ versions }: HTTPConnection): string {
  const numbers = versions.map(({ name }) => (/^[1-9]\d{0,8}$/.test(name) ? Number(name) : 0));
  return String(Math.max(0, ...numbers) + 1);
}
