import type { ImportHTTPConnectionMetadata, Message } from "@mooring/contract";
import type { ApiDraft, DraftAction, DraftDefinition, DraftTrigger } from "../domain/api-draft.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ConnectionId, VersionId } from "../kernel/ids.ts";
import type { ApiFile } from "../sandbox/api-file.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Tx } from "../store/database.ts";
import { type Call, change, type Recorder } from "./change.ts";
import { type ConnectionDeps, insertNew } from "./connections.ts";
import { beginVersion, checkTarget } from "./import-into.ts";
import { type ImportedRows, insertRows } from "./import-rows.ts";
import { requireUnlimited } from "./rights.ts";
import { open, type UploadDeps, type Uploaded } from "./uploads.ts";

export interface ImportDeps extends ConnectionDeps, UploadDeps {
  readonly sandbox: Pick<Sandbox, "readApiFile">;
}

/** An API's description as it was read. */
export interface ReadApi extends ImportedRows {
  readonly draft: ApiDraft;
}

export interface ImportRequest {
  readonly metadata: ImportHTTPConnectionMetadata;
  readonly file?: Uint8Array | undefined;
}

/** What an import came to: enough to find all the rest again, and what is written nowhere else. */
export interface Imported {
  readonly connectionId: ConnectionId;
  readonly versionId: VersionId;
  readonly version: string;
  /** The version that it is to be compared with, where the connection had one before. */
  readonly comparedWith?: { readonly id: VersionId; readonly name: string };
  readonly isNew: boolean;
  readonly messages: readonly Message[];
}

/**
 * Makes a connection of an API's description, or a new draft version of an existing one. The file is read before anything is written,
 * and then all of it is written in one transaction: whatever happens, either all is there or nothing. A file that was uploaded is used up
 * by it. Throws `Problem` invalid_request for what cannot be imported, with its place.
 */
export async function importApi(deps: ImportDeps, call: Call, { metadata, file }: ImportRequest): Promise<Imported> {
  const { actor, once } = call;
  const connectionId = metadata.connection as ConnectionId | undefined;
  checkSource(metadata, file);
  if (connectionId === undefined) requireUnlimited(actor);
  if (once) await deps.db.read(actor.org, (tx) => once.check(tx));
  if (connectionId !== undefined) await checkTarget(deps, call, connectionId, metadata);

  const upload = metadata.url === undefined ? undefined : await open(deps, call, metadata.url);
  try {
    const bytes = upload?.bytes ?? file ?? new Uint8Array();
    const api = await read(deps, call, { bytes, format: metadata.format });
    return await write(deps, call, { metadata, api, use: upload?.use });
  } finally {
    upload?.leave();
  }
}

interface Writing {
  readonly metadata: ImportHTTPConnectionMetadata;
  readonly api: ReadApi;
  readonly use: Uploaded["use"] | undefined;
}

async function write(deps: ImportDeps, call: Call, { metadata, api, use }: Writing): Promise<Imported> {
  const { actor } = call;
  const connectionId = metadata.connection as ConnectionId | undefined;
  const sealer = await deps.seals.of(actor.org);
  return change(deps, call, async (tx, recorder) => {
    await use?.(tx);
    if (connectionId !== undefined) return writeVersion(deps, call, { tx, recorder }, { connectionId, metadata, api });
    const { draft, ...rows } = api;
    const version = { id: deps.newId<VersionId>(), name: metadata.version ?? "1" };
    const id = await insertNew(deps, call, { tx, recorder, sealer }, connectionOf(draft), version);
    await insertRows(tx, actor.org, version.id, rows, deps.clock.now());
    return { connectionId: id, versionId: version.id, version: version.name, isNew: true, messages: draft.messages };
  });
}

function checkSource({ url, connection, compareWith, version }: ImportHTTPConnectionMetadata, file: Uint8Array | undefined): void {
  const faults: Fault[] = [];
  if (file === undefined && url === undefined)
    faults.push({ field: "file", message: "Send the file, or the url of one that was uploaded." });
  if (file !== undefined && url !== undefined) faults.push({ field: "metadata.url", message: "Send the file or a url, not both." });
  if (compareWith !== undefined && connection === undefined)
    faults.push({ field: "metadata.compareWith", message: "A new connection has nothing to be compared with." });
  if (version === "latest" || version === "default") faults.push({ field: "metadata.version", message: `${version} is a reserved name.` });
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
}

/** All rows together are a few times as large as the file, which has a bound. */
async function read({ sandbox, clock }: ImportDeps, { actor }: Call, file: Pick<ApiFile, "bytes" | "format">): Promise<ReadApi> {
  const definitions: DraftDefinition[] = [];
  const actions: DraftAction[] = [];
  const triggers: DraftTrigger[] = [];
  const draft = await sandbox.readApiFile(actor.org, { ...file, atMs: clock.now().getTime() }, (portion) => {
    definitions.push(...portion.definitions);
    actions.push(...portion.actions);
    triggers.push(...portion.triggers);
  });
  return { draft, definitions, actions, triggers };
}

/** A file knows addresses and how to prove who calls, but no secret: credentials are for people to add. */
function connectionOf({ name, baseUrl, authSchemeConfigs, environmentVariables }: ApiDraft): Parameters<typeof insertNew>[3] {
  return {
    protocol: "http",
    name,
    baseUrl,
    authSchemeConfigs: [...authSchemeConfigs],
    environmentVariables: [...environmentVariables],
    environments: [{ name: "default", credentials: {}, variables: [] }],
  };
}

async function writeVersion(
  deps: ImportDeps,
  call: Call,
  { tx, recorder }: { readonly tx: Tx; readonly recorder: Recorder },
  { connectionId, metadata, api }: { connectionId: ConnectionId; metadata: ImportHTTPConnectionMetadata; api: ReadApi },
): Promise<Imported> {
  const { org } = call.actor;
  const now = deps.clock.now();
  const { version, compared, rows, messages } = await beginVersion(deps, call, { tx, recorder, now }, { connectionId, metadata, api });
  await insertRows(tx, org, version.id, rows, now);
  return {
    connectionId,
    versionId: version.id,
    version: version.name,
    ...(compared ? { comparedWith: { id: compared.id, name: compared.name } } : {}),
    isNew: false,
    messages: [...api.draft.messages, ...messages],
  };
}
