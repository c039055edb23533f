import type { ServerResponse } from "node:http";
import { problemOf } from "../net/problems.ts";
import { relayHeaders, relayTrailerNames, relayTrailers, type UpstreamHeaders, unprompted } from "../protocols/http/response-headers.ts";
import { discardRest } from "../traffic/discard-rest.ts";
import { answerProblem } from "./answer.ts";
import type { Call } from "./call.ts";
import { notePassed } from "./garbage.ts";

export interface RelayDeps {
  /** How long the rest of a caller's body is read after the answer has ended. */
  readonly lingerMs: number;
  readonly takesTrailers: boolean;
  /** Called once, when the caller's answer has ended in whatever way. */
  readonly onSettled: (call: Call, outcome: Outcome) => void;
}

/** Whose answer the caller got, or that the caller was gone before its end. */
export type Outcome = "upstream" | "gateway" | "aborted";

/** The upstream's side of an exchange, as far as a relay holds it back. */
export interface Wire {
  pause(): void;
  resume(): void;
}

/** A way to end the exchange with the upstream. */
export interface Abortable {
  abort(reason: Error): void;
}

/** What an upstream's answer goes to. */
export type Receiver = Pick<Relay, "onRequestStart" | "onResponseStart" | "onResponseData" | "onResponseEnd" | "onResponseError">;

/**
 * Passes an upstream's answer on to the caller as it comes: no more is held than one piece that was read before the caller's side was
 * ready. An answer that breaks off breaks off for the caller too, so that half of one never looks whole. A caller that goes away takes
 * the upstream's exchange along.
 */
export class Relay {
  /** Undefined once the caller's side is closed: nothing of the call is held from then on. */
  #call: Call | undefined;
  readonly #deps: RelayDeps;
  #exchange: Abortable | undefined;
  /** A first piece, held until it is clear whether more comes: head, body and end then leave in one write. */
  #held: Buffer | undefined;
  #isFlushed = false;
  #isDraining = false;
  /** Whether this answer can have trailers, for a caller that takes them. */
  #hasTrailers = false;
  #outcome: Outcome = "aborted";
  /** What the gateway has to say of this answer. */
  #notes: readonly string[] | undefined;

  constructor(call: Call, deps: RelayDeps) {
    this.#call = call;
    this.#deps = deps;
    call.response.on("close", () => this.#closed());
  }

  /** Takes what ends the exchange when the caller goes away. */
  attach(exchange: Abortable): void {
    this.#exchange = exchange;
  }

  /** Adds headers of the gateway's own to the answer, name, value, name, value. To be called before its head comes. */
  note(pairs: readonly string[]): void {
    this.#notes = pairs;
  }

  onRequestStart(): void {}

  onResponseStart(_wire: Wire, status: number, headers: UpstreamHeaders): void {
    const call = this.#call;
    if (call === undefined) return;
    const { response } = call;
    const pairs = call.actor?.kind === "person" ? unprompted(relayHeaders(headers, status)) : relayHeaders(headers, status);
    pairs.push("x-content-type-options", "nosniff", "content-security-policy", "sandbox");
    pairs.push("mooring-origin", "upstream", "mooring-request-id", call.requestId);
    if (call.attempts > 1) pairs.push(attemptsHeader, String(call.attempts));
    if (this.#notes !== undefined) pairs.push(...this.#notes);
    if (this.#deps.takesTrailers && this.#isInChunks(call, status, headers)) {
      this.#hasTrailers = true;
      const names = relayTrailerNames(headers.trailer);
      if (names !== undefined) pairs.push("trailer", names);
    }
    response.writeHead(status, pairs);
    this.#outcome = "upstream";
    // What comes in the same read as the head is seen before this runs; a head alone must not wait for a body.
    process.nextTick(flush, this);
  }

  onResponseData(wire: Wire, piece: Buffer): void {
    const call = this.#call;
    if (call === undefined) return;
    const { response } = call;
    call.bytesOut += piece.length;
    if (this.#held === undefined && !this.#isFlushed) {
      this.#held = piece;
      return;
    }
    this.flush();
    notePassed(piece.length);
    if (response.write(piece) || response.destroyed) return;
    wire.pause();
    if (this.#isDraining) return;
    this.#isDraining = true;
    response.on("drain", () => wire.resume());
  }

  onResponseEnd(_wire: Wire, trailers: UpstreamHeaders): void {
    const call = this.#call;
    if (call === undefined) return;
    const { response } = call;
    if (this.#hasTrailers) response.addTrailers(relayTrailers(trailers));
    const held = this.#held;
    this.#held = undefined;
    this.#isFlushed = true;
    if (held === undefined) response.end();
    // As Latin-1 text a small body joins the head in one buffer; as a buffer of its own it would double the work of the write.
    else if (held.length <= joinedBytesMax) response.end(held.toString("latin1"), "latin1");
    else response.end(held);
    discardRest(call.request, response, this.#deps);
  }

  onResponseError(_wire: Wire | undefined, error: Error): void {
    const call = this.#call;
    if (call === undefined || call.response.destroyed || call.response.writableEnded) return;
    const { response } = call;
    const problem = problemOf(error);
    call.code = problem.code;
    if (response.headersSent) {
      breakOff(response);
      return;
    }
    this.#outcome = "gateway";
    if (call.attempts > 1) response.setHeader(attemptsHeader, call.attempts);
    call.bytesOut = answerProblem(response, problem, call.requestId);
    discardRest(call.request, response, this.#deps);
  }

  /** Sends what is held, or the head alone. Does nothing the second time. */
  flush(): void {
    if (this.#isFlushed || this.#call === undefined) return;
    const { response } = this.#call;
    this.#isFlushed = true;
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) response.flushHeaders();
    else response.write(held);
  }

  /** Whether the caller's side will send the answer in chunks, which alone have a place for trailers (RFC 9112 section 7.1.2). */
  #isInChunks({ request }: Call, status: number, headers: UpstreamHeaders): boolean {
    const { httpVersionMinor, method } = request;
    return httpVersionMinor === 1 && method !== "HEAD" && status !== 204 && status !== 304 && headers["content-length"] === undefined;
  }

  #closed(): void {
    const [call, exchange] = [this.#call, this.#exchange];
    if (call === undefined) return;
    this.#call = undefined;
    this.#exchange = undefined;
    this.#held = undefined;
    if (!call.response.writableFinished) {
      this.#outcome = "aborted";
      exchange?.abort(new Error("The caller went away."));
    }
    this.#deps.onSettled(call, this.#outcome);
  }
}

const attemptsHeader = "mooring-attempts";
const joinedBytesMax = 16 * 1024;

const flush = (relay: Relay) => relay.flush();

/** Ends the connection without ending the answer. HTTP/1.0 ends answers by closing, so there only a reset tells the difference. */
export function breakOff(response: ServerResponse): void {
  if (response.req.httpVersionMinor === 0) response.socket?.resetAndDestroy();
  response.destroy();
}
