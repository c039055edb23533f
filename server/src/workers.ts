import cluster, { type Worker } from "node:cluster";
import { setTimeout as pause } from "node:timers/promises";
import type { Config } from "./config.ts";
import { systemClock } from "./kernel/clock.ts";
import { createLog } from "./kernel/log.ts";
import { holdFolder } from "./store/data-folder.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

/** One process that serves. */
interface Member {
  readonly worker: Worker;
  isReady: boolean;
  /** It was told to go, so nobody takes its place. */
  isLeaving: boolean;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/**
 * Serves from `config.workers` processes that share the port, and shows the first one's greeting when all are ready. This process only
 * leads: it has the port and the data folder, gives connections to the workers in turn, and puts a new one in the place of one that
 * ends. SIGINT and SIGTERM end them in order, SIGUSR2 replaces them one by one. When this process dies, they end with it.
 */
export async function lead(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  if (config.databaseUrl === undefined) holdFolder(config.dataDir, "forWorkers");
  cluster.schedulingPolicy = cluster.SCHED_RR;
  const members = new Set<Member>();
  let deaths: number[] = [];
  let isUp = false;
  let isEnding = false;
  let isReplacingAll = false;
  process.on("SIGTERM", () => void end(0, config.shutdownWaitMs));
  process.on("SIGINT", () => void end(0));
  process.on("SIGUSR2", () => void replaceAll());
  process.on("uncaughtException", (error) => {
    log.error("an unexpected error ended Mooring", { error });
    process.exit(1);
  });
  try {
    // The first alone: it may have to make the database, and what it greets with is shown.
    const greeting = await add();
    await Promise.all(Array.from({ length: config.workers - 1 }, add));
    isUp = true;
    for (const { worker } of members) tell(worker, { kind: "all-ready" });
    process.stdout.write(greeting);
  } catch {
    // It said why.
    await end(1);
  }

  /** Starts one more; gives its greeting once it is ready. Rejects when it ends before. */
  function add(): Promise<string> {
    return new Promise((resolve, reject) => {
      const worker = cluster.fork();
      const ended = endOf(worker);
      const member: Member = { worker, isReady: false, isLeaving: false, ended };
      members.add(member);
      worker.on("message", (message: FromWorker) => {
        if (message.kind !== "ready") return relay(member, message);
        member.isReady = true;
        if (isUp) tell(worker, { kind: "all-ready" });
        resolve(message.greeting);
      });
      void ended.then((code) => {
        members.delete(member);
        reject(new Error(`A worker ended with ${code} before it was ready.`));
        if (member.isReady && !member.isLeaving) void replace();
      });
    });
  }

  /** Puts another in the place of one that died, ever later the more of them die; gives up when none is left that serves. */
  async function replace(): Promise<void> {
    while (!isEnding) {
      const now = systemClock.now().getTime();
      deaths = [...deaths.filter((at) => now - at < 60_000), now];
      const isHopeless = deaths.length >= deathsMax && ![...members].some(({ isReady }) => isReady);
      if (isHopeless) {
        log.error(`Mooring ends: its workers died ${deaths.length} times within a minute, and none serves; the log above says why`);
        return end(1);
      }
      log.warn("a worker ended; another takes its place");
      await pause(Math.min(100 * 2 ** (deaths.length - 1), 5_000));
      if (isEnding) return;
      const isReady = await add().then(
        () => true,
        () => false,
      );
      if (isReady) return;
    }
  }

  /** The next is ready before the one before it stops taking connections. Those that are still there when one cannot start go on. */
  async function replaceAll(): Promise<void> {
    if (!isUp || isReplacingAll) return;
    isReplacingAll = true;
    try {
      for (const member of [...members]) {
        if (isEnding) return;
        await add();
        member.isLeaving = true;
        tell(member.worker, { kind: "end", waitMs: 0 });
        await member.ended;
      }
    } catch (error) {
      log.error("a new worker does not start, so the others are not replaced", { error });
    } finally {
      isReplacingAll = false;
    }
  }

  async function end(code: number, waitMs = 0): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    const all = [...members];
    for (const member of all) {
      member.isLeaving = true;
      tell(member.worker, { kind: "end", waitMs });
    }
    const cut = setTimeout(
      () => {
        for (const { worker } of all) worker.process.kill("SIGKILL");
      },
      waitMs + config.shutdownDrainMs + lettingGoMs,
    );
    const codes = await Promise.all(all.map(async ({ ended, isReady }) => (await ended) === 0 || !isReady));
    clearTimeout(cut);
    process.exit(codes.every(Boolean) ? code : 1);
  }

  /** Workers ask each other only through here: a question goes to all others that serve, an answer to the one that asked. */
  function relay(from: Member, message: Exclude<FromWorker, { kind: "ready" }>): void {
    if (message.kind === "answer") {
      const asker = cluster.workers?.[message.to];
      if (asker) tell(asker, message);
      return;
    }
    const others = [...members].filter((member) => member !== from && member.isReady);
    tell(from.worker, { kind: "asked", question: message.question, others: others.length });
    for (const { worker } of others) tell(worker, { ...message, from: from.worker.id });
  }
}

const deathsMax = 10;
// For what a worker does once nothing is under way any more.
const lettingGoMs = 10_000;

/** One that is just dying hears nothing, and that is no fault. */
function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => {});
}

function endOf(worker: Worker): Promise<number | null> {
  return new Promise((resolve) => {
    worker.once("exit", (code) => resolve(code));
    // A process that could not be started has no exit. Of one that runs, the channel may fail; its exit follows.
    worker.on("error", () => {
      if (worker.process.pid === undefined) resolve(null);
    });
  });
}
