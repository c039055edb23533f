import { Problem } from "../kernel/errors.ts";
import { type ResultPage, readPage } from "../protocols/bigquery/answers.ts";
import { cancelRequest, type JobReference, queryRequest, resultsRequest } from "../protocols/bigquery/requests.ts";
import type { RetryDoors } from "./attempts.ts";
import { type Ask, pause, type Session } from "./bigquery-requests.ts";
import type { BeginningQuery } from "./query-plan.ts";
import type { WholeAnswer } from "./whole-answer.ts";

/** A query in BigQuery, from its beginning to the last page of its rows. */
export interface QueryJob {
  /** Begins the query and waits for its end. */
  first(): Promise<Given>;
  /** The page that `pageToken` names. */
  page(pageToken: string): Promise<Given>;
}

/** What BigQuery gave: a page of a query that is over, or an answer that refuses. */
export type Given = { readonly page: ResultPage; readonly refused?: never } | { readonly page?: never; readonly refused: WholeAnswer };

export interface QueryJobDeps {
  readonly ask: Ask;
  readonly doors: RetryDoors;
}

/**
 * Runs one query. All of it rejects with the signal's reason when that is aborted; a job that still runs is then cancelled, also when its
 * name only becomes known afterwards.
 */
export function createQueryJob({ ask, doors }: QueryJobDeps, session: Session, query: BeginningQuery, limits: Limits): QueryJob {
  const { endsAtMs, signal } = limits;
  let job: JobReference | undefined;
  let running: JobReference | undefined;
  signal.addEventListener("abort", cancel, { once: true });
  return { first, page: (pageToken) => asked({ pageToken }) };

  async function first(): Promise<Given> {
    const remainingMs = Math.max(1, Math.floor(endsAtMs - performance.now()));
    const begin = queryRequest({ ...query, timeoutMs: waitMs(), jobTimeoutMs: remainingMs });
    // Not ended with the caller: only its answer tells which job there is to cancel. BigQuery gives it after waitMs.
    const begun = ask(session, begin, { endsAtMs: endsAtMs + waitMsMax, isWanted: () => !signal.aborted }).then(read);
    let given = await unlessAborted(begun, signal);
    for (let polls = 0; given.page?.isComplete === false; polls += 1) {
      await pause(doors, Math.min(pauseMsMax, firstPauseMs * 2 ** Math.min(polls, 10)), signal);
      given = await asked({});
    }
    return given;
  }

  async function asked({ pageToken }: { pageToken?: string }): Promise<Given> {
    if (job === undefined) throw nonsense();
    const request = resultsRequest(job, { timeoutMs: waitMs(), ...(pageToken !== undefined && { pageToken }) });
    try {
      return read(await ask(session, request, limits));
    } catch (error) {
      cancel();
      throw error;
    }
  }

  function read(answer: WholeAnswer): Given {
    if (answer.status !== 200) {
      // A refusal is the end of the job; a failure may have left it running.
      if (answer.status < 500) running = undefined;
      else cancel();
      return { refused: answer };
    }
    const page = readPage(answer.body);
    job ??= page.job;
    running = page.isComplete ? undefined : job;
    if (signal.aborted) cancel();
    return { page };
  }

  /** Nobody waits for it, and a job that cannot be reached ends by its own time limit. */
  function cancel(): void {
    const cancelled = running;
    running = undefined;
    if (cancelled === undefined) return;
    void ask(session, cancelRequest(cancelled), { endsAtMs: performance.now() + cancelMsMax }).catch(() => {});
  }

  function waitMs(): number {
    return Math.max(1, Math.min(waitMsMax, Math.floor(endsAtMs - performance.now())));
  }
}

export interface Limits {
  /** On the clock of performance.now(). */
  readonly endsAtMs: number;
  readonly signal: AbortSignal;
}

async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener("abort", stop));
}

/** BigQuery answers a question after this long, with or without a result. */
const waitMsMax = 10_000;
/** Between two questions, for a server that does not wait itself. */
const firstPauseMs = 50;
const pauseMsMax = 1_000;
const cancelMsMax = 10_000;

const nonsense = () => new Problem("upstream_unreachable", { message: "BigQuery named no job of which to ask for the results." });
