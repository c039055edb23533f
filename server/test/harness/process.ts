import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { type Client, createClient } from "./client.ts";
import type { Place } from "./engines.ts";
import { root, startFile, startFlags } from "./program.ts";

/** Mooring as its users run it: a process of its own, which can be killed. */
export interface MooringProcess {
  readonly url: URL;
  readonly pid: number;
  /** What it has written so far, both streams, piece by piece. */
  readonly written: readonly string[];
  /** When it is gone, however that came: its exit code. */
  readonly ended: Promise<number | null>;
  /** Sends the signal and waits until the process is gone. Returns its exit code; null when the signal ended it. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
  /** Ends it as an operator would. Throws when it does not go within its deadline, and makes it go. */
  stop(): Promise<number | null>;
}

/** The processes that the one with this id has started and that are still there: its workers. */
export async function workersOf(pid: number): Promise<number[]> {
  return (await running()).filter(({ parent }) => parent === pid).map((one) => one.pid);
}

/** Those of these processes that are still there. */
export async function stillRunning(pids: readonly number[]): Promise<number[]> {
  return (await running()).filter(({ pid }) => pids.includes(pid)).map(({ pid }) => pid);
}

async function running(): Promise<{ pid: number; parent: number }[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,stat="]);
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  // One that has ended and that nobody has asked about yet is a zombie.
  return rows.filter(([, , state = "Z"]) => !state.startsWith("Z")).map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

/** What a process needs to know to serve `place`: the same at every start, so that a later one finds what an earlier one kept. */
export interface Home {
  readonly settings: Readonly<Record<string, string>>;
  readonly organisation: string;
  readonly apiKey: string;
}

/** A client of the process that holds every answer against the contract. */
export function clientOf({ url, written }: MooringProcess): Client {
  return createClient(url, { answers: 0, leaks: [] }, written);
}

/** Settings for Mooring on `place`, with its first organisation and key; `more` are added. */
export function homeOn(place: Pick<Place, "url" | "dataDir">, more: Readonly<Record<string, string>> = {}): Home {
  const organisation = "01JAZZ5CB6Q8ZV0000000000FA";
  const apiKey = `first-key-${randomBytes(24).toString("hex")}`;
  return {
    organisation,
    apiKey,
    settings: {
      MOORING_DATA_DIR: place.dataDir,
      ...(place.url === undefined ? {} : { MOORING_DATABASE_URL: place.url }),
      MOORING_MASTER_KEY: randomBytes(32).toString("base64"),
      MOORING_BOOTSTRAP_ORGANISATION: organisation,
      MOORING_BOOTSTRAP_API_KEY: apiKey,
      MOORING_LOG_LEVEL: "warn",
      ...more,
    },
  };
}

/** Starts Mooring on any free port of 127.0.0.1 and waits until it is ready. Throws with all it wrote when it ends before, or takes too long. */
export async function startProcess(settings: Readonly<Record<string, string>>): Promise<MooringProcess> {
  const running = launch({ MOORING_PORT: "0", ...settings });
  try {
    const url = await readyUrl(running);
    return { url, ...running };
  } catch (error) {
    await running.kill("SIGKILL");
    throw error;
  }
}

/** Starts Mooring without waiting: for starts that are interrupted, refused, or that only print. `ended` gives the exit code. */
export function launch(settings: Readonly<Record<string, string>>, args: readonly string[] = []): Omit<MooringProcess, "url"> {
  const child = spawn(process.execPath, [...startFlags, startFile, ...args], {
    cwd: root,
    // No balancer looks at the readiness of these, so that nothing would come of waiting for one.
    env: { ...ownEnvironment(), MOORING_SHUTDOWN_WAIT_MS: "0", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => written.push(text));
  // Not only the signal: the streams may hold what it wrote last.
  const ended = once(child, "close").then(([code]) => code as number | null);
  keepUntil(child, ended);

  async function kill(signal: NodeJS.Signals): Promise<number | null> {
    child.kill(signal);
    return ended;
  }

  async function stop(): Promise<number | null> {
    child.kill("SIGTERM");
    const code = await Promise.race([ended, pause(stopMs, "late" as const, { ref: false })]);
    if (code !== "late") return code;
    await kill("SIGKILL");
    throw new Error(`Mooring did not end within ${stopMs} ms of SIGTERM. It wrote:\n${written.join("")}`);
  }

  return { pid: child.pid ?? 0, written, kill, stop, ended };
}

const readyMs = 60_000;
// Longer than requests under way are waited for.
const stopMs = 45_000;

/** Whoever runs the tests may have settings of their own; they are not the tests'. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MOORING_")));
}

/** However the tests end, the process they started ends too. */
function keepUntil(child: ChildProcess, ended: Promise<unknown>): void {
  const end = () => void child.kill("SIGKILL");
  process.once("exit", end);
  void ended.finally(() => process.off("exit", end));
}

async function readyUrl({ written, ended }: ReturnType<typeof launch>): Promise<URL> {
  const deadline = AbortSignal.timeout(readyMs);
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!deadline.aborted && !isOver) {
    const [, origin] = /^ {2}Mooring is up on (\S+)$/m.exec(written.join("")) ?? [];
    if (origin !== undefined && (await isReady(origin, deadline))) return new URL(origin);
    await pause(5);
  }
  throw new Error(`Mooring ${isOver ? "ended" : `was not ready after ${readyMs} ms`}. It wrote:\n${written.join("")}`);
}

async function isReady(origin: string, signal: AbortSignal): Promise<boolean> {
  const answer = await fetch(`${origin}/readyz`, { signal }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 200;
}
