import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { RawBuilder } from "kysely";
import { Problem } from "../kernel/errors.ts";
import { compile } from "./compile.ts";
import { holdFolder, joinFolder } from "./data-folder.ts";
import type { Change, Database, Durability, Tx } from "./database.ts";
import { sqliteCode } from "./faults.ts";
import { migrateSqlite } from "./migrate-sqlite.ts";
import { followChanges, ownChanges, type SqliteChanges } from "./sqlite-changes.ts";
import { createWrites, type Writes } from "./sqlite-writes.ts";

/**
 * Opens the embedded database in `dataDir`, making both when absent. Commits are on the disk before they are answered
 * (WAL, synchronous FULL). Where it is for `one` process, throws `DatabaseInUse` when another has it open: each keeps rows in memory
 * that the other would change. Several processes must all open it as `several`: then they tell each other.
 */
export function openSqlite({ dataDir, processes = "one" }: { dataDir: string; processes?: "one" | "several" }): Database {
  const hold = processes === "one" ? holdFolder(dataDir, "alone") : joinFolder(dataDir);
  const file = join(dataDir, "mooring.db");
  const writer = openConnection(file);
  migrateSqlite(writer);
  // From here on no statement of the writer waits inside SQLite, where the event loop would wait with it.
  writer.exec("pragma busy_timeout = 0");
  const reader = openConnection(file);
  reader.prepare("pragma query_only = on").run();
  const statements = { writer: statementsOf(writer), reader: statementsOf(reader) };
  const writes = createWrites(writer, (text) => void statements.writer(text).run(), {
    waitingMax: writersWaitingMax,
    ...(processes === "one" ? {} : { turnMs }),
  });
  const changes = processes === "one" ? ownChanges() : followChanges({ reader, writer });

  return {
    engine: "sqlite",
    changes,
    read: (_reach, work) => work(createTx(statements.reader, () => {})),
    write: (_reach, work, how) => write({ writes, statements: statements.writer, changes }, work, how?.durability),
    async ping() {
      statements.reader("select 1").get();
    },
    async close() {
      await writes.close();
      changes.close();
      reader.close();
      writer.close();
      hold.release();
    },
  };
}

const writersWaitingMax = 2000;
const turnMs = 10;

function openConnection(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 2000 });
  connection.exec("pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off; pragma cache_size = -16000");
  return connection;
}

type Statements = (text: string) => StatementSync;

/** Prepared statements by text. The texts are the program's own, so their number is bounded by its code, but a bound is kept. */
function statementsOf(connection: DatabaseSync): Statements {
  const prepared = new Map<string, StatementSync>();
  return (text) => {
    let statement = prepared.get(text);
    if (!statement) {
      if (prepared.size >= statementsMax) prepared.clear();
      statement = connection.prepare(text);
      prepared.set(text, statement);
    }
    return statement;
  };
}

const statementsMax = 1000;

function createTx(statements: Statements, announce: (change: Change) => void): Tx {
  return {
    engine: "sqlite",
    announce,
    async all<Row>(query: RawBuilder<Row>) {
      const { sql, parameters } = compile("sqlite", query);
      return statements(sql).all(...(parameters as SQLInputValue[])) as Row[];
    },
    async first<Row>(query: RawBuilder<Row>) {
      const { sql, parameters } = compile("sqlite", query);
      return statements(sql).get(...(parameters as SQLInputValue[])) as Row | undefined;
    },
    async run(query) {
      const { sql, parameters } = compile("sqlite", query);
      return Number(statements(sql).run(...(parameters as SQLInputValue[])).changes);
    },
  };
}

async function write<Result>(
  { writes, statements, changes }: { writes: Writes; statements: Statements; changes: SqliteChanges },
  work: (tx: Tx) => Promise<Result>,
  durability: Durability | undefined,
): Promise<Result> {
  const announced: (() => void)[] = [];
  const tx = createTx(statements, (change) => announced.push(changes.announce(change)));
  try {
    return await writes.write(
      () => work(tx),
      () => {
        for (const publish of announced) publish();
      },
      durability,
    );
  } catch (error) {
    throw readable(error);
  }
}

function readable(error: unknown): unknown {
  const code = sqliteCode(error);
  // SQLITE_BUSY, SQLITE_IOERR, SQLITE_FULL: the disk's trouble, not the caller's.
  return code === 5 || code === 10 || code === 13 ? new Problem("database_unavailable", { cause: error, retryAfterSeconds: 1 }) : error;
}
