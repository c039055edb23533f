import type { Dispatcher } from "undici";
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
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #calls: CallList<Call>;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  #isOver = false;
  #isLeftBehind = false;

  constructor(
    handler: Dispatcher.DispatchHandler,
    calls: CallList<Call>,
    { startedMs, endsAtMs }: { startedMs: number; endsAtMs: number },
  ) {
    this.#handler = handler;
    this.#calls = calls;
    this.startedMs = startedMs;
    this.endsAtMs = endsAtMs;
    calls.add(this);
  }

  /**
   * Ends the call with `reason`, which goes to the handler's onResponseError, and closes the socket when the request is on it.
   * Does nothing when the call is over.
   */
  abort(reason: Error): void {
    if (this.#isOver) return;
    this.#failure = reason;
    if (this.#controller) this.#controller.abort(reason);
    else {
      this.#isLeftBehind = true;
      this.#calls.leftBehind += 1;
      // As undici does before there is a controller, against its own types.
      this.onResponseError(null as never, reason);
    }
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

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2],
    message?: string,
  ): void {
    // Interim answers (RFC 9110 section 15.2) are between undici and the outside system.
    if (status < 200) return;
    this.#handler.onResponseStart?.(controller, status, headers, message);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(
    controller: Dispatcher.DispatchController,
    trailers: Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseEnd"]>>[1],
  ): void {
    this.#end();
    this.#handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) {
      if (this.#isLeftBehind) this.#calls.leftBehind -= 1;
      this.#isLeftBehind = false;
      return;
    }
    this.#end();
    this.#handler.onResponseError?.(controller, error);
  }

  #end(): void {
    this.#isOver = true;
    this.#calls.delete(this);
  }
}

const allBusy = "All connections to the outside system are in use; try again shortly.";
