import type { Readable } from "node:stream";
import { type Dispatcher, Pool } from "undici";
import type { Clock } from "../kernel/clock.ts";
import { Problem, type ProblemCode } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import { Call, headerBytesMax } from "./call.ts";
import { CallList } from "./call-list.ts";
import { checkedAddresses, createConnector, type Origin } from "./connector.ts";
import type { EgressPolicy, EgressRule } from "./egress.ts";
import { failingTogether } from "./first-connection.ts";
import { headersForHttp2, watchHttp2Resets } from "./http2.ts";
import { createPools, type OriginPool } from "./pools.ts";
import { problemOf } from "./problems.ts";
import { limitQuestions } from "./questions.ts";
import { createHostLookup, createSystemResolve, type Resolve } from "./resolver.ts";

/**
 * The door out: the only place that opens connections (S-1). Where they may go is decided by egress.ts when one is opened; a call on
 * an open connection pays nothing for it. Redirects are not followed (S-4), and nothing is sent twice: a request that may have left
 * fails when its connection does.
 */
export function createNet(deps: NetDeps): Net {
  const { log, clock, resolve = createSystemResolve() } = deps;
  const deadlines = { ...standardDeadlines, ...deps.deadlines };
  const policy: EgressPolicy = { rules: deps.allow, ownPort: deps.own?.port };
  const pools = createPools({ open: openPool, poolsMax: deps.poolsMax ?? 1024 });
  const unwatch = watchHttp2Resets();
  const ticker = setInterval(tick, Math.min(250, deadlines.totalMs)).unref();
  const refusedCalls = new CallList<Call>();
  const questions = limitQuestions(resolve, { waitingMax: questionsMax });
  const closing = Promise.withResolvers<void>();
  let isClosed = false;
  return { dispatch, check, close, deadlines, stats: pools.stats };

  function dispatch(request: NetRequest, handler: Dispatcher.DispatchHandler): NetCall {
    const nowMs = performance.now();
    const endsAtMs = nowMs + Math.min(request.timeoutMs ?? deadlines.totalMs, deadlines.totalMs);
    const start = { startedMs: nowMs, endsAtMs, body: Buffer.isBuffer(request.body) ? null : request.body };
    let place: OriginPool;
    let headers = request.headers;
    try {
      place = findPlace(request, nowMs);
      if (place.isSecure) headers = headersForHttp2(headers);
    } catch (error) {
      const refused = new Call(handler, refusedCalls, start);
      refused.abort(error as Error);
      return refused;
    }
    const call = new Call(handler, place.calls, start);
    place.pool.dispatch(headers === request.headers ? request : { ...request, headers }, call);
    return call;
  }

  function findPlace(request: NetRequest, nowMs: number): OriginPool {
    const place = isClosed ? undefined : pools.find(request.org, request.origin, nowMs);
    if (!place || place.calls.size + place.calls.leftBehind >= callsPerPoolMax) throw new Problem("overloaded", { retryAfterSeconds: 1 });
    return place;
  }

  async function check(url: URL): Promise<EgressAnswer> {
    try {
      const origin = originOf(url.origin);
      const lookup = createHostLookup(origin.host, { resolve, clock });
      return { allowed: true, addresses: await checkedAddresses(origin, { policy, lookup, audit: () => {} }) };
    } catch (error) {
      const { code, message } = problemOf(error);
      return { allowed: false, code, reason: message };
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    closeWhenDone();
    await closing.promise;
  }

  function closeWhenDone(): void {
    if (pools.calls().length > 0) return;
    clearInterval(ticker);
    closing.resolve(pools.close().then(unwatch));
  }

  // One timer for all calls: a timer of its own would cost each call more than everything else here.
  function tick(): void {
    const nowMs = performance.now();
    for (const call of pools.calls()) if (call.endsAtMs <= nowMs) call.expire();
    // While connections are still being opened, their deadline is the one that counts.
    for (const call of pools.crowded(connectionsMax)) if (call.startedMs <= nowMs - deadlines.queueMs) call.giveUp();
    pools.sweep(nowMs - idlePoolMs);
    if (isClosed) closeWhenDone();
  }

  function openPool(org: string, text: string, calls: CallList<Call>): Pool {
    const origin = originOf(text);
    const lookup = createHostLookup(origin.host, { resolve: questions(org), clock });
    const isWanted = () => calls.size > 0;
    const connect = createConnector(origin, { policy, lookup, deadlines, audit: auditOf(org, origin.port), isWanted });
    const timeouts = { headersTimeout: deadlines.headersMs, bodyTimeout: deadlines.idleMs };
    if (origin.scheme === "http:") return new Pool(text, { ...poolOptions, ...timeouts, connect });
    return new Pool(text, { ...poolOptions, ...http2Options, ...timeouts, connect: failingTogether(connect, calls) });
  }

  // What a rule opens is said once per pool (S-10); what is refused, each time: the operator has to learn the address from somewhere.
  function auditOf(org: string, port: number): (event: "refused" | "listed", address: string) => void {
    const said = new Set<string>();
    return (event, address) => {
      if (event === "refused") log.warn(`Egress to ${address} port ${port} refused.`, { organisation: org });
      else if (!said.has(address)) log.info(`Egress to ${address} port ${port} opened by a rule.`, { organisation: org });
      if (event === "listed") said.add(address);
    };
  }
}

export interface NetDeps {
  readonly allow: readonly EgressRule[];
  /** Where Mooring itself listens, which is never called; undefined when it does not listen. */
  readonly own?: { readonly port: number };
  readonly log: Log;
  readonly clock: Clock;
  /** Asks for the addresses of a name; the operating system's hosts file and DNS when left out. */
  readonly resolve?: Resolve;
  /** Those of S-9 where left out. */
  readonly deadlines?: Partial<Deadlines>;
  /** How many origins may have connections; 1024 when left out. */
  readonly poolsMax?: number;
}

export interface Deadlines {
  /** Until one of the origin's connections is free, when all are open and in use. */
  readonly queueMs: number;
  /** From the question for the host's addresses to the open connection. */
  readonly connectMs: number;
  readonly tlsMs: number;
  /** From the sent request to the headers of the answer. */
  readonly headersMs: number;
  /** Between two parts of the answer's body, while the caller wants more. */
  readonly idleMs: number;
  readonly totalMs: number;
}

export interface Net {
  /**
   * Sends a request and reports to `handler` as undici does: final answers only, raw headers in `controller.rawHeaders`. Whatever
   * fails arrives at onResponseError, perhaps before this returns and then with null for the controller; problemOf tells what to
   * answer. A body that is a stream is destroyed when the call fails, so hand over one that may be.
   */
  dispatch(request: NetRequest, handler: Dispatcher.DispatchHandler): NetCall;
  /** What the policy says to `url`, without connecting. Asks DNS. Never throws. */
  check(url: URL): Promise<EgressAnswer>;
  /** Those of every call; one may have less in all. */
  readonly deadlines: Deadlines;
  /** Refuses new calls as overloaded, lets those in flight end, and closes every connection. */
  close(): Promise<void>;
  stats(): { readonly pools: number; readonly connections: number; readonly calls: number };
}

/** A call on its way. */
export interface NetCall {
  /** Ends the call with `reason`, which reaches onResponseError, in whatever state it is. Does nothing when it is over. */
  abort(reason: Error): void;
}

export interface NetRequest {
  readonly org: string;
  /** As in URL.origin. */
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  /** Name, value, name, value. Never Host: that is the origin's (S-6). */
  readonly headers: string[];
  readonly body: null | Buffer | Readable;
  /** For this call, when it is less than the total deadline. */
  readonly timeoutMs?: number | undefined;
}

export type EgressAnswer =
  | { readonly allowed: true; readonly addresses: readonly string[] }
  | { readonly allowed: false; readonly code: ProblemCode; readonly reason: string };

function originOf(text: string): Origin {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url?.protocol;
  // The text decides which pool is used and the URL where it connects, so they must be the same.
  if (!url || url.origin !== text || (scheme !== "http:" && scheme !== "https:")) {
    throw new Problem("egress_denied", { message: "Only http: and https: URLs are called." });
  }
  return { host: url.hostname, port: Number(url.port || (scheme === "http:" ? 80 : 443)), scheme };
}

const standardDeadlines: Deadlines = { queueMs: 1000, connectMs: 5000, tlsMs: 5000, headersMs: 30_000, idleMs: 30_000, totalMs: 300_000 };
const idlePoolMs = 60_000;
// As many wait as are under way: a burst is smoothed, and a slow origin takes no more than a part of its organisation's places (T-4).
const connectionsMax = 256;
const callsPerPoolMax = 2 * connectionsMax;
const questionsMax = 64;
const poolOptions: Pool.Options = {
  connections: connectionsMax,
  pipelining: 1,
  allowH2: false,
  useMilo: false,
  maxHeaderSize: headerBytesMax,
  // Many servers close a connection after 5 seconds without saying so; a request sent into that moment would fail.
  keepAliveTimeout: 4000,
  keepAliveMaxTimeout: 60_000,
};
const http2Options: Pool.Options = {
  allowH2: true,
  // What is held of one answer while its caller does not take it: S-9 has 64 KiB for that, and it is what HTTP/2 begins with as well.
  initialWindowSize: 64 * 1024,
  maxConcurrentStreams: 100,
};
