import cluster from "node:cluster";
import { ConfigError, configTable, readConfig } from "./config.ts";
import { lead } from "./workers.ts";

/**
 * What `npm start` runs: shows the settings, serves from this process, or leads several that do. The rest of the program is loaded by
 * those that serve: the one that leads takes little memory, and stays when they fall.
 */
async function start(): Promise<void> {
  const config = readConfig();
  if (config.isPrintOnly) {
    process.stdout.write(configTable(config));
    return;
  }
  // Whatever the program writes is its owner's alone, in whatever folder.
  process.umask(0o077);
  if (config.workers > 1 && cluster.isPrimary) return lead(config);
  const { run } = await import("./main.ts");
  await run(config);
}

await start().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(error instanceof ConfigError ? message : `Mooring does not start: ${message}\n`);
  process.exit(1);
});
