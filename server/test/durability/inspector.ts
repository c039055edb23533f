import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Place } from "../harness/engines.ts";

/** Looks into a database from outside of Mooring, past every rule of its own. */
export interface Inspector {
  rows<Row>(sql: string): Promise<Row[]>;
  /** What of the invariants does not hold, a line each (B-1). */
  faults(): Promise<string[]>;
  /** Waits until the database is done with what killed processes had sent it: only then is it certain what they achieved. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Needs the database to be there: Mooring started on it once. */
export function inspect(place: Pick<Place, "engine" | "url" | "dataDir">): Inspector {
  const { rows, close } = place.url === undefined ? inspectSqlite(place.dataDir) : inspectPostgres(place.url);
  return { rows, close, faults, settled };

  async function faults(): Promise<string[]> {
    const found: string[] = [];
    for (const [name, sql] of Object.entries({ ...invariants, ...engineInvariants[place.engine] })) {
      const broken = await rows<object>(sql);
      if (broken.length > 0) found.push(`${name}: ${JSON.stringify(broken.slice(0, 5))}`);
    }
    return found;
  }

  async function settled(): Promise<void> {
    if (place.engine === "sqlite") return;
    for (let attempt = 0; attempt < 1000; attempt++) {
      const others = await rows(otherSessions);
      if (others.length === 0) return;
      await pause(5);
    }
    throw new Error("PostgreSQL still serves a process that was killed.");
  }
}

const otherSessions = `
  select pid from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
`;

function inspectSqlite(dataDir: string) {
  const database = new DatabaseSync(join(dataDir, "mooring.db"), { readOnly: true, timeout: 2000 });
  return {
    rows: async <Row>(sql: string) => database.prepare(sql).all() as Row[],
    close: async () => database.close(),
  };
}

function inspectPostgres(url: string) {
  // One connection, so that whoever else is connected is Mooring.
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 });
  return {
    rows: async <Row>(sql: string) => (await pool.query(sql)).rows as Row[],
    close: () => pool.end(),
  };
}

const dense = (table: string, list: string) => `
  select ${list}
  from ${table}
  group by ${list}
  having min(position) <> 0 or max(position) <> count(*) - 1 or count(distinct position) <> count(*)
`;

/** Each gives the rows that break it. */
const invariants = {
  "a connection has an environment": `
    select id from connections c
    where not exists (select 1 from environments e where e.org_id = c.org_id and e.connection_id = c.id)
  `,
  "environments have the places 0, 1, 2 ...": dense("environments", "connection_id"),
  "credentials of an environment have the places 0, 1, 2 ...": dense("environment_credentials", "environment_id, purpose"),
  "connections are counted right": `
    select n.protocol, n.connections from connection_counts n
    where n.connections <> (select count(*) from connections c where c.org_id = n.org_id and c.protocol = n.protocol)
  `,
  "every kind of connection is counted": `
    select id from connections c
    where not exists (select 1 from connection_counts n where n.org_id = c.org_id and n.protocol = c.protocol)
  `,
  "a request has one audit row": "select request_id from audit group by request_id having count(*) <> 1",
  "a claimed Idempotency-Key has its answer": "select key from idempotency where sealed is null",
  "verified events of a connection have positions one after the other": `
    select connection_id from events
    group by connection_id
    having count(position) <> coalesce(max(position) - min(position) + 1, 0) or count(distinct position) <> count(position)
  `,
  "an event of a subscription is on its way to its destination, or was": `
    select e.id
    from subscriptions s
    join destinations d on d.org_id = s.org_id and d.subscription_id = s.id
    join events e on e.org_id = s.org_id and e.connection_id = s.connection_id and e.origin = 'verified'
    where not exists (select 1 from deliveries w where w.org_id = s.org_id and w.subscription_id = s.id and w.event_id = e.id)
  `,
  "no name is parked": "select name from environments where name < ' '",
};

const engineInvariants = {
  sqlite: {
    "foreign keys hold": "select * from pragma_foreign_key_check",
    "the file is whole": "select * from pragma_integrity_check where integrity_check <> 'ok'",
  },
  postgres: { "foreign keys hold": "select conname from pg_constraint where not convalidated" },
};
