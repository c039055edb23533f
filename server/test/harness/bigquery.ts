import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type Answered, type NamedParameter, openSql, SqlError } from "./bigquery-sql.ts";
import type { RestField } from "./bigquery-types.ts";

/** A stand-in for BigQuery on loopback: its REST API, with the SQL run for real by DuckDB. */
export interface BigQuery {
  /** For MOORING_BIGQUERY_URL. */
  readonly url: string;
  /** For MOORING_GOOGLE_TOKEN_URL: gives everybody the good token. */
  readonly tokenUrl: string;
  /** Every request so far whose token is good. */
  readonly asked: Asked[];
  /** Every query that was run: one for each job. */
  readonly ran: QueryBody[];
  /** Jobs that somebody cancelled. */
  readonly cancelled: string[];
  /** How many were refused for their token. */
  refused: number;
  /** The access token that is good. */
  token: string;
  /** How many questions a job keeps unanswered before it is complete. */
  polls: number;
  /** Rows of a page, where that is less than what is asked for. */
  pageRows: number;
  /** What answers in place of the stand-in, or is done first; undefined lets it answer. */
  instead: ((asked: Asked) => Instead | undefined | Promise<undefined>) | undefined;
  close(): Promise<void>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: QueryBody | undefined;
}

export interface Instead {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface QueryBody {
  readonly query: string;
  readonly useLegacySql: boolean;
  readonly parameterMode: string;
  readonly queryParameters: readonly NamedParameter[];
  readonly maximumBytesBilled: string;
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly maxResults?: number;
  readonly dryRun?: boolean;
  readonly location?: string;
  readonly defaultDataset?: { readonly projectId: string; readonly datasetId: string };
  readonly formatOptions?: { readonly useInt64Timestamp?: boolean };
}

interface Job extends Answered {
  readonly id: string;
  readonly project: string;
  readonly location: string;
  pollsLeft: number;
}

export async function startBigQuery(): Promise<BigQuery> {
  const sql = await openSql();
  const jobs = new Map<string, Job>();
  const byRequest = new Map<string, Promise<Job>>();
  const server = createServer((request, response) => void served(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const self: BigQuery = {
    url: `http://127.0.0.1:${port}/bigquery/v2`,
    tokenUrl: `http://127.0.0.1:${port}/token`,
    asked: [],
    ran: [],
    cancelled: [],
    refused: 0,
    token: "good",
    polls: 0,
    pageRows: Number.POSITIVE_INFINITY,
    instead: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      sql.close();
    },
  };
  return self;

  async function served(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, headers } = await answered(request).catch((error: Error) =>
      error instanceof SqlError ? failure(400, "invalidQuery", error.message, "q") : failure(500, "internalError", String(error.stack)),
    );
    response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers }).end(JSON.stringify(body));
  }

  async function answered(request: IncomingMessage): Promise<Instead> {
    const url = new URL(request.url ?? "", self.url);
    const sent = await text(request);
    if (url.pathname === "/token") return { status: 200, body: { access_token: self.token, token_type: "Bearer", expires_in: 3600 } };
    if (request.headers.authorization !== `Bearer ${self.token}`) {
      self.refused += 1;
      return failure(401, "authError", "Request had invalid authentication credentials.");
    }
    const path = url.pathname.replace(/^\/bigquery\/v2/, "");
    const asked = {
      method: request.method ?? "",
      path,
      query: Object.fromEntries(url.searchParams),
      body: sent === "" ? undefined : JSON.parse(sent),
    };
    self.asked.push(asked);
    return (await self.instead?.(asked)) ?? routed(asked);
  }

  async function routed({ method, path, query, body }: Asked): Promise<Instead> {
    const [, projects, project = "", kind, id = "", verb] = path.split("/").map(decodeURIComponent);
    if (projects !== "projects") return failure(404, "notFound", "Not found.");
    if (method === "POST" && kind === "queries" && body) return body.dryRun ? dryRun(body) : begun(project, body);
    const job = jobs.get(id);
    if (!job || job.project !== project || (query.location !== undefined && query.location !== job.location))
      return failure(404, "notFound", `Not found: Job ${project}:${id}`);
    if (method === "POST" && kind === "jobs" && verb === "cancel") {
      self.cancelled.push(id);
      return { status: 200, body: { kind: "bigquery#jobCancelResponse" } };
    }
    return { status: 200, body: page(job, Number(query.maxResults), query.pageToken) };
  }

  /** A repeat, by its request id and all that matters to the result, gets the job of the first. */
  async function begun(project: string, body: QueryBody): Promise<Instead> {
    const { query, queryParameters, requestId, maxResults = Number.POSITIVE_INFINITY } = body;
    if (body.useLegacySql !== false || body.parameterMode !== "NAMED" || body.formatOptions?.useInt64Timestamp !== true)
      return failure(400, "invalid", "The stand-in takes named parameters, and answers whole timestamps.");
    const key = JSON.stringify([project, requestId, query, queryParameters]);
    const running = byRequest.get(key) ?? run(project, body);
    byRequest.set(key, running);
    return { status: 200, body: page(await running, maxResults, undefined) };
  }

  async function run(project: string, body: QueryBody): Promise<Job> {
    self.ran.push(body);
    const given = await sql.run(body.query, body.queryParameters);
    const job = { ...given, id: `job_${jobs.size + 1}`, project, location: body.location ?? "US", pollsLeft: self.polls };
    jobs.set(job.id, job);
    return job;
  }

  async function dryRun({ query, queryParameters }: QueryBody): Promise<Instead> {
    const fields = await sql.describe(query, queryParameters);
    return {
      status: 200,
      body: { kind: "bigquery#queryResponse", schema: { fields }, jobComplete: true, totalBytesProcessed: "1024", cacheHit: false },
    };
  }

  function page(job: Job, maxResults: number, pageToken: string | undefined): object {
    const { id, project, location, rows, fields } = job;
    const jobReference = { projectId: project, jobId: id, location };
    if (job.pollsLeft > 0) {
      job.pollsLeft -= 1;
      return { kind: "bigquery#queryResponse", jobReference, jobComplete: false };
    }
    const from = pageToken === undefined ? 0 : Number(pageToken.slice("after-".length));
    const to = from + Math.min(maxResults, self.pageRows);
    const more = to < rows.length ? { pageToken: `after-${to}` } : {};
    const counts = { totalRows: String(rows.length), totalBytesProcessed: "1024", cacheHit: false, jobComplete: true };
    return {
      kind: "bigquery#queryResponse",
      schema: { fields: fields as RestField[] },
      jobReference,
      ...counts,
      ...more,
      rows: rows.slice(from, to),
    };
  }
}

/** A failure in Google's shape. */
export function failure(status: number, reason: string, message: string, location?: string): Instead {
  const error = { message, domain: "global", reason, ...(location === undefined ? {} : { location, locationType: "parameter" }) };
  return { status, body: { error: { code: status, message, errors: [error], status: "INVALID_ARGUMENT" } } };
}
