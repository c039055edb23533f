import { isConnectionLost, problemOf } from "../net/problems.ts";

/** Answers that say that another try may go well. */
export const isRetriedStatus = (status: number) => retriedStatuses.has(status);

const retriedStatuses = new Set([429, 502, 503, 504]);

/** Whether doing it twice is as doing it once: the method says so (RFC 9110 section 9.2.2), or the caller, with an Idempotency-Key. */
export function isRepeatable(method: string, headers: readonly string[]): boolean {
  return idempotentMethods.has(method) || headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === "idempotency-key");
}

const idempotentMethods = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** Whether a failed attempt may be followed by another: nothing has left, or what has is repeatable and got no answer. */
export function isRetriedFailure(error: Error, { isSent, isRepeatable }: { isSent: boolean; isRepeatable: boolean }): boolean {
  if (isSent) return isRepeatable && isConnectionLost(error);
  const { code } = problemOf(error);
  return code === "upstream_unreachable" || code === "upstream_timeout";
}

/**
 * How long to wait before retry `nth` (from 1): a random share of a span that doubles, so that callers who failed together do not come
 * back together; on top of what the upstream asked for in Retry-After (RFC 9110 section 10.2.3), in seconds or as a date. Undefined when
 * it asks for more than 10 s: whoever wants to wait that long can. What cannot be read counts for nothing.
 */
export function retryDelayMs(nth: number, { retryAfter, now, random }: RetryMoment): number | undefined {
  const spanMs = Math.min(spanMsMax, firstSpanMs * 2 ** (nth - 1));
  const askedMs = retryAfter === undefined ? 0 : askedMsOf(retryAfter, now);
  return askedMs > askedMsMax ? undefined : askedMs + random() * spanMs;
}

export interface RetryMoment {
  readonly retryAfter: string | undefined;
  readonly now: Date;
  /** As Math.random. */
  readonly random: () => number;
}

function askedMsOf(retryAfter: string, now: Date): number {
  const text = retryAfter.trim();
  if (/^[0-9]+$/.test(text)) return Number(text) * 1000;
  // One of the three forms has no zone, and means GMT as well.
  const atMs = httpDate.test(text) ? Date.parse(text.endsWith("GMT") ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - now.getTime());
}

// RFC 9110 section 5.6.7. Date.parse alone would take much that is no date of HTTP.
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/;

const firstSpanMs = 100;
const spanMsMax = 2_000;
const askedMsMax = 10_000;

/** How often one call is retried at most, whoever asks. */
export const retriesMax = 5;
