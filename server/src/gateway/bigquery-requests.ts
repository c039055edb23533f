import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { Net, NetRequest } from "../net/net.ts";
import { isPassing } from "../protocols/bigquery/answers.ts";
import type { RestRequest } from "../protocols/bigquery/requests.ts";
import { planRequest } from "../protocols/http/plan.ts";
import type { RetryDoors } from "./attempts.ts";
import type { Prepared } from "./prepare.ts";
import { isRetriedFailure, retryDelayMs } from "./retry.ts";
import { createRetryBudget } from "./retry-budget.ts";
import { type WholeAnswer, wholeAnswer } from "./whole-answer.ts";

/** What the requests of one call share. */
export interface Session {
  /** Replaced when the token was renewed. */
  prepared: Prepared;
  /** Asked once, after a 401, for what to go on with; undefined when nothing can be renewed, or was already. */
  renew: (() => Promise<Prepared | undefined>) | undefined;
  retriesLeft: number;
  /** How many were sent again. */
  repeats: number;
}

export interface BigQueryRequestsDeps {
  readonly net: Pick<Net, "dispatch">;
  readonly clock: Clock;
  readonly doors: RetryDoors;
}

/**
 * Asks BigQuery. All that it is asked may be asked twice, the query because of its request id, so a request is sent again after a failure
 * that may pass, as far as the session and the budget go (L-5), and once with a renewed token. Rejects with a `Problem` when there is no
 * answer by `endsAtMs`, and with the signal's reason.
 */
export type Ask = (session: Session, request: RestRequest, limits: AskLimits) => Promise<WholeAnswer>;

export interface AskLimits {
  /** On the clock of performance.now(). */
  readonly endsAtMs: number;
  readonly signal?: AbortSignal;
  /** Asked before anything is sent again. */
  readonly isWanted?: () => boolean;
}

export function createBigQueryRequests({ net, clock, doors }: BigQueryRequestsDeps): Ask {
  const budget = createRetryBudget();
  return async (session, request, { endsAtMs, signal, isWanted = () => true }) => {
    for (let nth = 1; ; nth += 1) {
      const timeoutMs = endsAtMs - performance.now();
      if (timeoutMs <= 0) throw outOfTime();
      const sent = netRequest(session.prepared, request, timeoutMs);
      if (nth === 1) budget.earn(sent.org, sent.origin);
      const { answer, error } = await outcomeOf(wholeAnswer(net, sent, { bodyBytesMax, ...(signal && { signal }) }));
      if (signal?.aborted) throw signal.reason;
      if (answer?.status === 401 && isWanted() && (await isRenewed(session))) continue;
      const mayPass =
        isWanted() && (answer ? isPassing(answer.status, answer.body) : isRetriedFailure(error, { isSent: false, isRepeatable: true }));
      const retryAfter = answer?.headers["retry-after"];
      const moment = { retryAfter: typeof retryAfter === "string" ? retryAfter : undefined, now: clock.now(), random: doors.random };
      const delayMs = mayPass && session.retriesLeft > 0 ? retryDelayMs(nth, moment) : undefined;
      if (delayMs === undefined || delayMs >= endsAtMs - performance.now() || !budget.spend(sent.org, sent.origin)) {
        if (answer) return answer;
        throw error;
      }
      session.retriesLeft -= 1;
      session.repeats += 1;
      await pause(doors, delayMs, signal);
    }
  };
}

/** Undisturbed, `ms` of time; rejects with the signal's reason as soon as that is aborted. */
export function pause(doors: RetryDoors, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = doors.wait(ms, () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    signal?.addEventListener("abort", stop, { once: true });
    function stop(): void {
      cancel();
      reject(signal?.reason);
    }
  });
}

/** The request as it leaves through `prepared`. Throws `Problem` as the planner does. */
export function netRequest(
  { snapshot, proof, base }: Prepared,
  request: RestRequest,
  timeoutMs?: number,
): NetRequest & { body: Buffer | null } {
  const body = request.body === undefined ? null : Buffer.from(request.body);
  const length = body === null ? {} : { contentLength: String(body.length) };
  const forwarded = ["Accept", "application/json", "Accept-Encoding", "identity", ...(body ? ["Content-Type", "application/json"] : [])];
  const { origin, path, headers } = planRequest(base(), proof, { ...request, headers: { forwarded, ...length } });
  return { org: snapshot.org, method: request.method, origin, path, headers, body, timeoutMs };
}

async function outcomeOf(
  answered: Promise<WholeAnswer>,
): Promise<{ answer: WholeAnswer; error?: never } | { answer?: never; error: Error }> {
  return answered.then(
    (answer) => ({ answer }),
    (error: Error) => ({ error }),
  );
}

async function isRenewed(session: Session): Promise<boolean> {
  const { renew } = session;
  session.renew = undefined;
  const renewed = await renew?.().catch(() => undefined);
  if (renewed === undefined) return false;
  session.prepared = renewed;
  session.repeats += 1;
  return true;
}

const outOfTime = () => new Problem("upstream_timeout", { message: "The call was not over within its total time." });

/** BigQuery cuts a page at 10 MB; a single row may be more. */
const bodyBytesMax = 32 * 1024 * 1024;
