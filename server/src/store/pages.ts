import { type RawBuilder, sql } from "kysely";
import { Problem } from "../kernel/errors.ts";
import type { Tx } from "./database.ts";

/** What a caller asked of a list. `first` is 1 to 100, 20 when left out. */
export interface PageRequest {
  readonly first?: number | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

export interface Page<Noun> {
  readonly totalCount: number;
  readonly next?: string;
  readonly prev?: string;
  readonly items: Noun[];
}

/** One key of an order. `field` is the noun's name for it, `column` the select's; the last key must be unique. */
export interface OrderKey {
  readonly field: string;
  readonly column: string;
  readonly direction: "asc" | "desc";
}

/** Newest change first; the id breaks ties. */
export const newestFirst: readonly OrderKey[] = [
  { field: "updatedAt", column: "updated_at", direction: "desc" },
  { field: "id", column: "id", direction: "desc" },
];

/** Keeps the rows whose `name` contains `text` in any case; all of them when there is none. Names of content are ASCII. */
export function nameContains(text: string | undefined): RawBuilder<unknown> {
  if (text === undefined || text === "") return sql``;
  // Names have no such character, and PostgreSQL takes no NUL even as a parameter.
  if (!/^[\w$-]*$/.test(text)) return sql`and 1 = 0`;
  return sql`and lower(name) like ${`%${text.toLowerCase().replaceAll("_", "\\_")}%`} escape '\\'`;
}

/**
 * One page in a stable order. A cursor holds the order keys of the row beside the cut, so a page neither repeats nor skips a row that
 * did not itself move, whatever is written meanwhile. Throws `Problem` invalid_request on a cursor that is not of this order.
 */
export async function readPage<Row, Noun>(
  tx: Tx,
  { first = 20, after, before }: PageRequest,
  list: {
    from: RawBuilder<unknown>;
    columns: RawBuilder<unknown>;
    where: RawBuilder<unknown>;
    order: readonly OrderKey[];
    noun: (row: Row) => Noun;
    /** Where rows may be long: a page ends early, though never empty, before all on it weigh more. The cursor goes on from there. */
    weight?: { readonly of: (row: Row) => number; readonly max: number };
    /** How many rows there are, where counting them would be slow. */
    count?: () => Promise<number>;
  },
): Promise<Page<Noun>> {
  const { from, columns, where, order } = list;
  const backwards = before !== undefined;
  const cut = cursorValues(after ?? before, after !== undefined && backwards, order);
  const direction = backwards ? order.map(reversed) : order;
  const beyond = cut ? sql`and ${isBeyond(direction, cut)}` : sql``;
  const rows = await tx.all<Row & Record<string, unknown>>(sql<Row & Record<string, unknown>>`
    select ${columns}
    from ${from}
    where ${where} ${beyond}
    order by ${orderBy(direction)}
    limit ${first + 1}
  `);
  const shown = rows.slice(0, Math.min(first, list.weight ? countWithin(rows, list.weight) : first));
  const isMore = rows.length > shown.length;
  if (backwards) shown.reverse();

  // A cursor that came from a page proves a row on its other side; that row may be gone since, so it is looked up.
  const edge = shown[0] ?? undefined;
  const last = shown.at(-1);
  const isBefore = backwards ? isMore : cut !== undefined && edge !== undefined && (await isAny(order.map(reversed), edge));
  const isAfter = backwards ? last !== undefined && (await isAny(order, last)) : isMore;
  // A first page that is the last holds all there are.
  const totalCount = cut === undefined && !isMore ? shown.length : await (list.count ?? countRows)();
  return {
    totalCount,
    ...(isAfter && last ? { next: cursorOf(order, last) } : {}),
    ...(isBefore && edge ? { prev: cursorOf(order, edge) } : {}),
    items: shown.map(list.noun),
  };

  async function isAny(keys: readonly OrderKey[], row: Record<string, unknown>): Promise<boolean> {
    const values = keys.map(({ column }) => row[column]);
    return (await tx.first(sql`select 1 as found from ${from} where ${where} and ${isBeyond(keys, values)} limit 1`)) !== undefined;
  }

  async function countRows(): Promise<number> {
    const row = await tx.first(sql<{ rows: number | string }>`select count(*) as rows from ${from} where ${where}`);
    return Number(row?.rows ?? 0);
  }
}

/** How many of the rows weigh no more than they may together; one, where the first does alone. */
function countWithin<Row>(rows: readonly Row[], { of, max }: { of: (row: Row) => number; max: number }): number {
  let weight = 0;
  const beyond = rows.findIndex((row) => {
    weight += of(row);
    return weight > max;
  });
  return beyond === -1 ? rows.length : Math.max(1, beyond);
}

const reversed = (key: OrderKey): OrderKey => ({ ...key, direction: key.direction === "asc" ? "desc" : "asc" });

const orderBy = (order: readonly OrderKey[]) =>
  sql.join(order.map(({ column, direction }) => (direction === "asc" ? sql`${sql.ref(column)} asc` : sql`${sql.ref(column)} desc`)));

/** The rows after `values` in `order`. The bound on the first key alone repeats what the rest says, so that an index on it is used. */
function isBeyond(order: readonly OrderKey[], values: readonly unknown[]): RawBuilder<unknown> {
  const comparison = ({ column, direction }: OrderKey, value: unknown) =>
    direction === "asc" ? sql`${sql.ref(column)} > ${value}` : sql`${sql.ref(column)} < ${value}`;
  const ways = order.map((key, depth) => {
    const equal = order.slice(0, depth).map(({ column }, index) => sql`${sql.ref(column)} = ${values[index]}`);
    return sql`(${sql.join([...equal, comparison(key, values[depth])], sql` and `)})`;
  });
  const [head] = order;
  if (!head || order.length === 1) return sql.join(ways, sql` or `);
  const bound = head.direction === "asc" ? sql`${sql.ref(head.column)} >= ${values[0]}` : sql`${sql.ref(head.column)} <= ${values[0]}`;
  return sql`(${bound} and (${sql.join(ways, sql` or `)}))`;
}

/** A cursor at `row` of a list in `order`. */
export function cursorOf(order: readonly OrderKey[], row: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify([nameOf(order), ...order.map(({ column }) => row[column])])).toString("base64url");
}

