import { Problem } from "../kernel/errors.ts";
import { problemOf } from "../net/problems.ts";
import { relayHeaders, unprompted } from "../protocols/http/response-headers.ts";
import { answerProblem } from "./answer.ts";
import { type RetryDoors, systemDoors } from "./attempts.ts";
import type { Ask, Session } from "./bigquery-requests.ts";
import type { Call } from "./call.ts";
import { AnswerRoom } from "./held-answer.ts";
import type { Prepared } from "./prepare.ts";
import { createQueryJob, type QueryJob } from "./query-job.ts";
import type { PlannedQuery } from "./query-plan.ts";
import { breakOff, type Outcome } from "./relay.ts";
import { type PagesDeps, pageBytesMax, pagesOf, requireRoom } from "./result-pages.ts";
import { rowFormOf, rowMediaTypes, streamRows } from "./row-stream.ts";
import type { WholeAnswer } from "./whole-answer.ts";

export interface BigQueryDeps {
  readonly ask: Ask;
  /** Those of the machine when left out. */
  readonly doors?: RetryDoors;
  /** See AttemptsDeps. */
  readonly renew?: (call: Call) => Promise<Prepared | undefined>;
  /** How many bytes of pages are held at a time; 128 MiB when left out. */
  readonly heldBytesMax?: number;
}

/**
 * Runs the query of an action for a call, whose body is read already, and streams its rows. Throws `Problem` before anything is sent;
 * whatever goes wrong after that is answered here, or breaks off an answer that has begun. `onSettled` is called exactly once unless it throws.
 */
export type PerformQuery = (
  call: Call,
  prepared: Prepared,
  planned: PlannedQuery,
  onSettled: (call: Call, outcome: Outcome) => void,
) => void;

/** Asks through `ask`, which those have in common that ask BigQuery. */
export function createBigQuery({ ask, doors = systemDoors, renew, heldBytesMax = pageBytesMax }: BigQueryDeps): PerformQuery {
  const room = new AnswerRoom(heldBytesMax);
  return (call, prepared, { query, timeoutMs, retries }, onSettled) => {
    const abort = new AbortController();
    const session: Session = {
      prepared,
      renew: renew && prepared.isRenewable ? () => renew(call) : undefined,
      retriesLeft: retries,
      repeats: 0,
    };
    const limits = { endsAtMs: performance.now() + timeoutMs, signal: abort.signal };
    const timer = setTimeout(() => abort.abort(outOfTime()), timeoutMs);
    let outcome: Outcome = "aborted";
    call.response.on("close", () => {
      clearTimeout(timer);
      if (!call.response.writableFinished) {
        outcome = "aborted";
        abort.abort(new Error("The caller went away."));
      }
      call.attempts = 1 + session.repeats;
      onSettled(call, outcome);
    });
    call.attempts = 1;
    const job = createQueryJob({ ask, doors }, session, query, limits);
    answered(call, job, { session, room, doors, signal: abort.signal, onBegin: (whose) => (outcome = whose) }).catch((error: unknown) => {
      outcome = failed(call, error, session);
    });
  };
}

interface Answering extends PagesDeps {
  readonly session: Session;
  /** Told whose answer it is before any of it is sent. */
  readonly onBegin: (whose: Outcome) => void;
}

async function answered(call: Call, job: QueryJob, answering: Answering): Promise<void> {
  const { response, request } = call;
  const { session, signal, onBegin, room } = answering;
  const first = await job.first();
  if (signal.aborted) throw signal.reason;
  if (first.refused) {
    onBegin("upstream");
    relayRefusal(call, first.refused, session);
    return;
  }
  requireRoom(room, first.page);
  onBegin("upstream");
  const form = rowFormOf(request.headers.accept);
  response.writeHead(200, [...headersOf(call, session), "content-type", rowMediaTypes[form], "cache-control", "no-store"]);
  const onBytes = (bytes: number) => {
    call.bytesOut += bytes;
  };
  await streamRows(response, pagesOf(first.page, job, answering), { form, signal, onBytes });
}

function relayRefusal(call: Call, { status, headers, body }: WholeAnswer, session: Session): void {
  call.bytesOut = body.length;
  const relayed = relayHeaders(headers, status);
  const pairs = call.actor?.kind === "person" ? unprompted(relayed) : relayed;
  call.response.writeHead(status, [...pairs, ...headersOf(call, session)]);
  call.response.end(body);
}

const headersOf = ({ requestId }: Call, { repeats }: Session) => [
  "x-content-type-options",
  "nosniff",
  "content-security-policy",
  "sandbox",
  "mooring-origin",
  "upstream",
  "mooring-request-id",
  requestId,
  ...(repeats > 0 ? ["mooring-attempts", String(1 + repeats)] : []),
];

function failed(call: Call, error: unknown, { repeats }: Session): Outcome {
  const { response } = call;
  if (response.destroyed) return "aborted";
  const problem = problemOf(error);
  call.code = problem.code;
  if (response.headersSent) {
    breakOff(response);
    return "aborted";
  }
  if (repeats > 0) response.setHeader("mooring-attempts", 1 + repeats);
  call.bytesOut = answerProblem(response, problem, call.requestId);
  return "gateway";
}

const outOfTime = () =>
  new Problem("upstream_timeout", { message: "The query was not over within the call's total time. It is cancelled." });
