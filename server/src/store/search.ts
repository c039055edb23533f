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

const defaultBounds: SearchBounds = { connections: 20_000, versions: 100_000, actions: 50_000 };

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
    where ${holds(tx, sought, [sql`name`, sql`address`])}
    order by rank, lower(name), id
    limit ${limit}
  `);
  return rows.map(({ rank, ...connection }) => ({ rank: Number(rank), item: { kind: "connection", connection } }));
}

/**
 * Actions whose name, summary and path together hold every word, the best first: of each connection's default version, else of the
 * latest, else of its newest draft. All of it is in an index; no action's document is read.
 */
export async function searchActions(tx: Tx, org: OrganisationId, search: Search): Promise<Found<SearchItemAction>[]> {
  const { sought, limit, bounds = defaultBounds } = search;
  const rows = await tx.all(sql<ActionRow>`
    with seen as materialized (${seenConnections(org, search)}),
    chosen as materialized (
      select connection_id, max(${choice}) as choice
      from (
        select id, connection_id, is_default, published_at, created_at
        from versions
        where org_id = ${org} and connection_id in (select id from seen)
        limit ${bounds.versions}
      ) as versions
      group by connection_id
    ),
    looked as (
      select chosen.connection_id, actions.version_id, actions.name, actions.summary, actions.method, actions.path
      from chosen
      join actions on actions.org_id = ${org} and actions.version_id = ${choiceId}
      limit ${bounds.actions}
    ),
    found as (
      select connection_id, version_id, name, summary, method, path, ${rankOf(tx, sought)} as rank
      from looked
      where ${holds(tx, sought, [sql`name`, sql`summary`, sql`path`])}
      order by rank, lower(name), version_id
      limit ${limit}
    )
    select found.name, found.summary, found.method, found.path, found.rank, versions.name as version,
      seen.id as connection_id, seen.name as connection_name, seen.protocol
    from found
    join seen on seen.id = found.connection_id
    join versions on versions.org_id = ${org} and versions.id = found.version_id
    order by rank, lower(found.name), found.version_id
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

function seenConnections(org: OrganisationId, { ids, environments, bounds = defaultBounds }: Search): RawBuilder<unknown> {
  const ofKey = ids === undefined ? sql`` : sql`and id in (${sql.join([...ids, ""])})`;
  const withEnvironments =
    environments === undefined
      ? sql``
      : sql`and id in (select connection_id from environments where org_id = ${org} and id in (${sql.join([...environments, ""])}))`;
  return sql`
    select id, name, protocol, coalesce(base_url, dataset_id) as address
    from connections
    where org_id = ${org} ${ofKey} ${withEnvironments}
    order by updated_at desc
    limit ${bounds.connections}
  `;
}

/** Orders the versions of a connection as the names `default` and `latest` do, drafts behind them; the id is at its end. */
const choice = sql`cast(is_default as text) || case when published_at is null then '0' || created_at else '1' || published_at end || id`;
const choiceId = sql`substr(chosen.choice, length(chosen.choice) - 25)`;

/** Whether every word is in one of the columns. Not by LIKE, which takes time for each character of the pattern at each place. */
function holds({ engine }: Tx, { words }: Sought, columns: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  const isIn = (word: Spellings) =>
    sql.join(
      columns.flatMap((column) => word.map((spelling) => sql`${place(engine, sql`lower(${column})`, spelling)} > 0`)),
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
