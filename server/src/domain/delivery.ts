/** What became of one attempt to deliver an event. */
export type AttemptOutcome =
  | { readonly kind: "delivered"; readonly status: number }
  | { readonly kind: "failed"; readonly status: number | undefined; readonly reason: string; readonly asks: Ask | undefined };

/** What a destination asks for beside saying no: to be left alone, for `pauseMs` where it says how long, or for good. */
export type Ask = { readonly kind: "pause"; readonly pauseMs: number } | { readonly kind: "throttle" } | { readonly kind: "gone" };

/** What an answer means (D-3): only 2xx is success, and a redirect is not followed. */
export function outcomeOf(status: number, retryAfter: string | undefined, now: Date): AttemptOutcome {
  if (status >= 200 && status <= 299) return { kind: "delivered", status };
  return { kind: "failed", status, reason: reasonOf(status), asks: askOf(status, retryAfter, now) };
}

function reasonOf(status: number): string {
  if (status === 410) return "The destination answered 410: it is gone for good.";
  return status >= 300 && status <= 399
    ? `The destination answered ${status}; redirects are not followed.`
    : `The destination answered ${status}.`;
}

function askOf(status: number, retryAfter: string | undefined, now: Date): Ask | undefined {
  if (status === 410) return { kind: "gone" };
  if (!throttling.has(status)) return undefined;
  const pauseMs = retryAfterMs(retryAfter, now) ?? (status === 429 ? pauseUnsaidMs : undefined);
  return pauseMs === undefined ? { kind: "throttle" } : { kind: "pause", pauseMs };
}

const throttling = new Set([429, 502, 503, 504]);
const pauseUnsaidMs = 5_000;

/**
 * How long a Retry-After asks to wait (RFC 9110 section 10.2.3: seconds, or a date), within 1 second and 24 hours (D-2). Undefined when there is
 * none, or it says neither.
 */
export function retryAfterMs(text: string | undefined, now: Date): number | undefined {
  const said = text?.trim() ?? "";
  if (/^[+-]?\d+$/.test(said)) return clamped(Number(said) * 1000);
  if (!httpDate.test(said)) return undefined;
  // One of the three forms of RFC 9110 section 5.6.7 has no zone, and means GMT as well.
  const atMs = Date.parse(said.endsWith("GMT") ? said : `${said} GMT`);
  return Number.isNaN(atMs) ? undefined : clamped(atMs - now.getTime());
}

const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/;
const clamped = (ms: number) => Math.min(dayMs, Math.max(1_000, ms));

/** How often an event is sent before it is dead. */
export const attemptsMax = 10;

/**
 * How long after the attempt that failed as the `attempts`th the next one is due, by the schedule of Standard Webhooks, 20 % more or less
 * (D-2). Undefined after the last. `random` is from 0 to below 1.
 */
export function nextAttemptMs(attempts: number, random: number): number | undefined {
  const gapMs = gapsMs[attempts - 1];
  return gapMs === undefined ? undefined : spread(gapMs, random);
}

const [secondMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000];
// One less than there are attempts: the first is made at once.
const gapsMs = [5 * secondMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 5 * hourMs, 10 * hourMs, 14 * hourMs, 20 * hourMs, 24 * hourMs];

/** After how many failures in a row a destination is left alone for a while (D-3). */
export const breaksAfter = 5;

/** How long a destination is left alone after so many failures in a row: longer each time, and undefined while there are too few to say. */
export function breakMs(failures: number, random: number): number | undefined {
  if (failures < breaksAfter) return undefined;
  return spread(Math.min(breakMsMax, 10 * secondMs * 2 ** (failures - breaksAfter)), random);
}

const breakMsMax = 5 * minuteMs;

const spread = (ms: number, random: number) => Math.round(ms * (0.8 + 0.4 * random));
