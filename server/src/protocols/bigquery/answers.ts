import { Problem } from "../../kernel/errors.ts";
import type { JobReference } from "./requests.ts";
import { type Field, fieldsOf } from "./schema.ts";

/** What BigQuery answers to a query, or to a question for its results. */
export interface ResultPage {
  readonly isComplete: boolean;
  readonly job: JobReference | undefined;
  /** Undefined while the query runs, and where a statement has no rows. */
  readonly schema: readonly Field[] | undefined;
  readonly rows: readonly unknown[];
  readonly pageToken: string | undefined;
  /** Whole numbers as texts, as they came. */
  readonly totalRows: string | undefined;
  readonly totalBytesProcessed: string | undefined;
  readonly changedRows: string | undefined;
  readonly isCacheHit: boolean | undefined;
  /** How long the answer was. */
  readonly bytes: number;
}

/** Reads an answer of jobs.query or jobs.getQueryResults. Throws `Problem` upstream_unreachable on one that makes no sense. */
export function readPage(body: Buffer): ResultPage {
  const answer = objectOf(body);
  const { jobComplete, jobReference, schema, rows, pageToken, cacheHit } = answer;
  if (typeof jobComplete !== "boolean") throw nonsense();
  if (rows !== undefined && !Array.isArray(rows)) throw nonsense();
  return {
    isComplete: jobComplete,
    job: jobOf(jobReference),
    schema: schema === undefined ? undefined : fieldsOf(schema),
    rows: rows ?? [],
    pageToken: typeof pageToken === "string" && pageToken !== "" ? pageToken : undefined,
    totalRows: wholeText(answer.totalRows),
    totalBytesProcessed: wholeText(answer.totalBytesProcessed),
    changedRows: wholeText(answer.numDmlAffectedRows),
    isCacheHit: typeof cacheHit === "boolean" ? cacheHit : undefined,
    bytes: body.length,
  };
}

/** What BigQuery says is wrong. */
export interface Refusal {
  readonly reason: string | undefined;
  readonly message: string;
  /** Where in the query, as in `[1:8]`, is part of the message. */
  readonly location: string | undefined;
}

/** Reads an answer that refuses, in Google's shape; of any other, what can be said. */
export function readRefusal(body: Buffer): Refusal {
  const { error } = attempted(body) ?? {};
  const { message, errors } = isObject(error) ? error : {};
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const { reason, location } = isObject(first) ? first : {};
  return { reason: textOf(reason), message: textOf(message) ?? "It gave no reason.", location: textOf(location) };
}

/** Whether another try may go well (as Google advises): it had a fault of its own, or was asked too much at once. A quota that is used up stays so. */
export const isPassing = (status: number, body: Buffer) =>
  status === 429 ||
  (status >= 500 && status <= 504 && status !== 501) ||
  (status === 403 && readRefusal(body).reason === "rateLimitExceeded");

function jobOf(reference: unknown): JobReference | undefined {
  if (!isObject(reference)) return undefined;
  const { projectId, jobId, location } = reference;
  if (typeof projectId !== "string" || typeof jobId !== "string") return undefined;
  return { projectId, jobId, ...(typeof location === "string" && location !== "" && { location }) };
}

function objectOf(body: Buffer): Readonly<Record<string, unknown>> {
  const read = attempted(body);
  if (read === undefined) throw nonsense();
  return read;
}

function attempted(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(body.toString("utf8"));
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);
/** Google writes them as texts; a number is taken as well. */
const wholeText = (value: unknown) => (/^[0-9]{1,20}$/.test(String(value)) ? String(value) : undefined);
const nonsense = () => new Problem("upstream_unreachable", { message: "The answer is not one of BigQuery's." });
