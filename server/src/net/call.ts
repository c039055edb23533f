import type { Readable } from "node:stream";
import { type Dispatcher, errors } from "undici";
import { Problem } from "../kernel/errors.ts";
import type { CallList, Listed } from "./call-list.ts";

/**
 * One call on its way, in `calls` until it ends: passes what undici reports to the caller's handler, the end only once. A class, because the hot path makes
 * one for each call, and methods of a prototype cost nothing there.
 */
export class Call implements Dispatcher.DispatchHandler, Listed {
  place = 0;
  readonly startedMs: number;
  readonly endsAtMs: number;
  #handler: Dispatcher.DispatchHandler;
  readonly #calls: CallList<Call>;
  #body: Readable | null;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  #isOver = false;
  #isLeftBehind = false;

  constructor(handler: Dispatcher.DispatchHandler, calls: CallList<Call>, { startedMs, endsAtMs, body }: CallStart) {
    this.#handler = handler;
    this.#calls = calls;
    this.startedMs = startedMs;
    this.endsAtMs = endsAtMs;
    this.#body = body;
    calls.add(this);
  }

  /**
   * Ends the call with `reason`, which goes to the handler's onResponseError, and closes the socket when the request is on it.
   * Does nothing when the call is over.
   */
  abort(reason: Error): void {
    if (this.#isOver) return;
    this.#failure = reason;
    // On HTTP/2 undici can take another kind of error for one of all that wait for the connection, and end them too.
    if (this.#controller) this.#controller.abort(new errors.InformationalError("aborted"));
    else {
      this.#isLeftBehind = true;
      this.#calls.leftBehind += 1;
      // As undici does before there is a controller, against its own types.
      this.onResponseError(null as never, reason);
    }
  }

  /** Ends the call with `reason` if it still waits for a connection. */
  failWaiting(reason: Error): void {
    if (this.#controller === undefined) this.abort(reason);
  }

  /** Ends the call because its time is up. */
  expire(): void {
    this.abort(new Problem("upstream_timeout", { message: "The call was not over within its total time." }));
  }

  /** Ends the call because others have held every connection for too long. Does nothing when it has one. */
  giveUp(): void {
    if (!this.#controller) this.abort(new Problem("overloaded", { message: allBusy, retryAfterSeconds: 1 }));
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    // To throw here takes the request out of the queue; to abort would close a healthy connection as well.
    if (this.#failure) throw this.#failure;
    this.#controller = controller;
    this.#handler.onRequestStart?.(controller, context);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders, message?: string): void {
    // Interim answers (RFC 9110 section 15.2) are between undici and the outside system.
    if (status < 200) return;
    // HTTP/1.1 brings a list of raw headers, and undici has held it to the limit; what HTTP/2 brings, nobody has.
    if (!Array.isArray(controller.rawHeaders) && isTooLarge(headers)) {
      this.abort(new Problem("upstream_unreachable", { message: "The headers of the answer are larger than 32 KiB." }));
      return;
    }
    this.#handler.onResponseStart?.(controller, status, headers, message);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(
    controller: Dispatcher.DispatchController,
    trailers: Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseEnd"]>>[1],
  ): void {
    this.#end().onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) {
      if (this.#isLeftBehind) this.#calls.leftBehind -= 1;
      this.#isLeftBehind = false;
      return;
    }
    this.#end().onResponseError?.(controller, this.#failure ?? error);
  }

  /**
   * Gives who is to be told of the end, and holds on to nothing: what undici keeps of an ended request for a while would else keep all of
   * the call, and all together outgrow the young generation.
   */
  #end(): Dispatcher.DispatchHandler {
    const handler = this.#handler;
    this.#isOver = true;
    this.#calls.delete(this);
    // An answer may come before the end of the body. On HTTP/2 the rest would go on, and hold its stream for as long as the other side likes.
    if (this.#body !== null && !this.#body.readableEnded) this.#body.destroy();
    this.#handler = nobody;
    this.#controller = undefined;
    this.#body = null;
    return handler;
  }
}

/** Who is told of an ended call: nothing comes any more. */
const nobody: Dispatcher.DispatchHandler = {};

/** What a call is at its beginning. */
export interface CallStart {
  /** On the clock of performance.now(), as its end is. */
  readonly startedMs: number;
  readonly endsAtMs: number;
  /** What is streamed out, which is let go of when the call ends. */
  readonly body: Readable | null;
}

type ResponseHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2];

/** The largest header section of an answer. */
export const headerBytesMax = 32 * 1024;

function isTooLarge(headers: ResponseHeaders): boolean {
  let bytes = 0;
  for (const name in headers) bytes += name.length + String(headers[name]).length;
  return bytes > headerBytesMax;
}
const allBusy = "All connections to the outside system are in use; try again shortly.";
