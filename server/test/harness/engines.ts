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

/** A fresh, empty place for a database of one engine. */
export interface Place {
  readonly engine: Engine;
  /** Where PostgreSQL's is, as its owner and superuser; undefined for the embedded engine. */
  readonly url: string | undefined;
  /** A folder of its own, on either engine. */
  readonly dataDir: string;
  open(): Promise<Database>;
  remove(): Promise<void>;
}

/** Both engines: every test of the store, and every test above it, runs on each. */
export const engines: readonly { name: Engine; prepare(): Promise<Place> }[] = [
  { name: "sqlite", prepare: prepareSqlite },
  { name: "postgres", prepare: preparePostgres },
];

async function prepareSqlite(): Promise<Place> {
  const dataDir = await newFolder();
  return {
    engine: "sqlite",
    url: undefined,
    dataDir,
    open: async () => openSqlite({ dataDir }),
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

async function preparePostgres(): Promise<Place> {
  const dataDir = await newFolder();
  const server = inject("postgresUrl");
  const name = `t_${randomBytes(6).toString("hex")}`;
  await administer(server, `create database ${name}`);
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

const newFolder = () => mkdtemp(join(tmpdir(), "mooring-test-"));
