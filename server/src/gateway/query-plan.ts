import { accountProject } from "../credentials/google.ts";
import type { BigQueryActionDocument } from "../domain/action.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import { type QueryParameter, queryParameters } from "../protocols/bigquery/parameters.ts";
import { datasetOf, projectOf } from "../protocols/bigquery/project.ts";
import { type Query, requestIdOf } from "../protocols/bigquery/requests.ts";
import { sortHeaders } from "../protocols/http/request-headers.ts";
import type { Call } from "./call.ts";
import { retriesOf, timeoutMsMax, timeoutOf, variablesOf } from "./exchange.ts";

/** What is asked of an action of type bigquery. */
export interface QueryInvocation {
  readonly actionId: string;
  readonly document: BigQueryActionDocument;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A query, and how a call asked for it. */
export interface PlannedQuery {
  readonly query: BeginningQuery;
  readonly timeoutMs: number;
  readonly retries: number;
}

/** A query before it is known how long there is for it. */
export type BeginningQuery = Omit<Query, "timeoutMs" | "jobTimeoutMs">;

/** The query that a call comes to. Throws `Problem`, with every fault of the parameters at once. */
export function planQuery(
  { request, requestId }: Call,
  snapshot: EnvironmentSnapshot,
  { actionId, document, parameters }: QueryInvocation,
  bytesBilledMax: number,
): PlannedQuery {
  const headers = sortHeaders(request.rawHeaders, nothingInjected);
  const overrides = headers.variables === undefined ? [] : variablesOf(headers.variables);
  const checked = queryParameters(document.parameters, parameters, new Map([...snapshot.variables, ...overrides]));
  const { "idempotency-key": key } = request.headers;
  const scope = [snapshot.org, snapshot.environmentId, actionId];
  const id = requestIdOf({ callId: requestId, key: typeof key === "string" ? key : undefined, scope });
  return {
    query: queryThrough(snapshot, { document, parameters: checked, bytesBilledMax, requestId: id }),
    timeoutMs: headers.timeoutMs === undefined ? timeoutMsMax : timeoutOf(headers.timeoutMs),
    retries: headers.retries === undefined ? (snapshot.retries ?? standardRetries) : retriesOf(headers.retries),
  };
}

/** A query through an environment. Throws `Problem` template_unresolved when no project is known for it. */
export function queryThrough(
  { datasetId = "", variables, credentials }: EnvironmentSnapshot,
  asked: { document: BigQueryActionDocument; parameters: readonly QueryParameter[]; bytesBilledMax: number; requestId: string },
): BeginningQuery {
  const dataset = datasetOf(datasetId);
  // Those of the environment alone: who may make calls does not choose who pays for them.
  const project = projectOf({ variable: variables.get("project"), account: accountProject(credentials), dataset });
  return { ...asked, project, dataset };
}

/** All of it may be repeated, so it is, where neither the call nor the environment says how often. */
export const standardRetries = 2;

const nothingInjected: ReadonlySet<string> = new Set();
