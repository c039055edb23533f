import type { ConnectionSummary, Health } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import { searchedSpellings } from "../domain/connection-search.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import { countConnections } from "./connections.ts";
import type { Tx } from "./database.ts";
import { isAmong } from "./lists.ts";
import { type OrderKey, type Page, type PageRequest, readPage } from "./pages.ts";

/** A connection's own part of its summary. */
export type ConnectionHead = Pick<ConnectionSummary, "id" | "name" | "protocol" | "address" | "createdAt" | "updatedAt">;

export interface SummaryRequest extends PageRequest {
  readonly order: readonly OrderKey[];
  readonly search?: string | undefined;
  readonly protocol?: string | undefined;
  /** What a key is limited to: these connections, and those that have one of these environments. */
  readonly ids?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
  readonly health?: HealthRequest | undefined;
}

/** Only connections that are doing so, by which of them are known to need a person or to fail. */
export interface HealthRequest {
  readonly health: Health;
  readonly attention: readonly string[];
  readonly failing: readonly string[];
  /** What was called since then is in use. */
  readonly inUseSince: string;
}

/** A page of connections that fit all that is asked for. */
export async function listHeads(tx: Tx, org: OrganisationId, request: SummaryRequest): Promise<Page<ConnectionHead>> {
  const { order, search = "", protocol, ids, environments, health } = request;
  const place = tx.engine === "postgres" ? sql`strpos` : sql`instr`;
  const conditions = [
    search === "" ? undefined : isAnyOf(searchedSpellings(search).map((text) => sql`${place}(search_text, ${text}) > 0`)),
    protocol === undefined ? undefined : sql`protocol = ${protocol}`,
    ids && isAmong(tx, "id", ids),
    environments && sql`id in (select connection_id from environments where org_id = ${org} and ${isAmong(tx, "id", environments)})`,
    health && isDoing(tx, org, health, environments),
  ].filter((condition) => condition !== undefined);
  const isNarrowed = conditions.length > (protocol === undefined ? 0 : 1);
  return readPage(tx, request, {
    from: sql`connections`,
    columns: sql`id, name, protocol, base_url, dataset_id, created_at, updated_at`,
    where: sql.join([sql`org_id = ${org}`, ...conditions], sql` and `),
    order,
    noun: headOf,
    ...(isNarrowed ? {} : { count: () => countConnections(tx, org, protocol === undefined ? undefined : [protocol]) }),
  });
}

const isAnyOf = (conditions: RawBuilder<unknown>[]) => sql`(${sql.join(conditions, sql` or `)})`;

function isDoing(
  tx: Tx,
  org: OrganisationId,
  { health, attention, failing, inUseSince }: HealthRequest,
  environments: readonly string[] | undefined,
): RawBuilder<unknown> {
  if (health === "attention") return isAmong(tx, "id", attention);
  if (health === "failing") return isAmong(tx, "id", failing);
  const ofKey = environments === undefined ? sql`` : sql`and ${isAmong(tx, "environment_id", environments)}`;
  const isWell = sql`not ${isAmong(tx, "id", [...attention, ...failing])}`;
  const isRecent = sql`org_id = ${org} and last_call_at >= ${inUseSince} ${ofKey}`;
  // Most are in use: a page of those is soon found by asking one after the other, and what is not is sooner found in a list of them.
  return health === "ok"
    ? sql`${isWell} and exists (select 1 from call_places where ${isRecent} and connection_id = connections.id)`
    : sql`${isWell} and id not in (select connection_id from call_places where ${isRecent})`;
}

interface HeadRow {
  readonly id: string;
  readonly name: string;
  readonly protocol: ConnectionSummary["protocol"];
  readonly base_url: string | null;
  readonly dataset_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

const headOf = ({ id, name, protocol, base_url, dataset_id, created_at, updated_at }: HeadRow): ConnectionHead => ({
  id,
  name,
  protocol,
  address: base_url ?? dataset_id ?? "",
  createdAt: created_at,
  updatedAt: updated_at,
});

export interface EnvironmentHead {
  readonly id: string;
  readonly connectionId: string;
  readonly name: string;
  readonly slug: string;
}

/** The environments of these connections, each connection's in their order; of those given alone, where a key is limited to some. */
export async function environmentsOf(
  tx: Tx,
  org: OrganisationId,
  connections: readonly string[],
  environments: readonly string[] | undefined,
): Promise<EnvironmentHead[]> {
  const ofKey = environments === undefined ? sql`` : sql`and ${isAmong(tx, "id", environments)}`;
  return tx.all(sql<EnvironmentHead>`
    select id, connection_id as "connectionId", name, slug
    from environments
    where org_id = ${org} and ${isAmong(tx, "connection_id", connections)} ${ofKey}
    order by connection_id, position
  `);
}
