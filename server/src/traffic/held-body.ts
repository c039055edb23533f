import type { IncomingMessage } from "node:http";
import { Problem } from "../kernel/errors.ts";
import { asBuffer, createCollector } from "./collector.ts";

/**
 * The whole body of a caller, for what can only be said once all of it is there. Undefined when the caller goes away before its end.
 * Rejects with `Problem` too_large as soon as it is known to be longer than `bytesMax`, and invalid_request when it is not there within
 * `timeoutMs`; the rest of it is then still to be read. `length` is the caller's Content-Length, if there is one; `why` it is held is said to
 * who is refused.
 */
export function heldBody(request: IncomingMessage, { length, bytesMax, timeoutMs, why }: HeldBody): Promise<Buffer | undefined> {
  if (length !== undefined && Number(length) > bytesMax) return Promise.reject(tooLarge(bytesMax, why));
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const collector = createCollector({ bytesMax, expected: length === undefined ? undefined : Number(length) });
  const timer = setTimeout(() => fail(tooLate(why)), timeoutMs);
  request.on("data", take).on("end", end).on("close", leave);
  return promise;

  function take(piece: Buffer): void {
    if (!collector.add(piece)) fail(tooLarge(bytesMax, why));
  }

  function end(): void {
    letGo();
    resolve(asBuffer(collector.bytes()));
  }

  function leave(): void {
    letGo();
    resolve(undefined);
  }

  function fail(problem: Problem): void {
    letGo();
    request.pause();
    reject(problem);
  }

  function letGo(): void {
    clearTimeout(timer);
    request.off("data", take).off("end", end).off("close", leave);
  }
}

export interface HeldBody {
  readonly length: string | undefined;
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly why: string;
}

/** Why a body is held that a credential signs. */
export const isSigned = "A credential signs the body, so all of it is held before it is sent";

/** Why a body that is held is not sent. */
export const tooLarge = (bytesMax: number, why: string) =>
  new Problem("too_large", { message: `${why}, up to ${bytesMax} bytes; this one is longer. Nothing was sent.` });

const tooLate = (why: string) => new Problem("invalid_request", { message: `${why}, and it was not there in time. Nothing was sent.` });
