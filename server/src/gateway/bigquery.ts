import { accountProject } from "../credentials/google.ts";
import type { BigQueryActionDocument } from "../domain/action.ts";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { Net } from "../net/net.ts";
import { problemOf } from "../net/problems.ts";
import type { ResultPage } from "../protocols/bigquery/answers.ts";
import { type QueryParameter, queryParameters } from "../protocols/bigquery/parameters.ts";
import { datasetOf, projectOf } from "../protocols/bigquery/project.ts";
import { type Query, queryRequest, type RestRequest, requestIdOf } from "../protocols/bigquery/requests.ts";
import { callerHeaders } from "../protocols/http/plan.ts";
import { relayHeaders } from "../protocols/http/response-headers.ts";
import { answerProblem } from "./answer.ts";
import { type RetryDoors, systemDoors } from "./attempts.ts";
import { createBigQueryRequests, type Session } from "./bigquery-requests.ts";
import type { Call } from "./call.ts";
import { retriesOf, timeoutMsMax, timeoutOf, variablesOf } from "./exchange.ts";
import type { Prepared } from "./prepare.ts";
import { createQueryJob, type Given, type QueryJob } from "./query-job.ts";
import { breakOff, type Outcome } from "./relay.ts";
import { rowFormOf, rowMediaTypes, streamRows } from "./row-stream.ts";
import type { WholeAnswer } from "./whole-answer.ts";

export interface BigQueryDeps {
  readonly net: Pick<Net, "dispatch">;
  readonly clock: Clock;
  /** Those of the machine when left out. */
  readonly doors?: RetryDoors;
  /** See AttemptsDeps. */
  readonly renew?: (call: Call) => Promise<Prepared | undefined>;
  /** What one query may be billed for at most, in bytes. */
  readonly bytesBilledMax: bigint;
}

/** What is asked of an action of type bigquery. */
export interface QueryInvocation {
  readonly actionId: string;
  readonly document: BigQueryActionDocument;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Runs the query of an action for a call, whose body is read already, and streams its rows. Throws `Problem` before anything is sent;
 * whatever goes wrong after that is answered here, or breaks off an answer that has begun. `onSettled` is called exactly once unless it throws.
 */
export type PerformQuery = (
  call: Call,
  prepared: Prepared,
  invocation: QueryInvocation,
  onSettled: (call: Call, outcome: Outcome) => void,
) => void;

export function createBigQuery({ net, clock, doors = systemDoors, renew, bytesBilledMax }: BigQueryDeps): PerformQuery {
  const ask = createBigQueryRequests({ net, clock, doors });
  return (call, prepared, invocation, onSettled) => {
    const asked = plannedQuery(call, prepared, invocation, bytesBilledMax);
    const abort = new AbortController();
    const session: Session = {
      prepared,
      renew: renew && prepared.isRenewable ? () => renew(call) : undefined,
      retriesLeft: asked.retries,
      repeats: 0,
    };
    const limits = { endsAtMs: performance.now() + asked.timeoutMs, signal: abort.signal };
    const timer = setTimeout(() => abort.abort(outOfTime()), asked.timeoutMs);
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
    const job = createQueryJob({ ask, doors }, session, asked.query, limits);
    answered(call, job, { session, signal: abort.signal, onBegin: (whose) => (outcome = whose) }).catch((error: unknown) => {
      outcome = failed(call, error, session);
    });
  };
}

interface Answering {
  readonly session: Session;
  readonly signal: AbortSignal;
  /** Told whose answer it is before any of it is sent. */
  readonly onBegin: (whose: Outcome) => void;
}

async function answered(call: Call, job: QueryJob, { session, signal, onBegin }: Answering): Promise<void> {
  const { response, request } = call;
  const first = await job.first();
  if (signal.aborted) throw signal.reason;
  onBegin("upstream");
  if (first.refused) {
    relayRefusal(call, first.refused, session);
    return;
  }
  const form = rowFormOf(request.headers.accept);
  response.writeHead(200, [...headersOf(call, session), "content-type", rowMediaTypes[form], "cache-control", "no-store"]);
  const onBytes = (bytes: number) => {
    call.bytesOut += bytes;
  };
  await streamRows(response, pagesOf(first.page, job), { form, signal, onBytes });
}

/** Asks for the next page while the one before is written, and no further ahead. */
async function* pagesOf(first: ResultPage, job: QueryJob): AsyncGenerator<ResultPage> {
  let page = first;
  for (;;) {
    const next = page.pageToken === undefined ? undefined : job.page(page.pageToken);
    // Whoever writes the page may be gone before this fails.
    next?.catch(() => {});
    yield page;
    if (next === undefined) return;
    page = pageOf(await next);
  }
}

function pageOf({ page, refused }: Given): ResultPage {
  if (page?.isComplete) return page;
  throw new Problem("upstream_unreachable", {
    message: `BigQuery broke off between two pages of rows (${refused?.status ?? "not complete"}).`,
  });
}

function relayRefusal(call: Call, { status, headers, body }: WholeAnswer, session: Session): void {
  call.bytesOut = body.length;
  call.response.writeHead(status, [...relayHeaders(headers, status), ...headersOf(call, session)]);
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

/** The request that would begin a query, for an explanation of it. Throws `Problem` as a call would before anything is sent. */
export function explainedQuery(call: Call, prepared: Prepared, invocation: QueryInvocation, bytesBilledMax: bigint): RestRequest {
  const { query, timeoutMs } = plannedQuery(call, prepared, invocation, bytesBilledMax);
  return queryRequest({ ...query, timeoutMs: Math.min(10_000, timeoutMs), jobTimeoutMs: timeoutMs });
}

function plannedQuery(
  call: Call,
  { snapshot, proof }: Prepared,
  { actionId, document, parameters }: QueryInvocation,
  bytesBilledMax: bigint,
) {
  const headers = callerHeaders(call.request.rawHeaders, proof);
  const overrides = headers.variables === undefined ? [] : variablesOf(headers.variables);
  const checked = queryParameters(document.parameters, parameters, new Map([...snapshot.variables, ...overrides]));
  const key = call.request.headers["idempotency-key"];
  const scope = [snapshot.org, snapshot.environmentId, actionId];
  const requestId = requestIdOf({ callId: call.requestId, key: typeof key === "string" ? key : undefined, scope });
  return {
    query: queryOf(snapshot, { document, parameters: checked, bytesBilledMax, requestId }),
    timeoutMs: headers.timeoutMs === undefined ? timeoutMsMax : timeoutOf(headers.timeoutMs),
    retries: headers.retries === undefined ? (snapshot.retries ?? standardRetries) : retriesOf(headers.retries),
  };
}

/** A query through an environment. Throws `Problem` template_unresolved when no project is known for it. */
export function queryOf(
  { datasetId = "", variables, credentials }: Prepared["snapshot"],
  asked: { document: BigQueryActionDocument; parameters: QueryParameter[]; bytesBilledMax: bigint; requestId: string },
): Omit<Query, "timeoutMs" | "jobTimeoutMs"> {
  const dataset = datasetOf(datasetId);
  // Those of the environment alone: who may make calls does not choose who pays for them.
  const project = projectOf({ variable: variables.get("project"), account: accountProject(credentials), dataset });
  return { ...asked, project, dataset };
}

/** All of it may be repeated, so it is, where neither the call nor the environment says how often. */
const standardRetries = 2;

const outOfTime = () =>
  new Problem("upstream_timeout", { message: "The query was not over within the call's total time. It is cancelled." });
