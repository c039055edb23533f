import { createHash } from "node:crypto";
import type { BigQueryActionDocument } from "../../domain/action.ts";
import type { QueryParameter } from "./parameters.ts";
import type { Dataset } from "./project.ts";

/** A request to BigQuery's REST API, below its base URL. */
export interface RestRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  readonly body?: string;
}

/** A query as it is asked for. */
export interface Query {
  readonly project: string;
  readonly dataset: Dataset | undefined;
  readonly document: Pick<BigQueryActionDocument, "query" | "location" | "maximumBytesBilled">;
  readonly parameters: readonly QueryParameter[];
  /** What is billed at most, whatever the action says. */
  readonly bytesBilledMax: number;
  /** The same for whatever repeats one call, so that BigQuery does not run it again. */
  readonly requestId: string;
  readonly timeoutMs: number;
  /** When BigQuery itself gives the job up, should nobody be left to cancel it. */
  readonly jobTimeoutMs: number;
}

/**
 * Begins a query and waits for it up to `timeoutMs` (jobs.query). The SQL leaves as it was written, with values beside it; what it may
 * cost, how long it may take and what makes a repeat of it known are always set (I-5).
 */
export function queryRequest(query: Query): RestRequest {
  return queries(query, {
    timeoutMs: query.timeoutMs,
    jobTimeoutMs: String(query.jobTimeoutMs),
    maxResults: pageRowsMax,
    formatOptions: { useInt64Timestamp: true },
  });
}

/** Asks what a query would give and read, without running it. */
export function dryRunRequest(query: Omit<Query, "jobTimeoutMs">): RestRequest {
  return queries(query, { timeoutMs: query.timeoutMs, dryRun: true });
}

function queries(
  { project, dataset, document, parameters, bytesBilledMax, requestId }: Omit<Query, "jobTimeoutMs">,
  more: object,
): RestRequest {
  const { query, location, maximumBytesBilled } = document;
  const asked = Number(maximumBytesBilled ?? bytesBilledMax);
  const body = {
    query,
    useLegacySql: false,
    parameterMode: "NAMED",
    queryParameters: parameters,
    maximumBytesBilled: asked < bytesBilledMax ? maximumBytesBilled : String(bytesBilledMax),
    requestId,
    ...(location === undefined ? {} : { location }),
    ...(dataset && { defaultDataset: { projectId: dataset.projectId ?? project, datasetId: dataset.datasetId } }),
    ...more,
  };
  return { method: "POST", path: `/projects/${encodeURIComponent(project)}/queries`, query: "", body: JSON.stringify(body) };
}

/** Where BigQuery says that a query's job is. */
export interface JobReference {
  readonly projectId: string;
  readonly jobId: string;
  readonly location?: string;
}

/** Asks for a page of a job's rows, the first without `pageToken`; while the job runs, waits for its end up to `timeoutMs` (jobs.getQueryResults). */
export function resultsRequest(job: JobReference, { pageToken, timeoutMs }: { pageToken?: string; timeoutMs: number }): RestRequest {
  const query = new URLSearchParams({
    maxResults: String(pageRowsMax),
    timeoutMs: String(timeoutMs),
    "formatOptions.useInt64Timestamp": "true",
  });
  if (pageToken !== undefined) query.set("pageToken", pageToken);
  if (job.location !== undefined) query.set("location", job.location);
  return {
    method: "GET",
    path: `/projects/${encodeURIComponent(job.projectId)}/queries/${encodeURIComponent(job.jobId)}`,
    query: query.toString(),
  };
}

/** Has BigQuery end a job (jobs.cancel). */
export function cancelRequest({ projectId, jobId, location }: JobReference): RestRequest {
  const path = `/projects/${encodeURIComponent(projectId)}/jobs/${encodeURIComponent(jobId)}/cancel`;
  return { method: "POST", path, query: location === undefined ? "" : new URLSearchParams({ location }).toString() };
}

/**
 * What BigQuery knows a repeat by, for 15 minutes: the id of the call, or of all calls with the same Idempotency-Key. The key counts
 * within `scope` alone, so that nobody gets the answer of somebody else's query.
 */
export function requestIdOf({ callId, key, scope }: { callId: string; key: string | undefined; scope: readonly string[] }): string {
  if (key === undefined) return callId;
  return createHash("sha256")
    .update(JSON.stringify([...scope, key]))
    .digest("hex")
    .slice(0, requestIdLength);
}

/** Of at most 36 letters. */
const requestIdLength = 32;

/** One page of this many rows is read in about 10 ms; BigQuery cuts it at 10 MB besides. */
const pageRowsMax = 5_000;
