import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres.ts";
import { compileOnce } from "./program.ts";
import { createSchemaTemplate } from "./schema-template.ts";
import { scratchFolder } from "./scratch.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run, in which each test file makes databases of its own; and the console as it would be served. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, "../../../console/build.ts"), "--if-stale"]);
  // Tests kill processes, not the machine: what the operating system has taken is safe without waiting for the disk.
  const { url, stop } = await startPostgres({ flags: ["-c", "fsync=off", "-c", "full_page_writes=off"], data: scratchFolder() });
  await Promise.all([createSchemaTemplate(url), compileOnce()]);
  project.provide("postgresUrl", url);
  return stop;
}
