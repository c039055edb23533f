import { cpus, totalmem } from "node:os";
import pg from "pg";
import { startPostgres } from "../server/test/harness/postgres.ts";
import { benchConsole } from "./console/console.ts";
import { type Row, tableOf } from "./figures.ts";
import { gatewayParts } from "./gateway/gateway.ts";
import { benchInvoke } from "./gateway/invoke.ts";
import { benchImport } from "./import/github.ts";
import { benchList } from "./list.ts";
import { benchMemory, benchStart } from "./program.ts";
import { benchRead } from "./read.ts";
import { triggerParts } from "./triggers/triggers.ts";
import { benchUpdate } from "./update.ts";

/** The parts, by the names that the command line takes; it takes what stands before a dot for all of that. */
const parts: Readonly<Record<string, (postgres: string) => Promise<Row[]>>> = {
  update: async (postgres) => [...(await benchUpdate("sqlite", postgres)), ...(await benchUpdate("postgres", postgres))],
  read: async (postgres) => [...(await benchRead("sqlite", postgres)), ...(await benchRead("postgres", postgres))],
  list: async (postgres) => [...(await benchList("sqlite", postgres)), ...(await benchList("postgres", postgres))],
  ...gatewayParts,
  "import.github": benchImport,
  "import.invoke": benchInvoke,
  ...triggerParts,
  console: benchConsole,
  start: benchStart,
  memory: benchMemory,
};

const asked = process.argv.slice(2);
const isAsked = (part: string) => (name: string) => part === name || part.startsWith(`${name}.`);
const unknown = asked.filter((name) => !Object.keys(parts).some((part) => isAsked(part)(name)));
if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(", ")}; the parts are ${Object.keys(parts).join(", ")}.`);

const postgres = await startPostgres();
try {
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (asked.length > 0 && !asked.some(isAsked(name))) continue;
    process.stderr.write(`${name} ...\n`);
    rows.push(...(await measure(postgres.url)));
  }
  console.log(`\n${await machine()}\n\n${tableOf(rows)}`);
} finally {
  await postgres.stop();
}

async function machine(): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query<{ version: string; fsync: string }>(
    "select current_setting('server_version') as version, current_setting('fsync') as fsync",
  );
  await client.end();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return (
    `${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${gibibytes} GiB, ${process.platform}; ` +
    `Node ${process.versions.node}, SQLite ${process.versions.sqlite}, PostgreSQL ${rows[0]?.version} with fsync ${rows[0]?.fsync}`
  );
}
