import { createHash } from "node:crypto";
import type { RawBuilder } from "kysely";
import pg from "pg";
import { Problem } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Secret } from "../kernel/secret.ts";
import { compile } from "./compile.ts";
import type { Change, Database, Reach, Tx } from "./database.ts";
import { applicationRole, migratePostgres } from "./migrate-postgres.ts";
import { listenForChanges } from "./postgres-changes.ts";

/**
 * Opens PostgreSQL at `url`. Its connections run as a role that owns nothing and cannot step around row-level security (T-1).
 * Every wait has an end (B-7): a request meets `Problem` database_unavailable within 5 s when the server does not answer,
 * and a socket that went silent is destroyed, not kept.
 */
export async function openPostgres({
  url,
  log,
  connectionsMax = 20,
}: {
  url: Secret;
  log: Log;
  connectionsMax?: number;
}): Promise<Database> {
  await migratePostgres({ connectionString: url.reveal() });
  const settings = { connectionString: url.reveal(), ...deadlines, options: `-c role=${applicationRole} -c jit=off` };
  const pool = new pg.Pool({ ...settings, max: connectionsMax, idleTimeoutMillis: 30_000, pipeline: true } as pg.PoolConfig);
  // Without a listener an idle connection's error would end the process; the pool has dropped that connection already.
  pool.on("error", (error) => log.warn("a database connection was lost", { error }));
  // One that is lost while it is in use shows in the query that follows; the event of it must not end the process either.
  pool.on("connect", (client) => client.on("error", () => {}));
  const changes = await listenForChanges({ settings, log });

  return {
    engine: "postgres",
    changes,
    read: (reach, work) => within(pool, `begin read only;${claim(reach)}`, (client) => work(createTx(client))),
    write: (reach, work, how) => write(pool, `begin;${claim(reach)}${how?.durability === "relaxed" ? relaxed : ""}`, work, changes.publish),
    async ping() {
      await within(pool, "begin read only", async (client) => client.query("select 1"));
    },
    async close() {
      await changes.close();
      await pool.end();
    },
  };
}

// Waiting for a connection and the first unanswered statement together stay below 5 s; a timeout ends the transaction.
const deadlines = {
  connectionTimeoutMillis: 2_000,
  lock_timeout: 2_000,
  statement_timeout: 2_500,
  query_timeout: 2_800,
  idle_in_transaction_session_timeout: 10_000,
  keepAlive: true,
} as const;

const attemptsMax = 4;
const relaxed = ";set local synchronous_commit = off";

async function write<Result>(
  pool: pg.Pool,
  opening: string,
  work: (tx: Tx) => Promise<Result>,
  publish: (change: Change) => void,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const announced: Change[] = [];
    try {
      const result = await within(pool, opening, (client) => work(createTx(client, announced)));
      for (const change of announced) publish(change);
      return result;
    } catch (error) {
      if (attempt === attemptsMax || !isRetryable(error)) throw error;
    }
  }
}

/** One transaction on a connection of the pool. The opening is sent together with the first statement: no round trip of its own. */
async function within<Result>(pool: pg.Pool, opening: string, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await connect(pool);
  let fault: unknown;
  try {
    const opened = client.query(opening);
    opened.catch(() => {}); // Its failure also fails the statement sent behind it, and is thrown below.
    const result = await work(client);
    await opened;
    const { command } = await client.query("commit");
    // COMMIT answers ROLLBACK when a statement had failed and `work` swallowed it.
    if (command !== "COMMIT") throw new Error("The transaction was rolled back.");
    return result;
  } catch (error) {
    fault = error;
    await client.query("rollback").catch(() => {});
    throw readable(error);
  } finally {
    client.release(isConnectionFault(fault));
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new Problem("database_unavailable", { cause: error, retryAfterSeconds: 1 });
  }
}

/** What row-level security compares with, for this transaction only: a plain `set` would leak through the pool. */
function claim(reach: Reach): string {
  if (typeof reach === "string") return `set local mooring.org = '${plain(reach)}'`;
  // Quoted, because USER is a reserved word.
  if ("user" in reach) return `set local mooring."user" = '${plain(reach.user)}'`;
  if ("keyHash" in reach) return `set local mooring.key = '${plain(reach.keyHash)}'`;
  if ("callsBefore" in reach) return `set local mooring.calls_before = '${plain(reach.callsBefore)}'`;
  if ("uploadsBefore" in reach) return `set local mooring.uploads_before = '${plain(reach.uploadsBefore)}'`;
  if ("triggerTokenHash" in reach) return `set local mooring.trigger_token = '${plain(reach.triggerTokenHash)}'`;
  if ("eventsBefore" in reach) return `set local mooring.events_before = '${plain(reach.eventsBefore)}'`;
  if ("expiredBefore" in reach) return `set local mooring.expired_before = '${plain(reach.expiredBefore)}'`;
  if ("work" in reach) return `set local mooring.work = '${plain(reach.work)}'`;
  return `set local mooring.invitation = '${plain(reach.invitationHash)}'`;
}

// SET takes no parameters, so the text is checked: ids, hashes and times hold nothing else.
function plain(text: string): string {
  if (!/^[A-Za-z0-9_.:-]{1,64}$/.test(text)) throw new Problem("not_found");
  return text;
}

function createTx(client: pg.PoolClient, announced: Change[] = []): Tx {
  const query = <Row>(built: RawBuilder<Row>) => {
    const { sql, parameters } = compile("postgres", built);
    // Named, so that each connection parses and plans a text once.
    return client.query<Row & pg.QueryResultRow>({ name: nameOf(sql), text: sql, values: parameters as unknown[] });
  };
  return {
    engine: "postgres",
    async all(built) {
      return (await query(built)).rows;
    },
    async first(built) {
      return (await query(built)).rows[0];
    },
    async run(built) {
      return (await query(built)).rowCount ?? 0;
    },
    announce(change) {
      announced.push(change);
      // Sent by PostgreSQL at commit, and not at all on rollback. Its failure shows at commit.
      client.query({ name: "announce", text: "select pg_notify('mooring', $1)", values: [JSON.stringify(change)] }).catch(() => {});
    },
  };
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  let name = names.get(text);
  if (!name) {
    name = createHash("sha256").update(text).digest("base64url").slice(0, 22);
    names.set(text, name);
  }
  return name;
}

const codeOf = (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "");

// PostgreSQL's appendix A: 40001 serialization_failure, 40P01 deadlock_detected.
const isRetryable = (error: unknown) => ["40001", "40P01"].includes(codeOf(error));

/** Whether the server itself said so: then the connection is in order. By the class, since a code alone may be EPIPE, which looks like one of PostgreSQL's. */
const isAnswer = (error: unknown) => error instanceof pg.DatabaseError;

function isConnectionFault(error: unknown): boolean {
  if (error === undefined) return false;
  return !(error instanceof Problem && error.code !== "database_unavailable") && !isAnswer(error instanceof Problem ? error.cause : error);
}

function readable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Problem) return error;
  const code = codeOf(error);
  const isSilent = /timeout|terminated|Connection|ECONN|EPIPE|not queryable/i.test(`${error.message} ${code}`);
  // 57014 query_canceled (statement_timeout), 55P03 lock_not_available, class 08 connection, class 53 resources, 57P0x shutdown, 25006 read-only standby.
  const isServerTrouble = code === "57014" || code === "55P03" || code === "25006" || /^(08|53|57P)/.test(code);
  return isServerTrouble || (isSilent && !isAnswer(error))
    ? new Problem("database_unavailable", { cause: error, retryAfterSeconds: 1 })
    : error;
}
