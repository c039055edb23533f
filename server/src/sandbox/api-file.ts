import type { ImportHTTPConnectionMetadata } from "@mooring/contract";
import type { ApiDraft, DraftAction, DraftDefinition, DraftTrigger } from "../domain/api-draft.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { createPool } from "./pool.ts";

/** A file that describes an API. */
export interface ApiFile {
  /** Given away: whoever reads the file has them no more. */
  readonly bytes: Uint8Array;
  readonly format: ImportHTTPConnectionMetadata["format"];
  /** The time of the ids that its actions, triggers and definitions get. */
  readonly atMs: number;
  readonly signal?: AbortSignal;
}

/** A portion of what a file holds: about 200 KB, so that handing it over takes the main thread a millisecond or two. */
export interface ApiRows {
  readonly definitions: readonly DraftDefinition[];
  readonly actions: readonly DraftAction[];
  readonly triggers: readonly DraftTrigger[];
}

/** Takes a portion; the worker goes on when this is done. All definitions come before the first action and the first trigger. */
export type OnRows = (rows: ApiRows) => Promise<void> | void;

export interface ApiFiles {
  read(org: OrganisationId, file: ApiFile, onRows: OnRows): Promise<ApiDraft>;
  close(): Promise<void>;
}

/** What a worker is asked. */
export type ApiFileRequest = Omit<ApiFile, "signal">;

/** Reads files in workers of their own, because each takes much memory and a few seconds. */
export function createApiFiles({ log, idleMs }: { readonly log?: Log | undefined; readonly idleMs: number }): ApiFiles {
  const files = createPool<ApiFileRequest, ApiDraft, ApiRows>({
    worker: new URL("./api-file-worker.ts", import.meta.url),
    workersMax: 2,
    heapMiB: 256,
    timeoutMs: 10_000,
    idleMs,
    queueMax: 16,
    ...(log ? { log } : {}),
  });
  return { read, close: () => files.close() };

  function read(org: OrganisationId, { signal, ...file }: ApiFile, onRows: OnRows): Promise<ApiDraft> {
    const bytes = ownBytes(file.bytes);
    return files.run(org, { ...file, bytes }, { transfer: [bytes.buffer], onPart: onRows, ...(signal ? { signal } : {}) });
  }
}

/**
 * Bytes that can be given away: not a small part of memory that holds something else too. What is nearly all of its memory takes it
 * along, because a copy of many megabytes takes the main thread long enough to be felt.
 */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const isItsOwn = buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength - byteLength <= byteLength / 8;
  return isItsOwn ? new Uint8Array(buffer, 0, byteLength) : new Uint8Array(bytes);
}
