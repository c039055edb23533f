import { sql } from "kysely";
import type { NewEvent } from "../domain/event.ts";
import type { EventId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";

/** An event with its place among the others; both are null for one that has none. */
export interface PlacedEvent {
  readonly event: NewEvent;
  readonly position: number | null;
  readonly sequence: number | null;
}

/** What no two kept events have in common; undefined where nothing tells an event from others. */
export const onceKey = ({ environmentId, triggerName, dedupeKey }: Pick<NewEvent, "environmentId" | "triggerName" | "dedupeKey">) =>
  dedupeKey === undefined ? undefined : `${environmentId} ${triggerName} ${dedupeKey}`;

/** Which of these events were kept before: the ids, by `onceKey`. */
export async function keptBefore(tx: Tx, org: OrganisationId, events: readonly NewEvent[]): Promise<Map<string, EventId>> {
  const keyed = events.filter(({ dedupeKey }) => dedupeKey !== undefined);
  if (keyed.length === 0) return new Map();
  const rows = tx.engine === "postgres" ? await keptTogether(tx, org, keyed) : await keptOneByOne(tx, org, keyed);
  return new Map(
    rows.map(({ id, environment_id, trigger_name, dedupe_key }) => [
      `${onceKey({ environmentId: environment_id, triggerName: trigger_name, dedupeKey: dedupe_key })}`,
      id,
    ]),
  );
}

interface KeptRow {
  id: EventId;
  environment_id: NonNullable<NewEvent["environmentId"]>;
  trigger_name: string;
  dedupe_key: string;
}

function keptTogether(tx: Tx, org: OrganisationId, keyed: readonly NewEvent[]): Promise<KeptRow[]> {
  return tx.all(sql<KeptRow>`
    select e.id, e.environment_id, e.trigger_name, e.dedupe_key
    from unnest(${keyed.map(({ environmentId }) => environmentId)}::text[], ${keyed.map(({ triggerName }) => triggerName)}::text[],
      ${keyed.map(({ dedupeKey }) => dedupeKey)}::text[]) as k (environment_id, trigger_name, dedupe_key)
    join events e on e.org_id = ${org} and e.environment_id = k.environment_id and e.trigger_name = k.trigger_name
      and e.dedupe_key = k.dedupe_key
  `);
}

async function keptOneByOne(tx: Tx, org: OrganisationId, keyed: readonly NewEvent[]): Promise<KeptRow[]> {
  const rows: KeptRow[] = [];
  for (const { environmentId, triggerName, dedupeKey } of keyed) {
    const row = await tx.first(sql<KeptRow>`
      select id, environment_id, trigger_name, dedupe_key
      from events
      where org_id = ${org} and environment_id = ${environmentId} and trigger_name = ${triggerName} and dedupe_key = ${dedupeKey}
    `);
    if (row) rows.push(row);
  }
  return rows;
}

/** Adds rows; does nothing when there are none. */
export async function insertEvents(tx: Tx, org: OrganisationId, placed: readonly PlacedEvent[]): Promise<void> {
  if (placed.length === 0) return;
  const rows = placed.map(valuesOf);
  if (tx.engine === "postgres") {
    const arrays = columns.map(([, type], at) => sql`${rows.map((row) => row[at])}::${sql.raw(type)}[]`);
    await tx.run(sql`insert into events (org_id, ${names}) select ${org}, n.* from unnest(${sql.join(arrays)}) as n`);
    return;
  }
  await Promise.all(rows.map((row) => tx.run(sql`insert into events (org_id, ${names}) values (${org}, ${sql.join(row)})`)));
}

const columns = [
  ["id", "text"],
  ["connection_id", "text"],
  ["position", "bigint"],
  ["origin", "text"],
  ["type", "text"],
  ["environment_id", "text"],
  ["trigger_name", "text"],
  ["sequence", "bigint"],
  ["received_at", "text"],
  ["method", "text"],
  ["target", "text"],
  ["headers", "text"],
  ["content_type", "text"],
  ["body", "bytea"],
  ["fits", "bigint"],
  ["faults", "text"],
  ["verification", "text"],
  ["sealed", "text"],
  ["dedupe_key", "text"],
] as const;

const names = sql.raw(columns.map(([name]) => name).join(", "));

const valuesOf = ({ event, position, sequence }: PlacedEvent) => [
  event.id,
  event.connectionId,
  position,
  event.origin,
  event.type,
  event.environmentId ?? null,
  event.triggerName ?? null,
  sequence,
  event.receivedAt.toISOString(),
  event.method ?? null,
  event.target ?? null,
  JSON.stringify(event.headers),
  event.contentType ?? null,
  event.body,
  event.fits === undefined ? null : Number(event.fits),
  event.faults === undefined ? null : JSON.stringify(event.faults),
  event.verification === undefined ? null : JSON.stringify(event.verification),
  event.sealed ?? null,
  event.dedupeKey ?? null,
];

/** Counts how often events came again. */
export async function countDuplicates(tx: Tx, org: OrganisationId, again: ReadonlyMap<EventId, number>): Promise<void> {
  const counted = [...again].map(([id, times]) =>
    tx.run(sql`update events set duplicates = duplicates + ${times} where org_id = ${org} and id = ${id}`),
  );
  await Promise.all(counted);
}
