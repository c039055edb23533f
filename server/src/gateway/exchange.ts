import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { Net, NetRequest } from "../net/net.ts";
import { filledTarget } from "../protocols/http/path-template.ts";
import { baseWith, callerHeaders, planRequest } from "../protocols/http/plan.ts";
import type { CallerHeaders } from "../protocols/http/request-headers.ts";
import { signed, signsBody } from "../protocols/http/sign.ts";
import { heldBody, isSigned } from "../traffic/held-body.ts";
import { Attempts, type RetryDoors, systemDoors } from "./attempts.ts";
import { bodyOf } from "./body.ts";
import type { Call } from "./call.ts";
import type { Prepared } from "./prepare.ts";
import { type Outcome, type Receiver, Relay } from "./relay.ts";
import { retriesMax } from "./retry.ts";
import { createRetryBudget } from "./retry-budget.ts";
import type { Target } from "./target.ts";

/**
 * Sends calls. Both throw `Problem` before anything is sent; whatever goes wrong after that is answered here. `onSettled` is called exactly
 * once unless they throw.
 */
export interface Exchange {
  /** Plans the request of a call and sends it; the answer goes straight to the caller. */
  pass(call: Call, target: Target, prepared: Prepared, onSettled: Settle): void;
  /** The same for a request that was made here, body and all. */
  send(call: Call, made: MadeRequest, prepared: Prepared, onSettled: Settle): void;
}

type Settle = (call: Call, outcome: Outcome) => void;

/** A request that is not the caller's own. */
export interface MadeRequest {
  /** The request without its body, to send with what is prepared; called again when a renewed token is to be tried. Throws `Problem`. */
  readonly planned: (prepared: Prepared) => Planned;
  readonly body: Buffer | null;
  /** Whether an explanation shows the body: it is Mooring's own, as is all of a query but its values. */
  readonly isBodyShown?: boolean;
  /** The caller's headers, for what they ask of the gateway. */
  readonly headers: Pick<CallerHeaders, "retries" | "takesTrailers">;
  /** What the answer goes to in place of the relay, which it passes it on to. */
  readonly receiver?: (relay: Relay) => Receiver;
}

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
  return { pass, send };

  function pass(call: Call, target: Target, prepared: Prepared, onSettled: Settle): void {
    const { request } = call;
    const headers = callerHeaders(request.rawHeaders, prepared.proof);
    const planned = plan(request.method ?? "GET", target, prepared, headers);
    const retries = headers.retries === undefined ? (prepared.snapshot.retries ?? 0) : retriesOf(headers.retries);
    const { signatures } = prepared.proof;
    const relay = new Relay(call, { lingerMs, takesTrailers: headers.takesTrailers === true, onSettled });
    // To be ready for another attempt costs a call more than all the rest here, so only those pay for it that may need one.
    const mayRepeat = (retries > 0 || prepared.isRenewable === true) && isKept(headers);
    if (mayRepeat || signsBody(signatures)) {
      sendHeld({ call, target, prepared, headers, planned, retries, relay, mayRepeat });
      return;
    }
    call.attempts = 1;
    if (headers.expect !== undefined) goAhead(call);
    const sent = signatures.length === 0 ? planned : signed(planned, signatures, nothing);
    relay.attach(net.dispatch(hasBody(headers) ? { ...sent, body: bodyOf(call) } : sent, relay));
  }

  function send(call: Call, { planned: planWith, body, headers, receiver }: MadeRequest, prepared: Prepared, onSettled: Settle): void {
    const planned = planWith(prepared);
    const retries = headers.retries === undefined ? (prepared.snapshot.retries ?? 0) : retriesOf(headers.retries);
    const requestOf = (by: Prepared): NetRequest => {
      const { signatures } = by.proof;
      const plain = by === prepared ? planned : planWith(by);
      return signatures.length === 0 ? { ...plain, body } : { ...signed(plain, signatures, body ?? nothing), body };
    };
    const relay = new Relay(call, { lingerMs, takesTrailers: headers.takesTrailers === true, onSettled });
    const to = receiver?.(relay) ?? relay;
    if (retries === 0 && prepared.isRenewable !== true) {
      call.attempts = 1;
      relay.attach(net.dispatch(requestOf(prepared), to));
      return;
    }
    const endsAtMs = performance.now() + (planned.timeoutMs ?? timeoutMsMax);
    const deps = { net, budget, clock, doors, renew: prepared.isRenewable ? renew : undefined };
    const attempts = new Attempts(call, to, deps, { requestOf, retries, endsAtMs });
    relay.attach(attempts);
    attempts.begin(prepared);
  }

  /** Sends a call whose body must be whole before anything leaves: because it is signed, or because the call may be sent again. */
  function sendHeld({ call, target, prepared, headers, planned, retries, relay, mayRepeat }: Held): void {
    const { request } = call;
    let body: Buffer | null = null;
    const requestOf = (by: Prepared): NetRequest => {
      const plain = by === prepared ? planned : plan(planned.method, target, by, callerHeaders(request.rawHeaders, by.proof));
      return { ...signed(plain, by.proof.signatures, body ?? nothing), body };
    };
    const endsAtMs = performance.now() + (planned.timeoutMs ?? timeoutMsMax);
    const deps = { net, budget, clock, doors, renew: mayRepeat && prepared.isRenewable ? renew : undefined };
    const attempts = new Attempts(call, relay, deps, { requestOf, retries: mayRepeat ? retries : 0, endsAtMs });
    relay.attach(attempts);
    if (!hasBody(headers)) {
      attempts.begin(prepared);
      return;
    }
    attempts.expectBody();
    // One that is too long is refused before it is sent.
    if (headers.expect !== undefined && !(Number(headers.contentLength) > heldLimits.bytesMax)) goAhead(call);
    heldBody(request, { ...heldLimits, length: headers.contentLength }).then(
      (whole) => {
        // A caller that has gone away has ended its call already.
        if (whole === undefined) return;
        body = whole;
        call.bytesIn = whole.length;
        attempts.begin(prepared);
      },
      (error: Error) => attempts.refuse(error),
    );
  }
}

