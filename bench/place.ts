import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { OrganisationId } from "../server/src/kernel/ids.ts";
import type { Engine } from "../server/src/store/database.ts";
import { freePort } from "../server/test/harness/postgres.ts";

/** Where one database of the bench lives, and what the program needs to serve it. */
export interface Place {
  readonly engine: Engine;
  readonly dataDir: string;
  /** PostgreSQL's; undefined for the embedded engine. */
  readonly url: string | undefined;
  /** The settings that the program is started with, port aside. */
  readonly settings: Readonly<Record<string, string>>;
}

export const organisation = "01JAZZ5CB6Q8ZV0000000000BE" as OrganisationId;
export const apiKey = "bench-key-0123456789-0123456789-0123456789";

/** An empty place. `postgres` is the address of a server, on which PostgreSQL's gets a database of its own. */
export async function newPlace(engine: Engine, postgres: string): Promise<Place> {
  const dataDir = await mkdtemp(join(tmpdir(), "mooring-bench-"));
  return placeIn(engine, dataDir, engine === "postgres" ? await newDatabase(postgres) : undefined);
}

function placeIn(engine: Engine, dataDir: string, url: string | undefined): Place {
  const settings = {
    MOORING_DATA_DIR: dataDir,
    MOORING_SHUTDOWN_WAIT_MS: "0",
    MOORING_MASTER_KEY: Buffer.alloc(32, "bench").toString("base64"),
    MOORING_BOOTSTRAP_ORGANISATION: organisation,
    MOORING_BOOTSTRAP_API_KEY: apiKey,
    ...(url === undefined ? {} : { MOORING_DATABASE_URL: url }),
  };
  return { engine, dataDir, url, settings };
}

/** A place with the same rows. The embedded engine's belongs to one process, so each side gets its own; PostgreSQL's is shared. */
export async function secondPlace(place: Place): Promise<Place> {
  if (place.url !== undefined) return place;
  const dataDir = await mkdtemp(join(tmpdir(), "mooring-bench-"));
  await cp(place.dataDir, dataDir, { recursive: true });
  return placeIn(place.engine, dataDir, undefined);
}

/** Removes the folders of places; databases go with their server. */
export async function removePlaces(...places: readonly Place[]): Promise<void> {
  for (const { dataDir } of places) await rm(dataDir, { recursive: true, force: true });
}

async function newDatabase(server: string): Promise<string> {
  const name = `bench_${randomBytes(4).toString("hex")}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** The real program in a process of its own. */
export interface Program {
  readonly port: number;
  readonly pid: number;
  /** From the start of the process to the first answer of /readyz that says ready. */
  readonly readySeconds: number;
  stop(): Promise<void>;
}

/** Starts the program as `npm start` does. Throws when it is not ready within a minute, with what it said. */
export async function startProgram(settings: Readonly<Record<string, string>>): Promise<Program> {
  const port = await freePort();
  const startedMs = performance.now();
  const { MOORING_HOST: _, ...rest } = process.env;
  const env = { ...rest, MOORING_PORT: String(port), MOORING_LOG_LEVEL: "info", ...settings };
  const child = spawn(process.execPath, [...profileFlags(), ...startArguments()], { cwd: root, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (data: Buffer) => {
    said = (said + data.toString()).slice(-4000);
  });
  while (!(await isReady(port))) {
    if (child.exitCode !== null || performance.now() - startedMs > 60_000) throw new Error(`Mooring is not ready: ${said}`);
    await sleep(5);
  }
  return { port, pid: child.pid ?? 0, readySeconds: (performance.now() - startedMs) / 1000, stop: () => stop(child) };
}

const root = join(import.meta.dirname, "..");

/** What `npm start` gives to node. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: { start: string } };
  const [node, ...rest] = scripts.start.split(" ");
  if (node !== "node") throw new Error("npm start does not begin with node.");
  return rest;
}

/** With BENCH_PROFILE naming a folder, each program writes a CPU profile there when it ends. */
const profileFlags = () => (process.env.BENCH_PROFILE ? ["--cpu-prof", `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : []);

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await exited;
  clearTimeout(late);
}
