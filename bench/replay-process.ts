import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import pg from "pg";
import { systemClock } from "../server/src/kernel/clock.ts";
import { createIds } from "../server/src/kernel/ids.ts";
import { applicationRole } from "../server/src/store/migrate-postgres.ts";
import type { Statement } from "./capture.ts";

/**
 * Sends captured transactions to an engine with no Mooring around them: the same statements, prepared once, in the same transactions
 * with the same commits, as many at once, waiting for the same answers. First it is told what to send and where; then each order
 * says for how long, and is answered with transactions per second.
 */
export interface Recorded {
  /** The file of the embedded engine, or PostgreSQL's address. */
  readonly at: { readonly file: string } | { readonly url: string };
  /** A list for each caller; it sends them in turn. */
  readonly callers: readonly (readonly (readonly Statement[])[])[];
  /** Parameters that the program makes anew each time, and so do we. */
  readonly made: { readonly ids: readonly string[]; readonly time: string };
}

type Run = (statements: readonly Statement[], fresh: (value: unknown) => unknown) => Promise<void>;

let callers: (() => Promise<void>)[] = [];

process.on("message", async (message: Recorded | { forMs: number }) => {
  try {
    if ("forMs" in message) return void process.send?.({ perSecond: await rateOf(message.forMs) });
    const run = "file" in message.at ? sqliteRun(message.at.file) : postgresRun(message.at.url);
    callers = message.callers.map((transactions) => {
      let turn = 0;
      return () => run(transactions[turn++ % transactions.length] ?? [], maker(message.made));
    });
    process.send?.({});
  } catch (error) {
    process.send?.({ fault: String(error) });
  }
});
process.once("disconnect", () => process.exit(0));

async function rateOf(forMs: number): Promise<number> {
  const startedMs = performance.now();
  let count = 0;
  await Promise.all(
    callers.map(async (once) => {
      while (performance.now() - startedMs < forMs) {
        await once();
        count++;
      }
    }),
  );
  return count / ((performance.now() - startedMs) / 1000);
}

const newId = createIds(systemClock);

/** Puts ids and times of now in the place of those that the program made when it was captured. */
function maker({ ids, time }: Recorded["made"]): (value: unknown) => unknown {
  const known = new Set<unknown>(ids);
  const made = new Map<unknown, string>();
  const now = systemClock.now().toISOString();
  return (value) => {
    if (value === time) return now;
    if (!known.has(value)) return value;
    const id = made.get(value) ?? newId<string>();
    made.set(value, id);
    return id;
  };
}

/** The embedded engine, opened as the store opens it. */
function sqliteRun(file: string): Run {
  const connection = new DatabaseSync(file, { enableForeignKeyConstraints: true });
  connection.exec("pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off; pragma cache_size = -16000");
  const prepared = new Map<string, StatementSync>();
  return async (statements, fresh) => {
    for (const { sql, parameters = [] } of statements) {
      let statement = prepared.get(sql);
      if (!statement) {
        statement = connection.prepare(sql);
        prepared.set(sql, statement);
      }
      statement.all(...(parameters.map(fresh) as SQLInputValue[]));
    }
  };
}

/** PostgreSQL with a pool like the store's, and the role it works as. */
function postgresRun(url: string): Run {
  const options = `-c role=${applicationRole} -c jit=off`;
  const pool = new pg.Pool({ connectionString: url, options, max: 20, pipeline: true } as pg.PoolConfig);
  return async (statements, fresh) => {
    const client = await pool.connect();
    const answers: Promise<unknown>[] = [];
    for (const { sql, parameters, name, isSentBehind } of statements) {
      if (!isSentBehind) await Promise.all(answers);
      const query = parameters === undefined ? { text: sql } : { text: sql, name: name ?? "", values: parameters.map(fresh) };
      answers.push(client.query(query));
    }
    await Promise.all(answers);
    client.release();
  };
}
