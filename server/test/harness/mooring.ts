import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { readConfig } from "../../src/config.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { createLog } from "../../src/kernel/log.ts";
import { startMooring } from "../../src/main.ts";
import type { People } from "../../src/people/people.ts";
import type { Database } from "../../src/store/database.ts";
import { canaryKey } from "./canary.ts";
import type { Place } from "./engines.ts";

/** A Mooring that runs in this process, on a free port and a database of its own, with its first organisation and key. */
export interface RunningMooring {
  readonly origin: URL;
  readonly db: Database;
  readonly people: People;
  /** In base64, as it was given. */
  readonly masterKey: string;
  readonly bootstrap: { readonly organisation: string; readonly apiKey: string };
  /** Every line it logged, at the level that logs most. */
  readonly logLines: string[];
  /** Everything it stored, as bytes or as text: what a thief of the database would read. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

export async function runMooring(place: Place, clock: Clock, settings: Readonly<Record<string, string>> = {}): Promise<RunningMooring> {
  const bootstrap = { organisation: "01JAZZ5CB6Q8ZV0000000000FA", apiKey: canaryKey("bootstrap") };
  const masterKey = randomBytes(32).toString("base64");
  const logLines: string[] = [];
  const mooring = await startMooring({
    config: readConfig(
      {
        MOORING_PORT: "0",
        MOORING_DATA_DIR: place.dataDir,
        ...(place.url === undefined ? {} : { MOORING_DATABASE_URL: place.url }),
        MOORING_MASTER_KEY: masterKey,
        MOORING_BOOTSTRAP_ORGANISATION: bootstrap.organisation,
        MOORING_BOOTSTRAP_API_KEY: bootstrap.apiKey,
        ...settings,
      },
      [],
    ),
    clock,
    log: createLog("debug", { write: (line: string) => logLines.push(line) }),
  });
  return {
    origin: mooring.url,
    db: mooring.db,
    people: mooring.people,
    masterKey,
    bootstrap,
    logLines,
    dump: () => (place.url === undefined ? folderDump(place.dataDir) : postgresDump(place.url)),
    close: () => mooring.close(),
  };
}

/** Every file of the data folder, the write-ahead log included, byte by byte as letters. */
async function folderDump(folder: string): Promise<string> {
  const files = await readdir(folder);
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file), "latin1")));
  return contents.join("\n");
}

/** Every row of every table, as text. */
async function postgresDump(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public'");
    const rows: string[] = [];
    for (const { name } of tables.rows) {
      const { rows: texts } = await client.query<{ row: string }>(`select one::text as row from "${name}" as one`);
      rows.push(...texts.map(({ row }) => row));
    }
    return rows.join("\n");
  } finally {
    await client.end();
  }
}
