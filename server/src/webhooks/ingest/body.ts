import type { IncomingMessage, ServerResponse } from "node:http";
import { Problem } from "../../kernel/errors.ts";
import { asBuffer, createCollector } from "../../traffic/collector.ts";

/** Reads the bodies of events, within what may be held of all of them and how many may be on their way at a time (W-6, L-2). */
export interface Bodies {
  /**
   * The whole body. Undefined when the sender goes away before its end. Rejects with `Problem` too_large as soon as it is known to be
   * longer than allowed, too_slow when it does not come in time, overloaded when too many are on their way from this address, to this
   * trigger or in all; the rest of it is then still to be read. What is held counts until `letGo`.
   */
  read(request: IncomingMessage, response: ServerResponse, to: { readonly trigger: string }): Promise<HeldBody | undefined>;
  stats(): { readonly reading: number; readonly heldBytes: number };
}

export interface HeldBody {
  readonly bytes: Buffer;
  letGo(): void;
}

export interface BodiesDeps {
  readonly bytesMax: number;
  readonly heldBytesMax?: number;
  /** From one remote address, and to one trigger; half of `heldBytesMax` when left out. */
  readonly heldBytesOfOneMax?: number;
  readonly readingMax?: number;
  /** From one remote address, and to one trigger. */
  readonly readingOfOneMax?: number;
  /** How long a body may take, and how much longer for each byte of a long one. */
  readonly timeoutMs?: number;
  readonly slowestBytesPerSecond?: number;
}

export function createBodies({
  bytesMax,
  heldBytesMax = 256 * 1024 * 1024,
  heldBytesOfOneMax = heldBytesMax / 2,
  readingMax = 4_096,
  readingOfOneMax = 512,
  timeoutMs = 10_000,
  slowestBytesPerSecond = 64 * 1024,
}: BodiesDeps): Bodies {
  const readingOf = new Map<string, number>();
  const heldBytesOf = new Map<string, number>();
  let reading = 0;
  let heldBytes = 0;
  return { read, stats: () => ({ reading, heldBytes }) };

  async function read(request: IncomingMessage, response: ServerResponse, { trigger }: { trigger: string }): Promise<HeldBody | undefined> {
    const length = request.headers["content-length"];
    if (length !== undefined && Number(length) > bytesMax) throw tooLarge();
    if (length === "0" || (length === undefined && request.headers["transfer-encoding"] === undefined)) return { bytes: none, letGo() {} };
    const places = [`from ${request.socket.remoteAddress}`, `to ${trigger}`];
    if (reading >= readingMax || places.some((place) => (readingOf.get(place) ?? 0) >= readingOfOneMax)) throw overloaded();
    count(places, 1);
    // Who asks first sends nothing of a body that is refused (RFC 9110 section 10.1.1).
    if (request.headers.expect !== undefined && request.httpVersionMinor === 1) response.writeContinue();
    try {
      return await collected(request, places, length === undefined ? undefined : Number(length));
    } finally {
      count(places, -1);
    }
  }

  function count(places: readonly string[], by: 1 | -1): void {
    reading += by;
    for (const place of places) add(readingOf, place, by);
  }

  function mayHold(places: readonly string[], bytes: number): boolean {
    return heldBytes + bytes <= heldBytesMax && places.every((place) => (heldBytesOf.get(place) ?? 0) + bytes <= heldBytesOfOneMax);
  }

  function hold(places: readonly string[], bytes: number): void {
    heldBytes += bytes;
    for (const place of places) add(heldBytesOf, place, bytes);
  }

  function collected(request: IncomingMessage, places: readonly string[], expected: number | undefined): Promise<HeldBody | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<HeldBody | undefined>();
    const collector = createCollector({ bytesMax, expected });
    let held = 0;
    const timer = setTimeout(() => fail(tooSlow()), timeoutMs + ((expected ?? 0) / slowestBytesPerSecond) * 1_000);
    request.on("data", take).on("end", end).on("close", leave);
    return promise;

    function take(piece: Buffer): void {
      if (!collector.add(piece)) fail(tooLarge());
      else if (!mayHold(places, piece.length)) fail(overloaded());
      else {
        held += piece.length;
        hold(places, piece.length);
      }
    }

    function end(): void {
      stop();
      resolve({ bytes: asBuffer(collector.bytes()), letGo });
    }

    function leave(): void {
      stop();
      letGo();
      resolve(undefined);
    }

    function fail(problem: Problem): void {
      stop();
      letGo();
      request.pause();
      reject(problem);
    }

    function letGo(): void {
      hold(places, -held);
      held = 0;
    }

    function stop(): void {
      clearTimeout(timer);
      request.off("data", take).off("end", end).off("close", leave);
    }
  }

  function tooLarge(): Problem {
    return new Problem("too_large", { message: `The body of an event may have up to ${bytesMax} bytes; this one is longer.` });
  }
}

/** Adds to a count, and forgets one that is nothing any more. */
function add(counts: Map<string, number>, name: string, by: number): void {
  const now = (counts.get(name) ?? 0) + by;
  if (now === 0) counts.delete(name);
  else counts.set(name, now);
}

const none = Buffer.alloc(0);
const tooSlow = () => new Problem("too_slow");
const overloaded = () => new Problem("overloaded", { retryAfterSeconds: 2 });
