import { parentPort, workerData } from "node:worker_threads";
import { Problem, type ProblemCode } from "../kernel/errors.ts";

/**
 * Makes this thread a worker of a pool: answers its requests one after another, in order. `handle` may give parts ahead of its answer,
 * and waits for each until it was taken. A `Problem` it throws is the requester's; anything else ends the worker.
 */
export function answerRequests<Request, Answer, Part = never>(handle: Handle<Request, Answer, Part>): void {
  const port = parentPort;
  if (!port) throw new Error("Only a worker of a pool answers requests.");
  // Here as in the process itself (J-6), however that was started.
  Reflect.deleteProperty(Object.prototype, "__proto__");
  const progress = new Int32Array((workerData as WorkerData).progress);
  let taken: (() => void) | undefined;
  port.on("message", (message: ToWorker<Request>) => {
    if ("isTaken" in message) taken?.();
    else void work(message);
  });

  async function work({ batch, requests }: Batch<Request>): Promise<void> {
    const answers: Reply<Answer>[] = [];
    for (const [at, request] of requests.entries()) {
      Atomics.store(progress, runningRequest, at + 1);
      // What is not begun may be taken back, to be answered elsewhere.
      if (Atomics.load(progress, withdrawnBatch) === batch) break;
      answers.push(await answer(request));
    }
    Atomics.store(progress, runningRequest, 0);
    port?.postMessage({ answers } satisfies FromWorker<Answer, Part>);
  }

  async function answer(request: Request): Promise<Reply<Answer>> {
    try {
      const given = handle(request, give);
      return { answer: given instanceof Promise ? await given : (given as Answer) };
    } catch (error) {
      if (error instanceof Problem) return { problem: carried(error) };
      // The stack, or the longest text there can be.
      if (error instanceof RangeError) return { problem: carried(new Problem("too_costly")) };
      throw error;
    }
  }

  function give(part: Part): Promise<void> {
    return new Promise((resolve) => {
      taken = resolve;
      port?.postMessage({ part } satisfies FromWorker<Answer, Part>);
    });
  }
}

export type Handle<Request, Answer, Part = never> = (request: Request, give: (part: Part) => Promise<void>) => Answer | Promise<Answer>;

/** What a worker is started with: memory in which it says how far it is, legible also while it does not listen. */
export interface WorkerData {
  readonly progress: SharedArrayBuffer;
}

/** Places in the shared memory: the request of the batch that runs (from 1; 0 is none), and the batch that was taken back. */
export const runningRequest = 0;
export const withdrawnBatch = 1;

export interface Batch<Request> {
  readonly batch: number;
  readonly requests: readonly Request[];
}

export type ToWorker<Request> = Batch<Request> | { readonly isTaken: true };

export type Reply<Answer> = { readonly answer: Answer } | { readonly problem: CarriedProblem };

export type FromWorker<Answer, Part> = { readonly answers: readonly Reply<Answer>[] } | { readonly part: Part };

/** A `Problem` as it crosses between threads: what a message between them leaves of an Error is its text. */
interface CarriedProblem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly fields?: Problem["fields"];
  readonly members?: Problem["members"];
}

function carried({ code, message, fields, members }: Problem): CarriedProblem {
  return { code, message, ...(fields ? { fields } : {}), ...(members ? { members } : {}) };
}

/** The `Problem` again, on the other side. */
export const arrived = ({ code, ...detail }: CarriedProblem): Problem =>
  new Problem(code, detail as ConstructorParameters<typeof Problem>[1]);
