import type { EventOrigin, EventSummary } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import { eventSummary } from "../domain/shown-event.ts";
import { type ConnectionId, type OrganisationId, startOfIds } from "../kernel/ids.ts";
import { justAbove, justBelow } from "./calls.ts";
import type { Tx } from "./database.ts";
import { type EventHeadRow, eventHeadColumns, eventHeadOf } from "./event-columns.ts";

/** Which events of a connection are asked for. */
export interface EventFilter {
  /** Only of these environments; undefined for all, and for events of no environment. */
  readonly environments: readonly string[] | undefined;
  readonly trigger: string | undefined;
  readonly origin: EventOrigin | undefined;
  /** Came at `from` or later, and before `to`. */
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

export interface EventSearch {
  readonly filter: EventFilter;
  /** Texts between ids: only what lies between. */
  readonly above: string;
  readonly below: string;
  readonly direction: "older" | "newer";
  readonly limit: number;
}

/** What a search found, at most `limit` in the direction that was asked for. */
export interface EventScan {
  readonly items: EventSummary[];
  /** Where to go on when as much was looked through as one search may; undefined when nothing was left out. */
  readonly rest: string | undefined;
}

/** How much of a connection's events one search looks through, so that one for something rare cannot keep a node busy. */
export interface SearchBounds {
  readonly windows: number;
  readonly windowRows: number;
}

/**
 * Looks for events of a connection in the order of their ids, window by window, each within an index that holds all that they are
 * filtered by. No body is read.
 */
export async function searchEvents(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  search: EventSearch,
  { windows, windowRows }: SearchBounds = { windows: 10, windowRows: 10_000 },
): Promise<EventScan> {
  const { direction, limit } = search;
  const items: EventSummary[] = [];
  let { above, below } = within(search);
  // Where everything fits, nothing is looked through in vain.
  const isSifted = isSifting(search.filter);
  for (let left = windows; left > 0; left -= 1) {
    const place = { org, connectionId, above, below };
    const end = isSifted ? await endOfWindow(tx, place, direction, windowRows) : undefined;
    const [from, to] = direction === "older" ? [end ?? above, below] : [above, end ?? below];
    const found = await readHeads(tx, { ...place, above: from, below: to }, search, limit - items.length);
    items.push(...found);
    if (end === undefined || items.length === limit) return { items, rest: undefined };
    if (direction === "older") below = end;
    else above = end;
  }
  return { items, rest: direction === "older" ? below : above };
}

const isSifting = ({ environments, trigger, origin }: EventFilter) =>
  environments !== undefined || trigger !== undefined || origin !== undefined;

interface Window {
  readonly org: OrganisationId;
  readonly connectionId: ConnectionId;
  readonly above: string;
  readonly below: string;
}

/** The text just beyond the window's last row, as a bound; undefined when the window reaches the end. */
async function endOfWindow(tx: Tx, window: Window, direction: "older" | "newer", rows: number): Promise<string | undefined> {
  const row = await tx.first(sql<{ id: string }>`
    select id
    from events
    where ${lies(window)}
    order by ${direction === "older" ? sql`id desc` : sql`id`}
    limit 1 offset ${rows}
  `);
  // The row at the offset belongs to the next window.
  return row && (direction === "older" ? justAbove(row.id) : justBelow(row.id));
}

async function readHeads(tx: Tx, window: Window, { filter, direction }: EventSearch, limit: number): Promise<EventSummary[]> {
  const rows = await tx.all(sql<EventHeadRow>`
    select ${eventHeadColumns}
    from events
    where ${lies(window)} ${fits(filter)}
    order by ${direction === "older" ? sql`id desc` : sql`id`}
    limit ${limit}
  `);
  return rows.map((row) => eventSummary(eventHeadOf(row)));
}

const lies = ({ org, connectionId, above, below }: Window) =>
  sql`org_id = ${org} and connection_id = ${connectionId} and id > ${above} and id < ${below}`;

/** How many events fit the filter: at most `countMax`, among the newest `countedRows` of the connection in that time. */
export async function countEvents(tx: Tx, org: OrganisationId, connectionId: ConnectionId, filter: EventFilter): Promise<number> {
  const { above, below } = within({ filter, above: "", below: "~" });
  const row = await tx.first(sql<{ events: number | string }>`
    select count(*) as events
    from (
      select 1 as one
      from (
        select id, environment_id, trigger_name, origin, received_at
        from events
        where ${lies({ org, connectionId, above, below })}
        order by id desc
        limit ${countedRows}
      ) as newest
      where 1 = 1 ${fits(filter)}
      limit ${countMax}
    ) as counted
  `);
  return Number(row?.events);
}

const countMax = 10_000;
const countedRows = 100_000;

/** The bounds, drawn in to what may have come in the filter's time. */
export function within({ filter: { from, to }, above, below }: Pick<EventSearch, "filter" | "above" | "below">) {
  const [first, last] = [from && startOfIds(shifted(from, -apartMs)), to && startOfIds(shifted(to, apartMs))];
  return { above: first && first > above ? first : above, below: last && last < below ? last : below };
}

/** Whether an event is among those that the filter asks for. */
export function fits({ environments, trigger, origin, from, to }: EventFilter): RawBuilder<unknown> {
  return sql.join(
    [
      environments === undefined ? sql`` : sql`and environment_id in (${sql.join([...environments, ""])})`,
      trigger === undefined ? sql`` : sql`and trigger_name = ${trigger}`,
      origin === undefined ? sql`` : sql`and origin = ${origin}`,
      // By the id alone where that is enough, so that the row is not read.
      from === undefined ? sql`` : sql`and (id > ${startOfIds(shifted(from, apartMs))} or received_at >= ${from.toISOString()})`,
      to === undefined ? sql`` : sql`and (id < ${startOfIds(shifted(to, -apartMs))} or received_at < ${to.toISOString()})`,
    ],
    sql` `,
  );
}

/** An event's id is made while it is taken in: how far the time in it may be from when it came, with room. */
const apartMs = 300_000;

const shifted = (time: Date, ms: number) => new Date(time.getTime() + ms);
