import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { RawBuilder } from "kysely";
import { Problem } from "../kernel/errors.ts";
import { createChangeFeed } from "./changes.ts";
import { compile } from "./compile.ts";
import type { Change, Database, Tx } from "./database.ts";
import { migrateSqlite } from "./migrate-sqlite.ts";
import { createWrites, type Writes } from "./sqlite-writes.ts";

/**
 * Opens the embedded database in `dataDir`, making both when absent. Commits are on the disk before they are answered
 * (WAL, synchronous FULL). Throws `DatabaseInUse` when another process has it open: SQLite would let both write, but each
 * keeps rows in memory that the other changes.
 */
export function openSqlite({ dataDir }: { dataDir: string }): Database {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = takeLock(dataDir);
  const file = join(dataDir, "mooring.db");
  const writer = openConnection(file);
  migrateSqlite(writer);
  const reader = openConnection(file);
  reader.prepare("pragma query_only = on").run();
  const statements = { writer: statementsOf(writer), reader: statementsOf(reader) };
  const writes = createWrites(writer, (text) => void statements.writer(text).run(), { waitingMax: writersWaitingMax });
  const changes = createChangeFeed(() => true);

  return {
    engine: "sqlite",
    changes,
    read: (_reach, work) => work(createTx(statements.reader, () => {})),
    write: (_reach, work) => write({ writes, statements: statements.writer, publish: changes.publish }, work),
    async ping() {
      statements.reader("select 1").get();
    },
    async close() {
      await writes.close();
      reader.close();
      writer.close();
      lock.close();
    },
  };
}

/** Another process serves this data folder. */
export class DatabaseInUse extends Error {
  constructor(dataDir: string) {
    super(
      `Another Mooring is running on the data folder ${dataDir}. Stop it first, or give this one its own MOORING_DATA_DIR. ` +
        "Several nodes share one PostgreSQL through MOORING_DATABASE_URL.",
    );
    this.name = "DatabaseInUse";
  }
}

const writersWaitingMax = 2000;

/** A lock the operating system lets go of when the process dies, however it dies: an open write transaction on a file of its own. */
function takeLock(dataDir: string): DatabaseSync {
  const lock = new DatabaseSync(join(dataDir, "mooring.lock"), { timeout: 0 });
  try {
    lock.exec("pragma journal_mode = delete; begin exclusive");
    return lock;
  } catch {
    lock.close();
    throw new DatabaseInUse(dataDir);
  }
}

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
  { writes, statements, publish }: { writes: Writes; statements: Statements; publish: (change: Change) => void },
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  const announced: Change[] = [];
  const tx = createTx(statements, (change) => announced.push(change));
  try {
    return await writes.write(
      () => work(tx),
      () => announced.forEach(publish),
    );
  } catch (error) {
    throw readable(error);
  }
}

function readable(error: unknown): unknown {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  // SQLITE_BUSY, SQLITE_FULL, SQLITE_IOERR: the disk's trouble, not the caller's.
  return code === 5 || code === 13 || code === 10 ? new Problem("database_unavailable", { cause: error }) : error;
}