/** Tells a caller who waits for it that its body is wanted. Means nothing to HTTP/1.0 (RFC 9110 section 10.1.1). */
export function goAhead({ request, response }: Call): void {
  if (request.httpVersionMinor === 1) response.writeContinue();
}

interface Held {
  readonly call: Call;
  readonly target: Target;
  readonly prepared: Prepared;
  readonly headers: CallerHeaders;
  readonly planned: Planned;
  readonly retries: number;
  readonly relay: Relay;
  readonly mayRepeat: boolean;
}

/** A request to send, before it has its body. */
export type Planned = NetRequest & { readonly body: null };

const nothing = Buffer.alloc(0);
/** The most that a signed body may have. */
export const signedBytesMax = 1024 * 1024;
const heldLimits = { bytesMax: signedBytesMax, timeoutMs: 60_000, why: isSigned };

/** The request to send, without its body. Throws `Problem` on what cannot be sent. */
export function plan(method: string, target: Target, { snapshot, proof, base }: Prepared, headers: CallerHeaders): Planned {
  requireForwardable(method);
  requireNoWebSocket(headers);
  const { variables, timeoutMs } = headers;
  const overrides = variables === undefined ? undefined : variablesOf(variables);
  const to = overrides === undefined ? base() : baseWith(overrides, snapshot);
  const { path, query } = filledTarget(target, snapshot.variables, overrides);
  const planned = planRequest(to, proof, { path, query, headers });
  // One object, written out: to copy others into it costs every call as much as all of the planning.
  return {
    org: snapshot.org,
    method,
    origin: planned.origin,
    path: planned.path,
    headers: planned.headers,
    body: null,
    timeoutMs: timeoutMs === undefined ? undefined : timeoutOf(timeoutMs),
  };
}

/** Throws `Problem` method_not_allowed on a method that is not passed on. */
export function requireForwardable(method: string): void {
  // TRACE would send the credentials back in its answer (RFC 9110 section 9.3.8).
  if (method === "TRACE" || method === "CONNECT") throw new Problem("method_not_allowed", { message: `${method} is not passed on.` });
}

function requireNoWebSocket({ upgrade }: CallerHeaders): void {
  // Any other upgrade may be ignored (RFC 9110 section 7.8); who asks for this one cannot go on without it.
  if (upgrade?.toLowerCase().includes("websocket")) throw fault("The gateway does not open WebSockets.");
}

/** Whether the caller sends a body, an empty one left aside. */
export const hasBody = ({ contentLength, transferEncoding }: CallerHeaders) =>
  transferEncoding !== undefined || (contentLength !== undefined && contentLength !== "0");

/** Whether a call can be sent again: nothing of it is gone once it was sent. A larger body is not held, and so is sent once. */
function isKept(headers: CallerHeaders): boolean {
  return !hasBody(headers) || (headers.transferEncoding === undefined && Number(headers.contentLength) <= heldBytesMax);
}

const heldBytesMax = 64 * 1024;

/** The variables that a call brings in Mooring-Variables. */
export function variablesOf(text: string): ReadonlyMap<string, string> {
  return new Map(new URLSearchParams(text));
}

/** What a call may take in all. */
export const timeoutMsMax = 300_000;

/** The time that a call gives itself in Mooring-Timeout-Ms. Throws `Problem` invalid_request. */
export function timeoutOf(text: string): number {
  const timeoutMs = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (timeoutMs < 1 || timeoutMs > timeoutMsMax) throw fault(`Mooring-Timeout-Ms is a whole number from 1 to ${timeoutMsMax}.`);
  return timeoutMs;
}

/** Reads `Mooring-Retries`. Throws `Problem` invalid_request. */
export function retriesOf(text: string): number {
  const retries = /^[0-9]$/.test(text) ? Number(text) : retriesMax + 1;
  if (retries > retriesMax) throw fault(`Mooring-Retries is a whole number from 0 to ${retriesMax}.`);
  return retries;
}

const fault = (message: string) => new Problem("invalid_request", { message });
