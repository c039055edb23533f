import type { Event, EventPage, QueryOf } from "@mooring/contract";
import type { Actor } from "../domain/actor.ts";
import { eventContent, eventSummary } from "../domain/shown-event.ts";
import { Problem } from "../kernel/errors.ts";
import { type ConnectionId, type EventId, isUlid } from "../kernel/ids.ts";
import { isConnection } from "../store/connections.ts";
import type { Tx } from "../store/database.ts";
import { findEnvironment } from "../store/environments.ts";
import { deliveriesOfEvent, readEvent } from "../store/event-reads.ts";
import { countEvents, type EventFilter, type SearchBounds, searchEvents } from "../store/event-search.ts";
import { cursorValues } from "../store/pages.ts";
import type { Call, ControlDeps } from "./change.ts";
import { requireConnection } from "./rights.ts";
import { newestIdFirst, scannedPage } from "./scanned-page.ts";

type EventsQuery = QueryOf<"ListEvents">;

/** What is asked of a connection's events: which of them, by environment, trigger and time. */
export interface EventsAsked {
  readonly environment?: string | undefined;
  readonly trigger?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * A page of the connection's events that fit the query and are within a key's limits, newest first, without bodies. Holds fewer than
 * asked for, or none, although more follow, when `bounds` allowed to look no further. Throws `Problem` not_found, forbidden to a key that
 * is limited to others, and invalid_request on a cursor, time or environment that is none.
 */
export async function list(
  { db, bounds }: ControlDeps & { readonly bounds?: SearchBounds },
  { actor }: Call,
  connectionId: ConnectionId,
  query: EventsQuery,
): Promise<EventPage> {
  requireConnection(actor, connectionId);
  const { first = 20, after, before } = query;
  const [cut] = cursorValues(after ?? before, after !== undefined && before !== undefined, newestIdFirst) ?? [];
  const direction = before === undefined ? "older" : "newer";
  return db.read(actor.org, async (tx) => {
    if (!(await isConnection(tx, actor.org, connectionId))) throw new Problem("not_found");
    const filter = { ...(await filterOf(tx, actor, connectionId, query)), origin: query.origin };
    const [above, below] = direction === "older" ? ["", cut ?? "~"] : [cut ?? "", "~"];
    const scan = await searchEvents(tx, actor.org, connectionId, { filter, above, below, direction, limit: first + 1 }, bounds);
    const totalCount = await countEvents(tx, actor.org, connectionId, filter);
    const { items, ...page } = scannedPage(scan, { direction, first, cut });
    return { totalCount, ...page, events: items };
  });
}

/**
 * What was asked, as the store takes it: a key that is limited to environments is given none of others, and none that belong to no
 * environment. Throws `Problem` forbidden when it names another, and invalid_request on a name that no environment of the connection has.
 */
export async function filterOf(
  tx: Tx,
  actor: Actor,
  connectionId: ConnectionId,
  { environment, trigger, from, to }: EventsAsked,
): Promise<Omit<EventFilter, "origin">> {
  const times = { from: timeOf("from", from), to: timeOf("to", to) };
  if (environment === undefined) return { environments: actor.environments && [...actor.environments], trigger, ...times };
  // One that is gone has left its events, which its id still finds.
  const id = (await findEnvironment(tx, actor.org, connectionId, environment)) ?? (isUlid(environment) ? environment : undefined);
  if (id === undefined) {
    throw new Problem("invalid_request", { fields: [{ field: "environment", message: "The connection has no such environment." }] });
  }
  requireEnvironment(actor, id);
  return { environments: [id], trigger, ...times };
}

function timeOf(field: "from" | "to", text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  // A leap second is a time to the contract, and none to JavaScript.
  if (Number.isNaN(time.getTime())) {
    throw new Problem("invalid_request", { fields: [{ field, message: "Send a time without a leap second." }] });
  }
  return time;
}

/** The event as it came. Throws `Problem` not_found, and forbidden to a key that is limited to other environments than the event's. */
export async function get({ db }: ControlDeps, { actor }: Call, connectionId: ConnectionId, id: EventId): Promise<Event> {
  requireConnection(actor, connectionId);
  return db.read(actor.org, (tx) => shown(tx, actor, connectionId, id));
}

/** The same within a transaction. */
export async function shown(tx: Tx, actor: Actor, connectionId: ConnectionId, id: EventId): Promise<Event> {
  const event = await readEvent(tx, actor.org, connectionId, id);
  if (!event) throw new Problem("not_found");
  requireEnvironment(actor, event.environmentId);
  return {
    ...eventSummary(event),
    ...eventContent(event),
    ...(event.faults === undefined ? {} : { faults: [...event.faults] }),
    ...(event.verification === undefined ? {} : { verification: event.verification }),
    deliveries: await deliveriesOfEvent(tx, actor.org, id),
  };
}

/** Throws `Problem` forbidden to a key that is limited to environments, unless the event is of one of them. */
export function requireEnvironment({ environments }: Actor, id: string | undefined): void {
  if (environments && (id === undefined || !environments.has(id))) {
    throw new Problem("forbidden", { message: "The API key is limited to other environments." });
  }
}
