import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { Net, NetRequest } from "../net/net.ts";
import { baseWith, callerHeaders, planRequest } from "../protocols/http/plan.ts";
import type { CallerHeaders } from "../protocols/http/request-headers.ts";
import { Attempts, type RetryDoors, systemDoors } from "./attempts.ts";
import { bodyOf } from "./body.ts";
import type { Call } from "./call.ts";
import type { Prepared } from "./prepare.ts";
import { type Outcome, Relay } from "./relay.ts";
import { retriesMax } from "./retry.ts";
import { createRetryBudget } from "./retry-budget.ts";
import type { Target } from "./target.ts";
import { wholeBody } from "./whole-body.ts";

/**
 * Plans the request of a call and sends it; the answer goes straight to the caller. Throws `Problem` before anything is sent; whatever
 * goes wrong after that is answered here. `onSettled` is called exactly once unless it throws.
 */
export type Exchange = (call: Call, target: Target, prepared: Prepared, onSettled: (outcome: Outcome) => void) => void;

export interface ExchangeDeps {
  readonly net: Pick<Net, "dispatch">;
  /** How long the rest of a caller's body is read after an early answer. */
  readonly lingerMs: number;
  readonly clock: Clock;
  /** Those of the machine when left out. */
  readonly doors?: RetryDoors;
  /** See AttemptsDeps. Asked only where `prepared.isRenewable` says so. */
  readonly renew?: (call: Call) => Promise<Prepared | undefined>;
}

export function createExchange({ net, lingerMs, clock, doors = systemDoors, renew }: ExchangeDeps): Exchange {
  const budget = createRetryBudget();
  return (call, target, prepared, onSettled) => {
    const { request } = call;
    const headers = callerHeaders(request.rawHeaders, prepared.proof);
    const planned = plan(request.method ?? "GET", target, prepared, headers);
    const retries = headers.retries === undefined ? (prepared.snapshot.retries ?? 0) : retriesOf(headers.retries);
    const relay = new Relay(call, { lingerMs, takesTrailers: headers.takesTrailers === true, onSettled });
    if (headers.expect !== undefined && request.httpVersionMinor === 1) call.response.writeContinue();
    // To be ready for another attempt costs a call more than all the rest here, so only those pay for it that may need one.
    if ((retries > 0 || prepared.isRenewable) && isKept(headers)) {
      sendAgain({ call, target, prepared, headers, planned, retries, relay });
      return;
    }
    call.attempts = 1;
    const body = hasBody(headers) ? bodyOf(request) : null;
    relay.attach(net.dispatch({ ...planned, body }, relay));
  };

  /** Sends a call that may be sent more than once. A body is read whole first. */
  function sendAgain({ call, target, prepared, headers, planned, retries, relay }: Repeatable): void {
    const { request } = call;
    let body: Buffer | null = null;
    const requestOf = (by: Prepared): NetRequest => {
      if (by === prepared) return { ...planned, body };
      return { ...plan(planned.method, target, by, callerHeaders(request.rawHeaders, by.proof)), body };
    };
    const endsAtMs = performance.now() + (planned.timeoutMs ?? timeoutMsMax);
    const deps = { net, budget, clock, doors, renew: prepared.isRenewable ? renew : undefined };
    const attempts = new Attempts(call, relay, deps, { requestOf, retries, endsAtMs });
    relay.attach(attempts);
    if (!hasBody(headers)) {
      attempts.begin(prepared);
      return;
    }
    attempts.expectBody();
    wholeBody(request, Number(headers.contentLength), (whole) => {
      body = whole;
      attempts.begin(prepared);
    });
  }
}

interface Repeatable {
  readonly call: Call;
  readonly target: Target;
  readonly prepared: Prepared;
  readonly headers: CallerHeaders;
  readonly planned: Planned;
  readonly retries: number;
  readonly relay: Relay;
}

type Planned = Omit<NetRequest, "body">;

/** The request to send, but for its body. Throws `Problem` on what cannot be sent. */
function plan(method: string, target: Target, { snapshot, proof, base }: Prepared, headers: CallerHeaders): Planned {
  requireForwardable(method, snapshot);
  requireNoWebSocket(headers);
  const { variables, timeoutMs } = headers;
  const to = variables === undefined ? base() : baseWith(variablesOf(variables), snapshot);
  const planned = planRequest(to, proof, { path: target.path, query: target.query, headers });
  const timeout = timeoutMs === undefined ? undefined : { timeoutMs: timeoutOf(timeoutMs) };
  return { org: snapshot.org, method, ...planned, ...timeout };
}

function requireForwardable(method: string, { protocol }: Prepared["snapshot"]): void {
  // TRACE would send the credentials back in its answer (RFC 9110 section 9.3.8).
  if (method === "TRACE" || method === "CONNECT") throw new Problem("method_not_allowed", { message: `${method} is not passed on.` });
  if (protocol !== "http") throw new Problem("not_available", { message: `Calls through a ${protocol} connection are not available yet.` });
}

function requireNoWebSocket({ upgrade }: CallerHeaders): void {
  // Any other upgrade may be ignored (RFC 9110 section 7.8); who asks for this one cannot go on without it.
  if (upgrade?.toLowerCase().includes("websocket")) throw fault("The gateway does not open WebSockets.");
}

const hasBody = ({ contentLength, transferEncoding }: CallerHeaders) =>
  transferEncoding !== undefined || (contentLength !== undefined && contentLength !== "0");

/** Whether a call can be sent again: nothing of it is gone once it was sent. A larger body is not held, and so is sent once. */
function isKept(headers: CallerHeaders): boolean {
  return !hasBody(headers) || (headers.transferEncoding === undefined && Number(headers.contentLength) <= heldBytesMax);
}

const heldBytesMax = 64 * 1024;

function variablesOf(text: string): ReadonlyMap<string, string> {
  return new Map(new URLSearchParams(text));
}

const timeoutMsMax = 300_000;

function timeoutOf(text: string): number {
  const timeoutMs = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (timeoutMs < 1 || timeoutMs > timeoutMsMax) throw fault(`Mooring-Timeout-Ms is a whole number from 1 to ${timeoutMsMax}.`);
  return timeoutMs;
}

function retriesOf(text: string): number {
  const retries = /^[0-9]$/.test(text) ? Number(text) : retriesMax + 1;
  if (retries > retriesMax) throw fault(`Mooring-Retries is a whole number from 0 to ${retriesMax}.`);
  return retries;
}

const fault = (message: string) => new Problem("invalid_request", { message });
