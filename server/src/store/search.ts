import type { SearchItemAction, SearchItemConnection } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { Sought, Spellings } from "../domain/search.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";

/** What to look for, of which connections, and how much of what is there to look at: the connections that changed last go first. */
export interface Search {
  readonly sought: Sought;
  readonly limit: number;
  readonly ids?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
  readonly bounds?: SearchBounds | undefined;
}

/** How many rows one search looks at, so that it cannot keep a node busy. */
export interface SearchBounds {
  readonly connections: number;
  readonly versions: number;
  readonly actions: number;
}

const defaultBounds: SearchBounds = { connections: 20_000, versions: 20_000, actions: 50_000 };

/** Something that was found. A lower rank is a better match. */
export interface Found<Item> {
  readonly rank: number;
  readonly item: Item;
}

/** Connections whose name and address together hold every word, the best first. */
export async function searchConnections(tx: Tx, org: OrganisationId, search: Search): Promise<Found<SearchItemConnection>[]> {
  const { sought, limit } = search;
  const rows = await tx.all(sql<ConnectionRow & { rank: number | string }>`
    select id, name, protocol, ${rankOf(tx, sought)} as rank
    from (${seenConnections(org, search)}) as seen
    where ${holds(tx, sought, [sql`folded`, sql`address`])}
    order by rank, folded, id
    limit ${limit}
  `);
  return rows.map(({ rank, ...connection }) => ({ rank: Number(rank), item: { kind: "connection", connection } }));
}

/**
 * Actions whose name, summary and path together hold every word, the best first: of each connection's default version, else of the
 * latest, else of its newest draft. Only of what is answered are documents read; versions without actions are passed over.
 */
export async function searchActions(tx: Tx, org: OrganisationId, search: Search): Promise<Found<SearchItemAction>[]> {
  const { sought, limit, bounds = defaultBounds } = search;
  // Cross joins are made as they are written: the embedded engine would else look at every version for every action.
  const rows = await tx.all(sql<ActionRow>`
    with recursive filled (version_id, place) as (
      select max(version_id), 1 from actions where org_id = ${org}
      union all
      select (select max(version_id) from actions where org_id = ${org} and version_id < filled.version_id), place + 1
      from filled
      where filled.version_id is not null and place < ${bounds.versions}
    ),
    holders as materialized (
      select distinct connection_id
      from filled
      cross join versions
      where versions.org_id = ${org} and versions.id = filled.version_id ${within(org, sql`connection_id`, search)}
    ),
    chosen as materialized (
      select (
        select id
        from versions
        where org_id = ${org} and connection_id = holders.connection_id
        order by is_default desc, case when published_at is null then 1 else 0 end, coalesce(published_at, created_at) desc, id desc
        limit 1
      ) as version_id
      from holders
    ),
    looked as (
      select actions.version_id, actions.id, actions.name, actions.search
      from chosen
      cross join actions
      where actions.org_id = ${org} and actions.version_id = chosen.version_id
      limit ${bounds.actions}
    ),
    found as materialized (
      select version_id, id, lower(name) as folded, ${rankOf(tx, sought)} as rank
      from looked
      where ${holds(tx, sought, [sql`search`])}
      order by rank, folded, version_id
      limit ${limit}
    )
    select found.rank, actions.name, actions.summary, actions.method, actions.path, versions.name as version,
      connections.id as connection_id, connections.name as connection_name, connections.protocol
    from found
    cross join actions
    cross join versions
    cross join connections
    where actions.org_id = ${org} and actions.version_id = found.version_id and actions.id = found.id
      and versions.org_id = ${org} and versions.id = found.version_id
      and connections.org_id = ${org} and connections.id = versions.connection_id
    order by found.rank, found.folded, found.version_id
  `);
  return rows.map(actionOf);
}

interface ConnectionRow {
  id: string;
  name: string;
  protocol: "http" | "bigquery";
}

interface ActionRow {
  name: string;
  summary: string | null;
  method: NonNullable<SearchItemAction["method"]> | null;
  path: string | null;
  rank: number | string;
  version: string;
  connection_id: string;
  connection_name: string;
  protocol: ConnectionRow["protocol"];
}

function actionOf({
  name,
  summary,
  method,
  path,
  rank,
  version,
  connection_id: id,
  connection_name,
  protocol,
}: ActionRow): Found<SearchItemAction> {
  const item: SearchItemAction = {
    kind: "action",
    connection: { id, name: connection_name, protocol },
    version,
    name,
    ...(summary === null ? {} : { summary }),
    ...(method === null ? {} : { method }),
    ...(path === null ? {} : { path }),
  };
  return { rank: Number(rank), item };
}

function seenConnections(org: OrganisationId, search: Search): RawBuilder<unknown> {
  return sql`
    select id, name, protocol, lower(name) as folded, lower(coalesce(base_url, dataset_id)) as address
    from connections
    where org_id = ${org} ${within(org, sql`id`, search)}
    order by updated_at desc
    limit ${(search.bounds ?? defaultBounds).connections}
  `;
}

/** Keeps to the connections that a key is limited to, or that have an environment which it is limited to. */
function within(org: OrganisationId, id: RawBuilder<unknown>, { ids, environments }: Search): RawBuilder<unknown> {
  const ofKey = ids === undefined ? sql`` : sql`and ${id} in (${sql.join([...ids, ""])})`;
  const withEnvironments =
    environments === undefined
      ? sql``
      : sql`and ${id} in (select connection_id from environments where org_id = ${org} and id in (${sql.join([...environments, ""])}))`;
  return sql`${ofKey} ${withEnvironments}`;
}

/** Whether every word is in one of the columns, whose case is folded. Not by LIKE, which takes time for each character of the pattern at each place. */
function holds({ engine }: Tx, { words }: Sought, columns: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  const isIn = (word: Spellings) =>
    sql.join(
      columns.flatMap((column) => word.map((spelling) => sql`${place(engine, column, spelling)} > 0`)),
      sql` or `,
    );
  return sql.join(
    words.map((word) => sql`(${isIn(word)})`),
    sql` and `,
  );
}

/** 0 where the name is the text, 1 where it begins with it, 2 where a word in it does, 3 where it is in it, 4 where words are elsewhere. */
function rankOf({ engine }: Tx, { whole, capitalised }: Sought): RawBuilder<unknown> {
  const name = sql`lower(name)`;
  const any = (conditions: RawBuilder<unknown>[]) => sql.join(conditions, sql` or `);
  return sql`
    case
      when ${name} in (${sql.join([...whole])}) then 0
      when ${any(whole.map((text) => sql`${place(engine, name, text)} = 1`))} then 1
      when ${any(separators.flatMap((separator) => whole.map((text) => sql`${place(engine, name, separator + text)} > 0`)))} then 2
      when ${any(capitalised.map((text) => sql`${place(engine, sql`name`, text)} > 0`))} then 2
      when ${any(whole.map((text) => sql`${place(engine, name, text)} > 0`))} then 3
      else 4
    end`;
}

const separators = [" ", "-", "_", ".", "/", "$"];

/** Where the text is in the column, from 1 on; 0 or null when it is not. */
const place = (engine: Tx["engine"], column: RawBuilder<unknown>, text: string) =>
  engine === "sqlite" ? sql`instr(${column}, ${text})` : sql`strpos(${column}, ${text})`;
