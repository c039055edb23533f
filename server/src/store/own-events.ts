import { sql } from "kysely";
import { type OwnEventDraft, ownEvent } from "../domain/own-event.ts";
import type { ConnectionId, NewId, OrganisationId } from "../kernel/ids.ts";
import { inBatches } from "./batches.ts";
import type { Tx } from "./database.ts";
import { appendEvents } from "./events.ts";

/**
 * Appends Mooring's own events in the caller's transaction, for those subscriptions that ask for them (D-1), and announces them. Where
 * none does, that is one query, and without drafts none. The caller holds the rows that it changed, and locks no other after this.
 */
export async function appendOwnEvents(
  tx: Tx,
  org: OrganisationId,
  { at, newId }: { readonly at: Date; readonly newId: NewId },
  drafts: readonly OwnEventDraft[],
): Promise<void> {
  if (drafts.length === 0) return;
  const asking = await connectionsAsking(tx, org, [...new Set(drafts.map(({ connectionId }) => connectionId))]);
  const events = drafts.flatMap((draft) => {
    const connection = asking.get(draft.connectionId);
    if (!connection?.types.has(draft.type)) return [];
    return [ownEvent(draft, { id: newId(), at, connectionName: connection.name })];
  });
  if (events.length === 0) return;
  await appendEvents(tx, org, events);
  for (const id of new Set(events.map(({ connectionId }) => connectionId))) tx.announce({ kind: "event", org, id });
}

interface Asking {
  readonly name: string;
  /** Those that one of its subscriptions gets. */
  readonly types: Set<string>;
}

/** Those of the connections that have subscriptions to own events, by id. */
async function connectionsAsking(tx: Tx, org: OrganisationId, ids: readonly ConnectionId[]): Promise<ReadonlyMap<string, Asking>> {
  const asking = new Map<string, Asking>();
  await inBatches(ids, async (batch) => {
    const rows = await tx.all(sql<{ id: string; name: string; own_events: string }>`
      select c.id, c.name, s.own_events
      from subscriptions s
      join connections c on c.org_id = s.org_id and c.id = s.connection_id
      where s.org_id = ${org} and s.connection_id in (${sql.join([...batch])}) and s.own_events is not null
    `);
    for (const row of rows) {
      const one = asking.get(row.id) ?? { name: row.name, types: new Set() };
      for (const type of JSON.parse(row.own_events) as string[]) one.types.add(type);
      asking.set(row.id, one);
    }
  });
  return asking;
}
