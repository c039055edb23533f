import { Problem } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { Queue } from "./queue.ts";
import { type Kind, Thread, type ThreadEnd } from "./thread.ts";

/** Bounded threads that answer requests about what users bring: at worst one ends, with the request it was at (J-2). */
export interface Pool<Request, Answer, Part = never> {
  /**
   * Has a worker answer, after what the organisation asked before. Throws `Problem` too_costly when the request itself was more than time or heap
   * allow, overloaded when too many wait, what the worker threw, or the signal's reason.
   */
  run(org: OrganisationId, request: Request, how?: RunOptions<Part>): Promise<Answer>;
  /** Ends every worker, and refuses what was under way as overloaded. */
  close(): Promise<void>;
  stats(): { readonly workers: number; readonly waiting: number };
}

export interface RunOptions<Part = never> {
  /** What is aborted while it waits is never begun; what runs alone in its worker ends with it. */
  readonly signal?: AbortSignal;
  /** Moved to the worker instead of copied; only where `batchMax` is 1. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Instead of the pool's. */
  readonly timeoutMs?: number;
  /** Takes what the worker gives ahead of its answer. The worker's time stands still and it goes on when this is done; a throw ends the request. */
  readonly onPart?: (part: Part) => Promise<void> | void;
}

export interface PoolDeps {
  /** A module that calls `answerRequests`. */
  readonly worker: URL;
  readonly workersMax: number;
  readonly heapMiB: number;
  /** How long one request may run in a worker. */
  readonly timeoutMs: number;
  /** How long a worker without work is kept. */
  readonly idleMs: number;
  /** How many requests may wait. */
  readonly queueMax: number;
  /** How many requests go to a worker at once; 1 when not said. */
  readonly batchMax?: number;
  /** How long a request may run before what is behind it goes elsewhere; 0 when not said. */
  readonly patienceMs?: number;
  readonly log?: Log;
}

/**
 * Workers start when the first is needed, and a further one only when all others are busy for longer than `patienceMs`. Whoever had a request that
 * was slow or ended a worker is suspected for a while: what they ask goes to workers apart from the others', and to all but one at most. So
 * bombs, of however many tenants, neither end a worker under others' requests nor keep them waiting (T-4).
 */