/**
 * The order keys that a cursor of a list in `order` holds; undefined when there is none. Throws `Problem` invalid_request on one that
 * the list did not give, and when `isBoth` says that two were sent.
 */
export function cursorValues(cursor: string | undefined, isBoth: boolean, order: readonly OrderKey[]): string[] | undefined {
  if (isBoth) throw new Problem("invalid_request", { fields: [{ field: "before", message: "Send after or before, not both." }] });
  if (cursor === undefined) return undefined;
  const [name, ...values] = parse(cursor);
  if (name !== nameOf(order) || values.length !== order.length || !values.every(isKept)) {
    throw new Problem("invalid_request", { message: "The cursor is not one that this list, in this order, gave." });
  }
  return values;
}

// PostgreSQL keeps no NUL, so no row has one.
const isKept = (value: unknown): value is string => typeof value === "string" && !value.includes("\0");

function parse(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

const nameOf = (order: readonly OrderKey[]) => order.map(({ field, direction }) => `${field}:${direction}`).join(",");

/** A page of a list that is constant. Throws `Problem` invalid_request on a cursor it did not give. */
export function pageOf<Noun extends { readonly id: string }>(all: readonly Noun[], { first = 20, after, before }: PageRequest): Page<Noun> {
  const order = [{ field: "id", column: "id", direction: "asc" }] as const;
  const [cut] = cursorValues(after ?? before, after !== undefined && before !== undefined, order) ?? [];
  const at = cut === undefined ? -1 : all.findIndex(({ id }) => id === cut);
  const start = before === undefined ? at + 1 : Math.max(0, at - first);
  const end = before === undefined ? start + first : Math.max(0, at);
  const items = all.slice(start, end);
  const [edge, last] = [items[0], items.at(-1)];
  return {
    totalCount: all.length,
    ...(last && end < all.length ? { next: cursorOf(order, { id: last.id }) } : {}),
    ...(edge && start > 0 ? { prev: cursorOf(order, { id: edge.id }) } : {}),
    items,
  };
}
