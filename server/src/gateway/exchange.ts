import { Problem } from "../kernel/errors.ts";
import type { Net, NetRequest } from "../net/net.ts";
import { baseWith, callerHeaders, planRequest } from "../protocols/http/plan.ts";
import type { CallerHeaders } from "../protocols/http/request-headers.ts";
import { bodyOf } from "./body.ts";
import type { Call } from "./call.ts";
import type { Prepared } from "./prepare.ts";
import { type Outcome, Relay } from "./relay.ts";
import type { Target } from "./target.ts";

/**
 * Plans the request of a call and sends it; the answer goes straight to the caller. Throws `Problem` before anything is sent; whatever
 * goes wrong after that is answered here. `onSettled` is called exactly once unless it throws.
 */
export type Exchange = (call: Call, target: Target, prepared: Prepared, onSettled: (outcome: Outcome) => void) => void;

export interface ExchangeDeps {
  readonly net: Pick<Net, "dispatch">;
  /** How long the rest of a caller's body is read after an early answer. */
  readonly lingerMs: number;
}

export function createExchange({ net, lingerMs }: ExchangeDeps): Exchange {
  return (call, target, prepared, onSettled) => {
    const { request, response, requestId } = call;
    const headers = callerHeaders(request.rawHeaders, prepared.proof);
    const planned = plan(request.method ?? "GET", target, prepared, headers);
    const relay = new Relay(request, response, requestId, { lingerMs, onSettled });
    const body = hasBody(headers) ? bodyOf(request) : null;
    relay.attach(net.dispatch({ ...planned, body }, relay));
  };
}

/** The request to send, but for its body. Throws `Problem` on what cannot be sent. */
function plan(method: string, target: Target, { snapshot, proof, base }: Prepared, headers: CallerHeaders): Omit<NetRequest, "body"> {
  requireForwardable(method);
  requireNoWebSocket(headers);
  const { variables, timeoutMs } = headers;
  const to = variables === undefined ? base() : baseWith(variablesOf(variables), snapshot);
  const planned = planRequest(to, proof, { path: target.path, query: target.query, headers });
  const timeout = timeoutMs === undefined ? undefined : { timeoutMs: timeoutOf(timeoutMs) };
  return { org: snapshot.org, method, ...planned, ...timeout };
}

function requireForwardable(method: string): void {
  // TRACE would send the credentials back in its answer (RFC 9110 section 9.3.8).
  if (method === "TRACE" || method === "CONNECT") throw new Problem("method_not_allowed", { message: `${method} is not passed on.` });
}

function requireNoWebSocket({ upgrade }: CallerHeaders): void {
  // Any other upgrade may be ignored (RFC 9110 section 7.8); who asks for this one cannot go on without it.
  if (upgrade?.toLowerCase().includes("websocket")) throw fault("The gateway does not open WebSockets.");
}

const hasBody = ({ contentLength, transferEncoding }: CallerHeaders) =>
  transferEncoding !== undefined || (contentLength !== undefined && contentLength !== "0");

function variablesOf(text: string): ReadonlyMap<string, string> {
  return new Map(new URLSearchParams(text));
}

const timeoutMsMax = 300_000;

function timeoutOf(text: string): number {
  const timeoutMs = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (timeoutMs < 1 || timeoutMs > timeoutMsMax) throw fault(`Mooring-Timeout-Ms is a whole number from 1 to ${timeoutMsMax}.`);
  return timeoutMs;
}

const fault = (message: string) => new Problem("invalid_request", { message });
