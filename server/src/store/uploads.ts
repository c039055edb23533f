import { sql } from "kysely";
import type { OrganisationId, UploadId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";

/** A file that somebody may send, is sending, or has sent, before it is imported. */
export interface Upload {
  readonly id: UploadId;
  /** For people. */
  readonly filename: string;
  /** In the one spelling in which types are compared. */
  readonly contentType: string;
  readonly contentLength: number;
}

/**
 * Keeps a place for the file that `tokenHash` lets in until `beginsBefore`, and forgets the organisation's files that are past their time.
 * False, and nothing kept, when as many files or as many bytes are waiting already.
 */
export async function insertUpload(
  tx: Tx,
  org: OrganisationId,
  upload: Upload & { tokenHash: string; beginsBefore: Date },
  { now, waitingMax, bytesMax }: { now: Date; waitingMax: number; bytesMax: number },
): Promise<boolean> {
  await tx.run(sql`delete from uploads where org_id = ${org} and expires_at <= ${now.toISOString()}`);
  const before = upload.beginsBefore.toISOString();
  const inserted = await tx.run(sql`
    insert into uploads (org_id, id, token_hash, filename, content_type, content_length, state, begins_before, expires_at)
    select ${org}, ${upload.id}, ${upload.tokenHash}, ${upload.filename}, ${upload.contentType}, cast(${upload.contentLength} as integer),
      'asked', ${before}, ${before}
    where (select count(*) from uploads where org_id = ${org}) < cast(${waitingMax} as integer)
      and (select coalesce(sum(content_length), 0) from uploads where org_id = ${org})
        <= cast(${bytesMax - upload.contentLength} as integer)
  `);
  return inserted > 0;
}

/** What may be sent with that token; undefined when it is unknown, past its time, or was sent. */
export async function findAskedUpload(tx: Tx, org: OrganisationId, tokenHash: string, now: Date): Promise<Upload | undefined> {
  const row = await tx.first(sql<UploadRow>`
    select id, filename, content_type, content_length
    from uploads
    where org_id = ${org} and token_hash = ${tokenHash} and state = 'asked' and begins_before > ${now.toISOString()}
  `);
  return row && uploadOf(row);
}

/** Takes the place, for whoever is the first: of any number at once, on whatever nodes, one is told true. */
export async function claimUpload(tx: Tx, org: OrganisationId, id: UploadId, expiresAt: Date): Promise<boolean> {
  const claimed = await tx.run(sql`
    update uploads
    set state = 'receiving', expires_at = ${expiresAt.toISOString()}
    where org_id = ${org} and id = ${id} and state = 'asked'
  `);
  return claimed > 0;
}

/** Gives the place back, as if nothing had been sent. */
export async function releaseUpload(tx: Tx, org: OrganisationId, id: UploadId): Promise<void> {
  await tx.run(sql`delete from upload_pieces where org_id = ${org} and upload_id = ${id}`);
  await tx.run(sql`
    update uploads
    set state = 'asked', expires_at = begins_before
    where org_id = ${org} and id = ${id} and state = 'receiving'
  `);
}

export async function insertPiece(tx: Tx, org: OrganisationId, id: UploadId, position: number, bytes: Uint8Array): Promise<void> {
  await tx.run(sql`
    insert into upload_pieces (org_id, upload_id, position, bytes)
    values (${org}, ${id}, ${position}, ${bytes})
  `);
}

/** All of it is there, and stays until `expiresAt`. False when it is gone meanwhile. */
export async function completeUpload(tx: Tx, org: OrganisationId, id: UploadId, expiresAt: Date): Promise<boolean> {
  const completed = await tx.run(sql`
    update uploads
    set state = 'ready', expires_at = ${expiresAt.toISOString()}
    where org_id = ${org} and id = ${id} and state = 'receiving'
  `);
  return completed > 0;
}

/** A file that was sent; undefined when there is none, or not any more. */
export async function findReadyUpload(tx: Tx, org: OrganisationId, id: string, now: Date): Promise<Upload | undefined> {
  const row = await tx.first(sql<UploadRow>`
    select id, filename, content_type, content_length
    from uploads
    where org_id = ${org} and id = ${id} and state = 'ready' and expires_at > ${now.toISOString()}
  `);
  return row && uploadOf(row);
}

/** Undefined behind the last one. */
export async function readPiece(tx: Tx, org: OrganisationId, id: UploadId, position: number): Promise<Uint8Array | undefined> {
  const row = await tx.first(sql<{ bytes: Uint8Array }>`
    select bytes
    from upload_pieces
    where org_id = ${org} and upload_id = ${id} and position = ${position}
  `);
  return row?.bytes;
}

/** Deletes the file, for whoever is the first to use it up: false for all others. */
export async function takeUpload(tx: Tx, org: OrganisationId, id: UploadId): Promise<boolean> {
  return (await tx.run(sql`delete from uploads where org_id = ${org} and id = ${id} and state = 'ready'`)) > 0;
}

/** At most `limit` organisations with files whose ids sort before `before`. The transaction's reach is that. */
export async function organisationsWithUploadsBefore(tx: Tx, before: string, limit: number): Promise<OrganisationId[]> {
  const rows = await tx.all(sql<{ org_id: OrganisationId }>`
    select distinct org_id
    from (select org_id from uploads where id < ${before} order by id limit 1000) as old
    limit ${limit}
  `);
  return rows.map(({ org_id }) => org_id);
}

export async function deleteUploadsBefore(tx: Tx, org: OrganisationId, before: string): Promise<void> {
  await tx.run(sql`delete from uploads where org_id = ${org} and id < ${before}`);
}

interface UploadRow {
  id: UploadId;
  filename: string;
  content_type: string;
  content_length: number | string;
}

const uploadOf = (row: UploadRow): Upload => ({
  id: row.id,
  filename: row.filename,
  contentType: row.content_type,
  contentLength: Number(row.content_length),
});