export function createPool<Request, Answer, Part = never>(deps: PoolDeps): Pool<Request, Answer, Part> {
  const { batchMax = 1, patienceMs = 0, workersMax, queueMax, idleMs, log } = deps;
  const waiting = new Queue<Job<Request, Answer, Part>>();
  const threads = new Set<Thread<Job<Request, Answer, Part>>>();
  const sharedMax = Math.max(1, workersMax - 1);
  const suspects = createSuspects();
  let ticker: NodeJS.Timeout | undefined;
  let tickedAtMs = 0;
  let isFlushing = false;
  let isClosed = false;
  return { run, close, stats: () => ({ workers: threads.size, waiting: waiting.length }) };

  function run(org: OrganisationId, request: Request, how: RunOptions<Part> = {}): Promise<Answer> {
    how.signal?.throwIfAborted();
    if (isClosed || waiting.lengthOf(org) >= 3 * (queueMax - waiting.length)) return Promise.reject(refusal());
    return new Promise((resolve, reject) => {
      const job: Job<Request, Answer, Part> = { org, request, how, timeoutMs: how.timeoutMs ?? deps.timeoutMs, runs: 0, resolve, reject };
      how.signal?.addEventListener("abort", () => abort(job), { once: true });
      wait(job);
    });
  }

  function wait(job: Job<Request, Answer, Part>): void {
    waiting.add(job.org, job);
    flushSoon();
  }

  function flushSoon(): void {
    if (isFlushing) return;
    isFlushing = true;
    // What comes in one turn of the event loop goes out in one message.
    setImmediate(() => {
      isFlushing = false;
      flush();
    });
  }

  function flush(): void {
    while (!isClosed && (serve("trusted") || serve("suspected")));
  }

  /** Gives a thread what waits of one kind; false when nothing does, or no thread is free for it. */
  function serve(kind: Kind): boolean {
    const may = (org: OrganisationId) => suspects.has(org) === (kind === "suspected") && mayHoldMore(org);
    const thread = waiting.has(may) ? freeThread(kind) : undefined;
    if (!thread) return false;
    const jobs = waiting.take(batchMax, may);
    for (const job of jobs) job.runs += 1;
    thread.begin(jobs, kind);
    return true;
  }

  function freeThread(kind: Kind): Thread<Job<Request, Answer, Part>> | undefined {
    const busy = [...threads].filter(({ isBusy }) => isBusy);
    if (kind === "suspected" && busy.filter((thread) => thread.kind === kind).length >= sharedMax) return undefined;
    for (const thread of threads) if (!thread.isBusy) return thread;
    const isOneSoonFree = busy.some((thread) => !thread.isSlow(patienceMs) && (thread.kind === "trusted" || kind === "suspected"));
    return isOneSoonFree || threads.size >= workersMax ? undefined : start();
  }

  function mayHoldMore(org: OrganisationId): boolean {
    let held = 0;
    for (const thread of threads) if (thread.isSlow(patienceMs) && thread.holder?.org === org) held += 1;
    return held < sharedMax;
  }

  function start(): Thread<Job<Request, Answer, Part>> {
    const thread = new Thread<Job<Request, Answer, Part>>(deps, {
      onAnswer: (job, reply) => ("answer" in reply ? job.resolve(reply.answer as Answer) : job.reject(reply.problem)),
      onPart: async (job, part) => job.how.onPart?.(part as Part),
      onFree: flush,
      onReturn: (job) => again(job),
      onEnd: (end) => ended(thread, end),
    });
    threads.add(thread);
    tickedAtMs = performance.now();
    ticker ??= setInterval(tick, tickMs).unref();
    return thread;
  }

  // How long something ran is counted in short steps: a main thread that was held up must not take it for the worker's fault.
  function tick(): void {
    const nowMs = performance.now();
    const passedMs = Math.min(nowMs - tickedAtMs, 2 * tickMs);
    tickedAtMs = nowMs;
    for (const thread of threads) {
      thread.pass(passedMs);
      const { current } = thread;
      if (thread.ranMs >= (current?.timeoutMs ?? startMsMax)) void thread.end(current ? "time" : "fault");
      else if (thread.isSlow(patienceMs)) {
        if (patienceMs > 0 && current) suspects.add(current.org);
        thread.withdraw();
      }
      if (thread.ranMs > 0) void thread.weigh();
      if (thread.idleForMs >= idleMs) void thread.end("rest");
    }
    flush();
  }

  function ended(thread: Thread<Job<Request, Answer, Part>>, { culprit, others, why, error }: ThreadEnd<Job<Request, Answer, Part>>): void {
    threads.delete(thread);
    if (threads.size === 0) {
      clearInterval(ticker);
      ticker = undefined;
    }
    if (why === "fault") log?.error("a worker of the sandbox ended by a fault of its own", { error });
    const fault = new Problem("internal", { cause: error });
    if (culprit && !isClosed && why !== "rest") suspects.add(culprit.org);
    culprit?.reject(isClosed ? refusal() : why === "fault" ? fault : new Problem("too_costly"));
    // Where none is to blame, the worker cannot start.
    for (const job of others) why === "fault" && !culprit && job.runs > 1 ? job.reject(fault) : again(job);
    flushSoon();
  }

  function again(job: Job<Request, Answer, Part>): void {
    if (isClosed || job.runs >= runsMax) job.reject(refusal());
    else if (!job.how.signal?.aborted) wait(job);
  }

  function abort(job: Job<Request, Answer, Part>): void {
    waiting.remove(job.org, job);
    job.reject(job.how.signal?.reason);
    if (batchMax > 1) return;
    for (const thread of threads) if (thread.current === job) void thread.end("rest");
  }

  async function close(): Promise<void> {
    isClosed = true;
    for (const job of waiting.take(queueMax + batchMax * workersMax, () => true)) job.reject(refusal());
    await Promise.all([...threads].map((thread) => thread.end("rest")));
  }
}

/** Organisations that are kept apart for now, each by when that ends. */
function createSuspects() {
  const untilMs = new Map<OrganisationId, number>();
  return { add, has: (org: OrganisationId) => untilMs.size > 0 && (untilMs.get(org) ?? 0) > performance.now() };

  function add(org: OrganisationId): void {
    const nowMs = performance.now();
    for (const [old, endsMs] of untilMs) if (endsMs <= nowMs) untilMs.delete(old);
    untilMs.set(org, nowMs + suspectedMs);
  }
}

interface Job<Request, Answer, Part> {
  readonly org: OrganisationId;
  readonly request: Request;
  readonly how: RunOptions<Part>;
  readonly timeoutMs: number;
  /** How often it was given to a worker: one that ends by another's fault gives back what it had. */
  runs: number;
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
}

const suspectedMs = 10_000;
const tickMs = 25;
const startMsMax = 30_000;
const runsMax = 20;
const refusal = () => new Problem("overloaded", { retryAfterSeconds: 1 });
