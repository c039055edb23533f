import { setImmediate } from "node:timers/promises";
import type { Call } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import { type CallBlock, type CallFilter, type CallRange, callsIn, spanOf, termsOf } from "../domain/call.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import { addTallies } from "./call-counts.ts";
import type { Tx } from "./database.ts";

/**
 * Adds the blocks, and drops the oldest while more than `callsMax` calls are left without them, at most a few more than were added. A
 * block that is there already is left alone, so that what may have been written can be written again.
 */
export async function appendCalls(
  tx: Tx,
  org: OrganisationId,
  blocks: readonly CallBlock[],
  { callsMax }: { callsMax: number },
): Promise<void> {
  if (blocks.length === 0) return;
  const rows = blocks.map(({ lastId, firstId, size, terms, rows }) => sql`(${org}, ${lastId}, ${firstId}, ${size}, ${terms}, ${rows})`);
  const added = await tx.all(sql<{ last_id: string; size: number | string }>`
    insert into call_blocks (org_id, last_id, first_id, size, terms, rows)
    values ${sql.join(rows)}
    on conflict (org_id, last_id) do nothing
    returning last_id, size
  `);
  const ids = new Set(added.map(({ last_id }) => last_id));
  const kept = await count(tx, org, sumOf(added));
  const tallies = blocks.filter(({ lastId }) => ids.has(lastId)).map(({ tally }) => tally);
  await addTallies(tx, org, tallies);
  if (kept > callsMax) await dropOldest(tx, org, { excess: kept - callsMax, blocksMax: blocks.length + 8 });
}

/** Changes how many calls the organisation's blocks hold; gives that number. */
async function count(tx: Tx, org: OrganisationId, more: number): Promise<number> {
  const row = await tx.first(sql<{ calls: number | string }>`
    insert into call_counts (org_id, calls)
    values (${org}, ${more})
    on conflict (org_id) do update
    set calls = call_counts.calls + excluded.calls
    returning calls
  `);
  return Number(row?.calls);
}

async function dropOldest(tx: Tx, org: OrganisationId, { excess, blocksMax }: { excess: number; blocksMax: number }): Promise<void> {
  const oldest = await tx.all(sql<{ last_id: string; size: number | string }>`
    select last_id, size
    from call_blocks
    where org_id = ${org}
    order by last_id
    limit ${blocksMax}
  `);
  let left = excess;
  const dropped = oldest.filter(({ size }) => {
    left -= Number(size);
    return left >= 0;
  });
  if (dropped.length > 0) await drop(tx, org, sql`last_id in (${sql.join(dropped.map(({ last_id }) => last_id))})`);
}

/** Drops at most `blocksMax` of the organisation's blocks in which every call is older than `before`, an id's beginning. Gives how many. */
export async function dropCallsBefore(tx: Tx, org: OrganisationId, before: string, blocksMax: number): Promise<number> {
  const old = sql`select last_id from call_blocks where org_id = ${org} and last_id < ${before} order by last_id limit ${blocksMax}`;
  return drop(tx, org, sql`last_id in (${old})`);
}

async function drop(tx: Tx, org: OrganisationId, which: RawBuilder<unknown>): Promise<number> {
  const gone = await tx.all(sql<{ size: number | string }>`delete from call_blocks where org_id = ${org} and ${which} returning size`);
  if (gone.length > 0) await count(tx, org, -sumOf(gone));
  return gone.length;
}

/** At most `limit` organisations with blocks in which every call is older than `before`. The transaction's reach is that. */
export async function organisationsWithCallsBefore(tx: Tx, before: string, limit: number): Promise<OrganisationId[]> {
  const rows = await tx.all(sql<{ org_id: OrganisationId }>`
    select distinct org_id
    from (select org_id from call_blocks where last_id < ${before} order by last_id limit 1000) as old
    limit ${limit}
  `);
  return rows.map(({ org_id }) => org_id);
}

const sumOf = (rows: readonly { size: number | string }[]) => rows.reduce((sum, { size }) => sum + Number(size), 0);

/** What a search found. */
export interface CallScan {
  /** At most `limit`, in the direction that was asked for. */
  readonly calls: Call[];
  /** Where to go on, as a bound of a range, when as much was looked through as one search may; undefined when nothing was left out. */
  readonly rest: string | undefined;
}

export interface CallSearch {
  readonly range: CallRange;
  readonly filter: CallFilter;
  readonly direction: "older" | "newer";
  readonly limit: number;
  /** How much is looked through at most: 5,000 blocks, and those calls in them that may fit, to 20,000, when left out. */
  readonly bounds?: SearchBounds | undefined;
}

export interface SearchBounds {
  readonly blocks: number;
  readonly calls: number;
}

