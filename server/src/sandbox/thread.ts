import { Worker } from "node:worker_threads";
import type { Problem } from "../kernel/errors.ts";
import { arrived, type FromWorker, runningRequest, type ToWorker, type WorkerData, withdrawnBatch } from "./worker-loop.ts";

/** One worker thread of a pool, and the batch of jobs it is at. It may end at any time; then `onEnd` says what becomes of the jobs. */
export class Thread<Job extends ThreadJob> {
  readonly #worker: Worker;
  readonly #progress = new Int32Array(new SharedArrayBuffer(8));
  readonly #events: ThreadEvents<Job>;
  #jobs: Job[] | undefined;
  #batch = 0;
  #isWithdrawn = false;
  #isPaused = false;
  #isEnded = false;
  #ending: Promise<unknown> | undefined;
  #counted = 0;
  #isWeighing = false;
  readonly #heapBytesMax: number;
  /** How long the request has run that runs now. Counts before the first too, for a thread that never starts. */
  ranMs = 0;
  idleForMs = 0;
  /** Whose jobs it was given last. */
  kind: Kind = "trusted";

  constructor({ worker, heapMiB }: { readonly worker: URL; readonly heapMiB: number }, events: ThreadEvents<Job>) {
    this.#events = events;
    this.#heapBytesMax = heapMiB * 1024 * 1024;
    this.#worker = new Worker(worker, {
      workerData: { progress: this.#progress.buffer } satisfies WorkerData,
      resourceLimits: { maxOldGenerationSizeMb: heapMiB + headroomMiB, stackSizeMb },
      // Nothing of the environment, where secrets are.
      env: {},
    });
    this.#worker.unref();
    this.#worker.on("message", (message: FromWorker<unknown, unknown>) => this.#hear(message));
    this.#worker.on("error", (error) => this.#over(isOutOfMemory(error) ? "heap" : "fault", error));
    this.#worker.on("exit", () => this.#over("fault", new Error("The worker exited.")));
  }

  get isBusy(): boolean {
    return this.#jobs !== undefined;
  }

  /** The job that runs now; undefined between two, and before the thread has started. */
  get current(): Job | undefined {
    return this.#jobs?.[Atomics.load(this.#progress, runningRequest) - 1];
  }

  /** The job that it is at, or will be alone when it has started. */
  get holder(): Job | undefined {
    return this.current ?? (this.#jobs?.length === 1 ? this.#jobs[0] : undefined);
  }

  /** Whether what it is at takes longer than others should wait for. */
  isSlow(patienceMs: number): boolean {
    return this.isBusy && (patienceMs === 0 || (this.current !== undefined && this.ranMs >= patienceMs));
  }

  begin(jobs: Job[], kind: Kind): void {
    this.#jobs = jobs;
    this.kind = kind;
    this.#batch += 1;
    this.#isWithdrawn = false;
    this.#counted = 0;
    this.ranMs = 0;
    this.idleForMs = 0;
    const transfer = jobs.flatMap(({ how }) => how.transfer ?? []);
    this.#worker.postMessage({ batch: this.#batch, requests: jobs.map(({ request }) => request) } satisfies ToWorker<unknown>, transfer);
  }

  /** Counts time that passed. */
  pass(passedMs: number): void {
    this.idleForMs = this.isBusy ? 0 : this.idleForMs + passedMs;
    const running = Atomics.load(this.#progress, runningRequest);
    if (running !== this.#counted || this.#isPaused) this.ranMs = 0;
    else this.ranMs += passedMs;
    this.#counted = running;
  }

  /** Looks how large the heap is, and ends the thread when it is larger than it may be. */
  async weigh(): Promise<void> {
    if (this.#isWeighing || this.#isEnded) return;
    this.#isWeighing = true;
    const heap = await this.#worker.getHeapStatistics().catch(() => undefined);
    this.#isWeighing = false;
    if (heap && heap.used_heap_size > this.#heapBytesMax) this.#over("heap", undefined);
  }

  /** Takes back what was not begun, so that it can be answered elsewhere. */
  withdraw(): void {
    if (this.#isWithdrawn || !this.#jobs || this.current === undefined) return;
    this.#isWithdrawn = true;
    // In this order here, and the other way round in the worker: so one of the two sees what the other did.
    Atomics.store(this.#progress, withdrawnBatch, this.#batch);
    const running = Atomics.load(this.#progress, runningRequest);
    if (running === 0) return;
    for (const job of this.#jobs.splice(running)) this.#events.onReturn(job);
  }

  /** Ends the thread, and with it the request that runs, unless it only rests. Resolves when it is gone. */
  end(why: "time" | "rest" | "fault"): Promise<unknown> {
    this.#over(why, why === "fault" ? new Error("The worker did not start.") : undefined);
    return this.#ending ?? Promise.resolve();
  }

  #hear(message: FromWorker<unknown, unknown>): void {
    if (this.#isEnded) return;
    if ("part" in message) {
      void this.#pass(message.part);
      return;
    }
    const jobs = this.#jobs ?? [];
    this.#jobs = undefined;
    this.ranMs = 0;
    for (const [at, job] of jobs.entries()) {
      const reply = message.answers[at];
      // What the worker left undone it had been told to leave, a moment before it was looked up here.
      if (!reply) this.#events.onReturn(job);
      else this.#events.onAnswer(job, "problem" in reply ? { problem: arrived(reply.problem) } : reply);
    }
    this.#events.onFree();
  }

  async #pass(part: unknown): Promise<void> {
    const job = this.current;
    if (!job) return;
    this.#isPaused = true;
    try {
      await this.#events.onPart(job, part);
    } catch (error) {
      job.reject(error);
      this.#over("rest", undefined);
    }
    this.#isPaused = false;
    if (!this.#isEnded) this.#worker.postMessage({ isTaken: true } satisfies ToWorker<unknown>);
  }

  #over(why: ThreadEnd<Job>["why"], error: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const culprit = this.current;
    const others = (this.#jobs ?? []).filter((job) => job !== culprit);
    this.#jobs = undefined;
    this.#ending = this.#worker.terminate();
    this.#events.onEnd({ why, error, culprit, others });
  }
}

/** Whether jobs are of those who had one that was slow or ended a thread. */
export type Kind = "trusted" | "suspected";

export interface ThreadJob {
  readonly request: unknown;
  readonly how: { readonly transfer?: readonly ArrayBuffer[] };
  reject(reason: unknown): void;
}

export interface ThreadEvents<Job> {
  onAnswer(job: Job, reply: { readonly answer: unknown } | { readonly problem: Problem }): void;
  onPart(job: Job, part: unknown): Promise<void>;
  /** The thread has nothing to do. */
  onFree(): void;
  /** The job was not begun, and is to be given to a thread again. */
  onReturn(job: Job): void;
  onEnd(end: ThreadEnd<Job>): void;
}

export interface ThreadEnd<Job> {
  /** `fault` is our own. */
  readonly why: "time" | "heap" | "rest" | "fault";
  readonly error: unknown;
  /** What ran when it ended. */
  readonly culprit: Job | undefined;
  /** What it had not answered, and was not to blame. */
  readonly others: readonly Job[];
}

// A worker that meets Node's own limit within one call of native code takes the whole process along, so that limit is far beyond the one
// that is kept here by looking.
const headroomMiB = 768;
const isOutOfMemory = (error: unknown) => (error as { code?: unknown }).code === "ERR_WORKER_OUT_OF_MEMORY";

// Deep recursion through what users nest is bounded by depth, long before this.
const stackSizeMb = 4;
