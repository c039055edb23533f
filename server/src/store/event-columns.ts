import type { ErrorField, EventOrigin, Verification } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { StoredEvent } from "../domain/event.ts";
import type { EventHead } from "../domain/shown-event.ts";
import type { ConnectionId, EnvironmentId, EventId } from "../kernel/ids.ts";

/** The columns of an event's head; `eventHeadOf` takes such a row. */
export const eventHeadColumns: RawBuilder<unknown> = sql`id, position, origin, type, environment_id, trigger_name, sequence, received_at,
  method, content_type, fits, duplicates, octet_length(body) as bytes`;

/** All columns; `eventOf` takes such a row. */
export const eventColumns: RawBuilder<unknown> = sql`${eventHeadColumns}, connection_id, target, headers, body, faults, verification, sealed, dedupe_key`;

/** The columns as the engines give them: PostgreSQL's driver gives a bigint as text. */
export interface EventHeadRow {
  id: string;
  position: number | string | null;
  origin: EventOrigin;
  type: string;
  environment_id: string | null;
  trigger_name: string | null;
  sequence: number | string | null;
  received_at: string;
  method: string | null;
  content_type: string | null;
  fits: number | string | null;
  duplicates: number | string;
  bytes: number | string;
}

export interface EventRow extends EventHeadRow {
  connection_id: string;
  target: string | null;
  headers: string;
  body: Uint8Array;
  faults: string | null;
  verification: string | null;
  sealed: string | null;
  dedupe_key: string | null;
}

export function eventHeadOf(row: EventHeadRow): EventHead {
  return {
    id: row.id as EventId,
    position: numberOf(row.position),
    origin: row.origin,
    type: row.type,
    environmentId: (row.environment_id ?? undefined) as EnvironmentId | undefined,
    triggerName: row.trigger_name ?? undefined,
    sequence: numberOf(row.sequence),
    receivedAt: new Date(row.received_at),
    method: row.method ?? undefined,
    contentType: row.content_type ?? undefined,
    fits: row.fits === null ? undefined : Number(row.fits) === 1,
    duplicates: Number(row.duplicates),
    bytes: Number(row.bytes),
  };
}

export function eventOf(row: EventRow): StoredEvent & EventHead {
  const { body } = row;
  return {
    ...eventHeadOf(row),
    connectionId: row.connection_id as ConnectionId,
    target: row.target ?? undefined,
    headers: JSON.parse(row.headers) as string[],
    body: Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    faults: row.faults === null ? undefined : (JSON.parse(row.faults) as ErrorField[]),
    verification: row.verification === null ? undefined : (JSON.parse(row.verification) as Verification),
    sealed: row.sealed ?? undefined,
    dedupeKey: row.dedupe_key ?? undefined,
  };
}

const numberOf = (value: number | string | null) => (value === null ? undefined : Number(value));
