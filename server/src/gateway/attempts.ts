import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { Net, NetRequest } from "../net/net.ts";
import type { UpstreamHeaders } from "../protocols/http/response-headers.ts";
import { Attempt, type Fate, type Judge } from "./attempt.ts";
import type { Call } from "./call.ts";
import type { Prepared } from "./prepare.ts";
import type { Abortable, Receiver } from "./relay.ts";
import { isRepeatable, isRetriedFailure, isRetriedStatus, retryDelayMs } from "./retry.ts";
import type { RetryBudget } from "./retry-budget.ts";

export interface AttemptsDeps {
  readonly net: Pick<Net, "dispatch">;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly doors: RetryDoors;
  /**
   * Asked once when the upstream refused a call with 401: resolves to what to send it with instead, or to undefined when there is nothing
   * better. Then, and when it rejects, the caller gets the 401.
   */
  readonly renew?: ((call: Call) => Promise<Prepared | undefined>) | undefined;
}

/** Chance and waiting, as arguments. */
export interface RetryDoors {
  readonly random: () => number;
  /** Calls `go` after a pause of `ms`; what it returns prevents that. */
  readonly wait: (ms: number, go: () => void) => () => void;
}

/** Those of the machine. */
export const systemDoors: RetryDoors = {
  random: Math.random,
  wait: (ms, go) => {
    const timer = setTimeout(go, ms);
    return () => clearTimeout(timer);
  },
};

/** What is asked for one call. */
export interface AttemptsPlan {
  /** The request to send with what is prepared, body included. Throws `Problem` when none can be made of it. */
  readonly requestOf: (prepared: Prepared) => NetRequest;
  readonly retries: number;
  /** When the call must be over, on the clock of performance.now(). */
  readonly endsAtMs: number;
}

/**
 * Sends a call again where that may help: once with a renewed token after a 401, and as often as its caller asked after a failure that
 * may pass (L-5). The caller sees only the attempt that is the last. All of them together end in the call's total time.
 */
export class Attempts implements Abortable, Judge {
  readonly #call: Call;
  readonly #relay: Receiver;
  readonly #deps: AttemptsDeps;
  readonly #plan: AttemptsPlan;
  #request: NetRequest | undefined;
  #attempt: Attempt | undefined;
  #retries = 0;
  #mayRenew: boolean;
  #isRenewing = false;
  #failure: Error | undefined;
  #cancelWait: (() => void) | undefined;
  #isOver = false;

  constructor(call: Call, relay: Receiver, deps: AttemptsDeps, plan: AttemptsPlan) {
    this.#call = call;
    this.#relay = relay;
    this.#deps = deps;
    this.#plan = plan;
    this.#mayRenew = deps.renew !== undefined;
  }

  /** Ends the call when its body, which is read before anything is sent, is not there in time. */
  expectBody(): void {
    const timer = setTimeout(() => this.#fail(outOfTime()), this.#remainingMs());
    this.#cancelWait = () => clearTimeout(timer);
  }

  /** Ends the call before anything was sent. */
  refuse(error: Error): void {
    this.#cancelWait?.();
    if (!this.#isOver) this.#fail(error);
  }

  /** Sends the first attempt. */
  begin(prepared: Prepared): void {
    this.#cancelWait?.();
    if (this.#isOver) return;
    const request = this.#plan.requestOf(prepared);
    this.#request = request;
    if (this.#plan.retries > 0) this.#deps.budget.earn(request.org, request.origin);
    this.#send(request);
  }

  abort(reason: Error): void {
    this.#isOver = true;
    this.#cancelWait?.();
    this.#attempt?.abort(reason);
  }

  answered(status: number, headers: UpstreamHeaders): Fate {
    if (status === 401 && this.#mayRenew && !this.#isOver) {
      this.#mayRenew = false;
      void this.#renew();
      return "held";
    }
    if (!isRetriedStatus(status) || !this.#isRepeatable()) return "passed";
    const { "retry-after": retryAfter } = headers;
    return this.#retry(typeof retryAfter === "string" ? retryAfter : undefined) ? "dropped" : "passed";
  }

  failed(error: Error, isSent: boolean): void {
    // The renewal that is under way decides; an upstream may well close the connection behind a 401.
    if (this.#isRenewing && this.#remainingMs() > 0 && !this.#isOver) this.#failure = error;
    else if (!this.#isOver && isRetriedFailure(error, { isSent, isRepeatable: this.#isRepeatable() }) && this.#retry(undefined)) return;
    else this.#fail(error);
  }

  async #renew(): Promise<void> {
    this.#isRenewing = true;
    const renewed = await this.#deps.renew?.(this.#call).catch(() => undefined);
    this.#isRenewing = false;
    if (this.#isOver) return;
    if (!renewed) {
      if (this.#failure) this.#fail(this.#failure);
      else this.#attempt?.pass();
      return;
    }
    this.#attempt?.drop();
    try {
      this.#request = this.#plan.requestOf(renewed);
      this.#send(this.#request);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Sends the call again after a while. False when it may not be. */
  #retry(retryAfter: string | undefined): boolean {
    const request = this.#request;
    const { budget, clock, doors } = this.#deps;
    if (this.#isOver || !request || this.#retries >= this.#plan.retries) return false;
    const delayMs = retryDelayMs(this.#retries + 1, { retryAfter, now: clock.now(), random: doors.random });
    if (delayMs === undefined || delayMs >= this.#remainingMs() || !budget.spend(request.org, request.origin)) return false;
    this.#retries += 1;
    this.#cancelWait = doors.wait(delayMs, () => this.#send(request));
    return true;
  }

  #send(request: NetRequest): void {
    const timeoutMs = this.#remainingMs();
    if (timeoutMs <= 0) {
      this.#fail(outOfTime());
      return;
    }
    this.#call.attempts += 1;
    const attempt = new Attempt(this.#relay, this);
    this.#attempt = attempt;
    attempt.send(this.#deps.net, { ...request, timeoutMs });
  }

  #fail(error: Error): void {
    this.#isOver = true;
    // A controller is of no use to a relay that has nothing to relay.
    this.#relay.onResponseError(undefined, error);
  }

  #remainingMs(): number {
    return this.#plan.endsAtMs - performance.now();
  }

  #isRepeatable(): boolean {
    const { method = "GET", headers = [] } = this.#request ?? {};
    return isRepeatable(method, headers);
  }
}

const outOfTime = () => new Problem("upstream_timeout", { message: "The call was not over within its total time." });
