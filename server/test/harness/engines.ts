import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { createLog } from "../../src/kernel/log.ts";
import { Secret } from "../../src/kernel/secret.ts";
import type { Database, Engine } from "../../src/store/database.ts";
import { openPostgres } from "../../src/store/postgres.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { schemaTemplate } from "./schema-template.ts";
import { scratchFolder } from "./scratch.ts";

/** A fresh place for a database of one engine, with nothing stored in it. */
export interface Place {
  readonly engine: Engine;
  /** Where PostgreSQL's is, as its owner and superuser; undefined for the embedded engine. */
  readonly url: string | undefined;
  /** A folder of its own, on either engine. */
  readonly dataDir: string;
  open(): Promise<Database>;
  remove(): Promise<void>;
}

interface Preparing {
  /** For what is killed in the middle of a write. */
  readonly on?: "disk";
  /** On PostgreSQL the tables are there already, unless it is for a test of how they come. */
  readonly schema?: "none";
}

/** Both engines: every test of the store, and every test above it, runs on each. */
export const engines: readonly { name: Engine; prepare(how?: Preparing): Promise<Place> }[] = [
  { name: "sqlite", prepare: prepareSqlite },
  { name: "postgres", prepare: preparePostgres },
];

async function prepareSqlite(how: Preparing = {}): Promise<Place> {
  const dataDir = await newFolder(how);
  return {
    engine: "sqlite",
    url: undefined,
    dataDir,
    open: async () => openSqlite({ dataDir }),
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

async function preparePostgres(how: Preparing = {}): Promise<Place> {
  const dataDir = await newFolder(how);
  const server = inject("postgresUrl");
  const name = `t_${randomBytes(6).toString("hex")}`;
  // Copied as files, which takes half of what it takes through the log.
  const from = how.schema === "none" ? "template1" : schemaTemplate;
  await administer(server, `create database ${name} template ${from} strategy file_copy`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    engine: "postgres",
    url: url.href,
    dataDir,
    open: () => openPostgres({ url: new Secret(url.href), log: createLog("silent"), connectionsMax: 8 }),
    async remove() {
      await rm(dataDir, { recursive: true, force: true });
      await administer(server, `drop database ${name} with (force)`);
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

const newFolder = ({ on }: Preparing) => mkdtemp(join(on === "disk" ? tmpdir() : scratchFolder(), "mooring-test-"));
