import { type AttemptOutcome, outcomeOf } from "../../domain/delivery.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Problem } from "../../kernel/errors.ts";
import type { Net, NetCall, NetRequest } from "../../net/net.ts";
import { problemOf } from "../../net/problems.ts";

/** An attempt under way. */
export interface Attempt {
  /** How it ended; undefined when it was no attempt, because Mooring itself had no room or was told to stop. Never rejects. */
  readonly outcome: Promise<AttemptOutcome | undefined>;
  /** Stops it. */
  abort(): void;
}

/** Sends a request once. The status alone counts: what the destination answers beside it is read up to a bound, so that the connection can be used again, and thrown away. */
export function attempt(net: Pick<Net, "dispatch">, clock: Clock, request: NetRequest): Attempt {
  const { promise, resolve } = Promise.withResolvers<AttemptOutcome | undefined>();
  let answered: AttemptOutcome | undefined;
  let bytes = 0;
  const call: NetCall = net.dispatch(request, {
    onRequestStart() {},
    onResponseStart(_controller, status, { "retry-after": retryAfter }) {
      answered = outcomeOf(status, [retryAfter].flat()[0], clock.now());
    },
    onResponseData(_controller, piece) {
      bytes += piece.length;
      if (bytes > answerBytesMax) call.abort(stopped);
    },
    onResponseEnd: () => resolve(answered),
    onResponseError: (_controller, error) => resolve(answered ?? failureOf(error)),
  });
  return { outcome: promise, abort: () => call.abort(stopped) };
}

function failureOf(error: Error): AttemptOutcome | undefined {
  if (error === stopped) return undefined;
  const { code, message } = problemOf(error);
  return code === "overloaded" ? undefined : { kind: "failed", status: undefined, reason: message, asks: undefined };
}

const stopped = new Problem("overloaded", { message: "The attempt was stopped." });
const answerBytesMax = 64 * 1024;
