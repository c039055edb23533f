import type { CallPage, QueryOf, Call as RecordedCall } from "@mooring/contract";
import type { Actor } from "../domain/actor.ts";
import type { CallFilter, CallRange } from "../domain/call.ts";
import { Problem } from "../kernel/errors.ts";
import { isUlid, startOfIds } from "../kernel/ids.ts";
import { getCall, type SearchBounds, searchCalls } from "../store/calls.ts";
import { cursorValues } from "../store/pages.ts";
import type { Call, ControlDeps } from "./change.ts";
import { requireConnection } from "./rights.ts";
import { newestIdFirst, scannedPage } from "./scanned-page.ts";

type CallsQuery = QueryOf<"ListCalls">;

/**
 * A page of the calls that fit the query and are within a key's limits, newest first. Holds fewer than asked for, or none, although more
 * follow, when `bounds` allowed to look no further. Throws `Problem` forbidden when a limited key asks for another connection, and invalid_request on a cursor
 * or time that is none.
 */
export async function list(
  { db, bounds }: ControlDeps & { readonly bounds?: SearchBounds },
  { actor }: Call,
  query: CallsQuery,
): Promise<CallPage> {
  if (query.connection !== undefined) requireConnection(actor, query.connection);
  const { first = 20, after, before } = query;
  const [cut] = cursorValues(after ?? before, after !== undefined && before !== undefined, newestIdFirst) ?? [];
  const direction = before === undefined ? "older" : "newer";
  const range = rangeOf(query, cut);
  const { calls, rest } = await db.read(actor.org, (tx) =>
    searchCalls(tx, actor.org, { range, filter: filterOf(actor, query), direction, limit: first + 1, bounds }),
  );
  return scannedPage({ items: calls, rest }, { direction, first, cut });
}

/** A call that is within a key's limits. Throws `Problem` not_found where there is none with this id. */
export async function get({ db }: ControlDeps, { actor }: Call, id: string): Promise<RecordedCall> {
  const call = isUlid(id) ? await db.read(actor.org, (tx) => getCall(tx, actor.org, id, filterOf(actor, {}))) : undefined;
  if (!call) throw new Problem("not_found");
  return call;
}

function rangeOf({ from, to, before }: CallsQuery, cut: string | undefined): CallRange {
  const above = from === undefined ? "" : startOf("from", from);
  const below = to === undefined ? end : startOf("to", to);
  if (cut === undefined) return { above, below };
  return before === undefined ? { above, below: cut < below ? cut : below } : { above: cut > above ? cut : above, below };
}

function startOf(field: "from" | "to", text: string): string {
  const time = new Date(text);
  // A leap second is a time to the contract, and none to JavaScript.
  if (Number.isNaN(time.getTime()))
    throw new Problem("invalid_request", { fields: [{ field, message: "Send a time without a leap second." }] });
  return startOfIds(time);
}

// After every id, in the order of bytes.
const end = "~";

function filterOf({ connections, environments }: Actor, query: CallsQuery): CallFilter {
  const { connection, environment, actor, method, status, origin, code } = query;
  return { connection, environment, actor, method, status, origin, code, connections, environments };
}
