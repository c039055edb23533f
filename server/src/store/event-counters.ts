import { sql } from "kysely";
import type { NewEvent } from "../domain/event.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";

/** How far a connection's events, or those of one of its triggers in one environment, are counted. */
export interface Counter {
  readonly connectionId: ConnectionId;
  /** Both empty for the one of all the connection's events. */
  readonly environmentId: string;
  readonly triggerName: string;
  last: number;
  isMoved: boolean;
}

export const counterKey = (connectionId: ConnectionId, environmentId: string, triggerName: string) =>
  `${connectionId} ${environmentId} ${triggerName}`;

/**
 * The counters that verified and own events need, held until the transaction ends. Those of connections come first, in one order, and
 * those of their triggers only once they are held: so no two transactions wait for each other, also where counters are missing yet.
 */
export async function lockCounters(tx: Tx, org: OrganisationId, events: readonly NewEvent[]): Promise<Map<string, Counter>> {
  const ofConnections: Needed = new Map();
  const ofTriggers: Needed = new Map();
  for (const { origin, connectionId, environmentId = "", triggerName } of events) {
    if (origin === "unverified") continue;
    ofConnections.set(counterKey(connectionId, "", ""), { connectionId, environmentId: "", triggerName: "" });
    if (triggerName === undefined) continue;
    ofTriggers.set(counterKey(connectionId, environmentId, triggerName), { connectionId, environmentId, triggerName });
  }
  return new Map([...(await held(tx, org, ofConnections)), ...(await held(tx, org, ofTriggers))]);
}

type Needed = Map<string, Omit<Counter, "last" | "isMoved">>;

async function held(tx: Tx, org: OrganisationId, needed: Needed): Promise<Map<string, Counter>> {
  if (needed.size === 0) return new Map();
  const wanted = [...needed].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, counter]) => counter);
  const found = await readCounters(tx, org, wanted);
  if (found.size === needed.size) return found;
  // Whoever made one meanwhile is waited for, and then it is there.
  for (const { connectionId, environmentId, triggerName } of wanted) {
    await tx.run(sql`
      insert into event_sequences (org_id, connection_id, environment_id, trigger_name, last)
      values (${org}, ${connectionId}, ${environmentId}, ${triggerName}, 0)
      on conflict (org_id, connection_id, environment_id, trigger_name) do nothing
    `);
  }
  return readCounters(tx, org, wanted);
}

type Wanted = readonly Omit<Counter, "last" | "isMoved">[];

async function readCounters(tx: Tx, org: OrganisationId, wanted: Wanted): Promise<Map<string, Counter>> {
  const rows = tx.engine === "postgres" ? await lockedRows(tx, org, wanted) : await rowsOneByOne(tx, org, wanted);
  return new Map(
    rows.map(({ connection_id, environment_id, trigger_name, last }) => [
      counterKey(connection_id, environment_id, trigger_name),
      { connectionId: connection_id, environmentId: environment_id, triggerName: trigger_name, last: Number(last), isMoved: false },
    ]),
  );
}

interface CounterRow {
  connection_id: ConnectionId;
  environment_id: string;
  trigger_name: string;
  last: number | string;
}

function lockedRows(tx: Tx, org: OrganisationId, wanted: Wanted): Promise<CounterRow[]> {
  return tx.all(sql<CounterRow>`
    select s.connection_id, s.environment_id, s.trigger_name, s.last
    from event_sequences s
    join ${unnested(wanted)} as w (connection_id, environment_id, trigger_name)
      on w.connection_id = s.connection_id and w.environment_id = s.environment_id and w.trigger_name = s.trigger_name
    where s.org_id = ${org}
    order by s.connection_id, s.environment_id, s.trigger_name
    for update of s
  `);
}

/** The embedded engine has one writer, which is lock enough. */
async function rowsOneByOne(tx: Tx, org: OrganisationId, wanted: Wanted): Promise<CounterRow[]> {
  const rows: CounterRow[] = [];
  for (const { connectionId, environmentId, triggerName } of wanted) {
    const row = await tx.first(sql<CounterRow>`
      select connection_id, environment_id, trigger_name, last
      from event_sequences
      where org_id = ${org} and connection_id = ${connectionId} and environment_id = ${environmentId} and trigger_name = ${triggerName}
    `);
    if (row) rows.push(row);
  }
  return rows;
}

/** Writes down how far those counted that were moved. */
export async function moveCounters(tx: Tx, org: OrganisationId, counters: ReadonlyMap<string, Counter>): Promise<void> {
  const moved = [...counters.values()].filter(({ isMoved }) => isMoved);
  if (moved.length === 0) return;
  if (tx.engine === "postgres") {
    await tx.run(sql`
      update event_sequences s
      set last = w.last
      from unnest(${moved.map(({ connectionId }) => connectionId)}::text[], ${moved.map(({ environmentId }) => environmentId)}::text[],
        ${moved.map(({ triggerName }) => triggerName)}::text[], ${moved.map(({ last }) => last)}::bigint[])
        as w (connection_id, environment_id, trigger_name, last)
      where s.org_id = ${org} and s.connection_id = w.connection_id and s.environment_id = w.environment_id and s.trigger_name = w.trigger_name
    `);
    return;
  }
  const written = moved.map(({ connectionId, environmentId, triggerName, last }) =>
    tx.run(sql`
      update event_sequences
      set last = ${last}
      where org_id = ${org} and connection_id = ${connectionId} and environment_id = ${environmentId} and trigger_name = ${triggerName}
    `),
  );
  await Promise.all(written);
}

const unnested = (wanted: Wanted) => sql`unnest(${wanted.map(({ connectionId }) => connectionId)}::text[],
  ${wanted.map(({ environmentId }) => environmentId)}::text[], ${wanted.map(({ triggerName }) => triggerName)}::text[])`;
