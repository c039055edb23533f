import type { IncomingMessage, ServerResponse } from "node:http";
import { proofOf } from "../credentials/authenticate.ts";
import type { Base } from "../domain/base-url.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import { Problem } from "../kernel/errors.ts";
import type { Net } from "../net/net.ts";
import { baseOf, baseWith, callerHeaders, type HttpProof, httpProof, planRequest } from "../protocols/http/plan.ts";
import type { CallerHeaders } from "../protocols/http/request-headers.ts";
import { bodyOf } from "./body.ts";
import { type Outcome, Relay } from "./relay.ts";
import type { Target } from "./target.ts";

/** One call on its way through the gateway. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
}

/**
 * Plans the request of a call and sends it; the answer goes straight to the caller. Throws `Problem` before anything is sent; whatever
 * goes wrong after that is answered here. `onSettled` is called exactly once unless it throws.
 */
export type Send = (call: Call, target: Target, snapshot: EnvironmentSnapshot, onSettled: (outcome: Outcome) => void) => void;

export interface SendDeps {
  readonly net: Pick<Net, "dispatch">;
  /** How long the rest of a caller's body is read after an early answer. */
  readonly lingerMs: number;
}

export function createSend({ net, lingerMs }: SendDeps): Send {
  const prepared = new WeakMap<EnvironmentSnapshot, Prepared>();
  return send;

  function send(
    { request, response, requestId }: Call,
    target: Target,
    snapshot: EnvironmentSnapshot,
    onSettled: (outcome: Outcome) => void,
  ) {
    const { method = "GET" } = request;
    requireForwardable(method, snapshot);
    const { proof, base } = preparedFor(snapshot);
    const headers = callerHeaders(request.rawHeaders, proof);
    requireNoWebSocket(headers);
    const { variables, timeoutMs } = headers;
    const to = variables === undefined ? base() : baseWith(variablesOf(variables), snapshot);
    const planned = planRequest(to, proof, { path: target.path, query: target.query, headers });
    const timeout = timeoutMs === undefined ? undefined : { timeoutMs: timeoutOf(timeoutMs) };

    const relay = new Relay(request, response, requestId, { lingerMs, onSettled });
    const body = hasBody(headers) ? bodyOf(request) : null;
    relay.attach(net.dispatch({ org: snapshot.org, method, body, ...planned, ...timeout }, relay));
  }

  /** What all calls through a snapshot have in common, worked out on the first. */
  function preparedFor(snapshot: EnvironmentSnapshot): Prepared {
    const known = prepared.get(snapshot);
    if (known) return known;
    const proof = httpProof(proofOf(snapshot.credentials));
    let resolved: Base | undefined;
    // Apart from the proof, because a call's own variables may make up for one that the base URL lacks.
    const base = () => (resolved ??= baseOf(snapshot));
    const found = { proof, base };
    prepared.set(snapshot, found);
    return found;
  }
}

interface Prepared {
  readonly proof: HttpProof;
  readonly base: () => Base;
}

function requireForwardable(method: string, { protocol }: EnvironmentSnapshot): void {
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
