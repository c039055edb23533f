import { hash, randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { SignedURL, UploadQuery } from "@mooring/contract";
import { mediaTypeKey } from "../domain/media-types.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import { isUlid, type OrganisationId, type UploadId } from "../kernel/ids.ts";
import { protocols } from "../protocols/protocols.ts";
import type { Tx } from "../store/database.ts";
import * as store from "../store/uploads.ts";
import type { Call, ControlDeps } from "./change.ts";
import type { ImportRoom } from "./import-room.ts";
import { requireManyEnvironments } from "./rights.ts";

export interface UploadDeps extends ControlDeps {
  readonly publicUrl: URL;
  readonly importRoom: ImportRoom;
}

/**
 * Two addresses for a file that is to be imported: one that takes it, once, from whoever knows the address, and one that names it
 * afterwards. Throws `Problem` not_found for an unknown protocol, invalid_request for what cannot be imported, and too_many_requests
 * while as much of the organisation's is waiting as may.
 */
export async function ask(deps: UploadDeps, { actor }: Call, slug: string, query: UploadQuery): Promise<SignedURL> {
  const { db, clock, newId, publicUrl } = deps;
  const { fileBytesMax } = deps.importRoom;
  requireManyEnvironments(actor);
  if (!protocols.some((protocol) => protocol.slug === slug)) throw new Problem("not_found");
  const contentType = mediaTypeKey(query.content_type);
  const faults = faultsOf(slug, query, fileBytesMax);
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });

  const [id, token, now] = [newId<UploadId>(), randomBytes(32).toString("base64url"), clock.now()];
  const { filename, content_length: contentLength } = query;
  const beginsBefore = new Date(now.getTime() + minutesToBegin * 60_000);
  const upload = { id, filename, contentType, contentLength, tokenHash: hashOf(token), beginsBefore };
  const limits = { now, waitingMax, bytesMax: fileBytesMax * filesWorthMax };
  if (!(await db.write(actor.org, (tx) => store.insertUpload(tx, actor.org, upload, limits)))) {
    throw new Problem("too_many_requests", {
      message: "Too many uploaded files wait to be imported; import them, or wait until they are given up.",
      retryAfterSeconds: 60,
    });
  }
  const at = (name: string) => new URL(`/uploads/${actor.org}/${name}`, publicUrl).href;
  return { uploadUrl: at(token), url: at(id) };
}

function faultsOf(slug: string, { content_type: type, content_length: length }: UploadQuery, fileBytesMax: number): Fault[] {
  const faults: Fault[] = [];
  if (slug !== "http") faults.push({ field: "protocol_slug", message: "Only http connections are made from a file." });
  const [known = ""] = mediaTypeKey(type).split(";", 1);
  if (!importedTypes.has(known) && !/^application\/[\w.-]+\+(?:json|yaml)$/.test(known))
    faults.push({ field: "content_type", message: `A file to import is one of ${[...importedTypes].join(", ")}.` });
  if (length > fileBytesMax) faults.push({ field: "content_length", message: `A file to import has at most ${fileBytesMax} bytes.` });
  return faults;
}

const importedTypes: ReadonlySet<string> = new Set([
  "application/json",
  "application/yaml",
  "application/x-yaml",
  "text/yaml",
  "text/x-yaml",
  "text/plain",
  "application/octet-stream",
]);

/** How long an address takes a file. */
const minutesToBegin = 5;
/** How long a file may then take to come: longer than any body has. */
const minutesToReceive = 15;
const minutesToImport = 60;
/** The longest that anything of an upload is kept. */
export const uploadMinutesMax = minutesToBegin + minutesToReceive + minutesToImport;
// Of one organisation.
const waitingMax = 32;
const filesWorthMax = 4;

const hashOf = (token: string) => hash("sha256", token, "base64url");

/** A file on its way in. */
export interface Receiving {
  /** Keeps the next piece. */
  add(bytes: Uint8Array): Promise<void>;
  /** All of it is there. */
  complete(): Promise<void>;
  /** It was cut off: the address may be used again until its time is over. */
  giveUp(): Promise<void>;
}

/**
 * Begins to take the file that `token` lets in. Throws `Problem` not_found for an address that is unknown, past its time or used;
 * unsupported_media_type, too_large and invalid_request for what was not announced.
 */