/**
 * Looks for calls within a range, in the order of their ids. Blocks overlap, because several nodes write and calls end in another order
 * than they began: so one is read when what was found is not sure to come before all of it. How much is looked through is bounded, so
 * that a search for something rare cannot keep a node busy.
 */
export async function searchCalls(tx: Tx, org: OrganisationId, search: CallSearch): Promise<CallScan> {
  const { range, filter, direction, limit, bounds = { blocks: 5000, calls: 20_000 } } = search;
  const isOlder = direction === "older";
  const comesFirst = (one: string, other: string) => (isOlder ? one > other : one < other);
  const start = isOlder ? range.below : range.above;
  const found: Call[] = [];
  let [blocksLeft, callsLeft] = [bounds.blocks, bounds.calls];
  for (let edge: string | undefined; ; ) {
    const heads = await readHeads(tx, org, search, edge);
    for (const head of heads) {
      edge = isOlder ? head.last_id : head.first_id;
      const last = found[limit - 1];
      if (last && comesFirst(last.id, edge)) return { calls: found.slice(0, limit), rest: undefined };
      // Blocks that reach over the start are looked at each time: counted, they could use up all of each search.
      const isBeyond = comesFirst(start, edge);
      if (isBeyond && (blocksLeft <= 0 || callsLeft <= 0)) return unfinished(edge);
      if (isBeyond) blocksLeft -= 1;
      if (head.is_hit === 0) continue;
      if (isBeyond) callsLeft -= Number(head.size);
      const block = await readBlock(tx, org, head.last_id);
      // Dropped meanwhile: it was past its time.
      if (!block) continue;
      found.push(...callsIn(block, range, filter));
      found.sort((one, other) => (comesFirst(one.id, other.id) ? -1 : 1));
      // The embedded engine answers at once, and other requests wait meanwhile.
      await setImmediate();
    }
    if (heads.length < headsMax) return { calls: found.slice(0, limit), rest: undefined };
  }

  function unfinished(edge: string): CallScan {
    const certain = found.filter(({ id }) => comesFirst(id, edge));
    return { calls: certain, rest: isOlder ? justAbove(edge) : justBelow(edge) };
  }
}

/** Texts between an id and its neighbours: in the order of bytes `~` comes after all of an id's characters. */
export const justAbove = (id: string): string => `${id}~`;
export const justBelow = (id: string): string => `${id.slice(0, -1)}${String.fromCharCode(id.charCodeAt(id.length - 1) - 1)}~`;

interface Head {
  readonly last_id: string;
  readonly first_id: string;
  readonly size: number | string;
  readonly is_hit: number;
}

const headsMax = 500;

/** The next blocks that may hold calls in the range, nearest first. Blocks that overlap a bound lie within the span of it. */
async function readHeads(
  tx: Tx,
  org: OrganisationId,
  { range: { above, below }, filter, direction }: CallSearch,
  edge: string | undefined,
): Promise<Head[]> {
  const [next, order] =
    direction === "older"
      ? [sql`last_id < ${edge ?? `${spanOf(below)}~`}`, sql`last_id desc`]
      : [sql`first_id > ${edge ?? spanOf(above)}`, sql`first_id`];
  const place = tx.engine === "postgres" ? sql`strpos` : sql`instr`;
  const isHit = termsOf(filter).map((term) => sql`and ${place}(terms, ${term}) > 0`);
  return tx.all(sql<Head>`
    select last_id, first_id, size, case when 1 = 1 ${sql.join(isHit, sql` `)} then 1 else 0 end as is_hit
    from call_blocks
    where org_id = ${org} and ${next} and last_id > ${above} and first_id < ${below}
    order by ${order}
    limit ${headsMax}
  `);
}

/** The call with this id, when it fits `filter`. Undefined when there is none. */
export async function getCall(tx: Tx, org: OrganisationId, id: string, filter: CallFilter): Promise<Call | undefined> {
  const place = tx.engine === "postgres" ? sql`strpos` : sql`instr`;
  // Blocks never reach beyond a span, so few are looked at. The text may stand in one for another reason.
  const blocks = await tx.all(sql<Pick<CallBlock, "terms" | "rows">>`
    select terms, rows
    from call_blocks
    where org_id = ${org} and last_id >= ${id} and last_id < ${`${spanOf(id)}~`} and first_id <= ${id} and ${place}(rows, ${`"${id}"`}) > 0
    limit ${headsMax}
  `);
  return blocks.flatMap((block) => callsIn(block, { above: justBelow(id), below: justAbove(id) }, filter))[0];
}

function readBlock(tx: Tx, org: OrganisationId, lastId: string): Promise<Pick<CallBlock, "terms" | "rows"> | undefined> {
  return tx.first(sql<Pick<CallBlock, "terms" | "rows">>`
    select terms, rows
    from call_blocks
    where org_id = ${org} and last_id = ${lastId}
  `);
}