export async function receive(deps: UploadDeps, org: string, token: string, sent: Sent): Promise<Receiving> {
  const { db, clock } = deps;
  if (!isUlid(org) || !/^[\w-]{43}$/.test(token)) throw new Problem("not_found");
  const reach = org as OrganisationId;
  const now = clock.now();
  const upload = await db.read(reach, (tx) => store.findAskedUpload(tx, reach, hashOf(token), now));
  if (!upload) throw new Problem("not_found");
  requireAnnounced(upload, sent);
  const { id } = upload;
  const until = new Date(now.getTime() + minutesToReceive * 60_000);
  if (!(await db.write(reach, (tx) => store.claimUpload(tx, reach, id, until)))) throw new Problem("not_found");

  let position = 0;
  return {
    // Not worth a wait for the disk: what follows is committed after it, and waits for both.
    add: (bytes) => db.write(reach, (tx) => store.insertPiece(tx, reach, id, position++, bytes), { durability: "relaxed" }),
    async complete() {
      const expiresAt = new Date(clock.now().getTime() + minutesToImport * 60_000);
      if (!(await db.write(reach, (tx) => store.completeUpload(tx, reach, id, expiresAt)))) throw new Problem("not_found");
    },
    giveUp: () => db.write(reach, (tx) => store.releaseUpload(tx, reach, id)),
  };
}

/** What the headers of a request say of its body. */
export interface Sent {
  readonly type: string;
  /** Undefined when they do not say. */
  readonly length: number | undefined;
}

function requireAnnounced({ contentType, contentLength }: store.Upload, { type, length }: Sent): void {
  if (mediaTypeKey(type) !== contentType)
    throw new Problem("unsupported_media_type", { message: `The file was announced as ${contentType}; send it with that Content-Type.` });
  if (length === contentLength) return;
  const message = `The file was announced with ${contentLength} bytes; send that many, with their number in Content-Length.`;
  throw new Problem(length !== undefined && length > contentLength ? "too_large" : "invalid_request", { message });
}

/** A file that was sent, and is still there. */
export interface Uploaded {
  readonly bytes: Uint8Array;
  /** Gives back the room that it takes in memory. To be called however its import ends. */
  readonly leave: () => void;
  /** Deletes it in the transaction that used it. Throws `Problem` invalid_request when another one was first. */
  use(tx: Tx): Promise<void>;
}

/**
 * Reads the file that `url` names. Throws `Problem` invalid_request when it is none of the organisation's, or not any more, and
 * overloaded while there is no room for it.
 */
export async function open({ db, clock, publicUrl, importRoom }: UploadDeps, { actor: { org } }: Call, url: string): Promise<Uploaded> {
  const [, place, id = ""] = /^(.*)\/([^/]*)$/.exec(url) ?? [];
  const isOwn = place === new URL(`/uploads/${org}`, publicUrl).href && isUlid(id);
  const upload = isOwn ? await db.read(org, (tx) => store.findReadyUpload(tx, org, id, clock.now())) : undefined;
  if (!upload) throw unknownUpload();
  const leave = importRoom.take(org, upload.contentLength);
  try {
    const bytes = Buffer.allocUnsafeSlow(upload.contentLength);
    for (let at = 0, position = 0; at < bytes.length; position++) {
      const piece = await db.read(org, (tx) => store.readPiece(tx, org, upload.id, position));
      if (!piece || at + piece.length > bytes.length) throw unknownUpload();
      bytes.set(piece, at);
      at += piece.length;
      // The embedded engine reads without ever letting go of the event loop, and there may be 64 of them.
      await nextTurn();
    }
    return { bytes, leave, use: (tx) => useUp(tx, org, upload.id) };
  } catch (error) {
    leave();
    throw error;
  }
}

async function useUp(tx: Tx, org: OrganisationId, id: UploadId): Promise<void> {
  if (!(await store.takeUpload(tx, org, id))) throw unknownUpload();
}

const unknownUpload = () =>
  new Problem("invalid_request", {
    fields: [{ field: "metadata.url", message: "No file waits under this address: it was imported, its time is over, or none was sent." }],
  });
