import type { IncomingMessage, ServerResponse } from "node:http";
import type { Verified } from "../../credentials/verify.ts";
import type { NewEvent } from "../../domain/event.ts";
import type { Received } from "../../domain/received.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Fault } from "../../kernel/errors.ts";
import { Problem } from "../../kernel/errors.ts";
import type { EventId, NewId } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import { parseMediaType } from "../../protocols/http/action/media-type.ts";
import { mediaFor } from "../../protocols/http/action/ready.ts";
import type { Checks } from "../../sandbox/held-against.ts";
import { requireUnambiguous } from "../../traffic/ambiguity.ts";
import { discardRest } from "../../traffic/discard-rest.ts";
import { createLanes } from "../../traffic/lanes.ts";
import { type IngestAddress, ingestAddressOf } from "./address.ts";
import { answerChallenge, answerKept, answerProblem } from "./answer.ts";
import type { Batches } from "./batch.ts";
import type { Bodies } from "./body.ts";
import { challengeIn } from "./challenge.ts";
import { keptKey } from "./dedupe.ts";
import { type Fit, fitOf } from "./fit.ts";
import type { ReadyTarget, Targets } from "./targets.ts";
import type { Unverified } from "./unverified.ts";

/** The way in for events, on the bare node:http server because every layer above it costs each of them. */
export interface IngestDoor {
  /** Takes a request whose target (RFC 9112 section 3.2) is a trigger's, and is false for others. Never throws; returns before the answer is there. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Whether the connection is being closed, after an ambiguous request (S-7) or too many at once: nobody may act on what follows on it. */
  distrusts(socket: object): boolean;
  /** How many requests ended since the start, by how: kept, a duplicate, a challenge, refused with this code, or given up by the sender. */
  outcomes(): Readonly<Record<string, number>>;
}

export interface IngestDoorDeps {
  readonly targets: Pick<Targets, "find">;
  readonly bodies: Pick<Bodies, "read">;
  readonly batches: Pick<Batches, "keep">;
  readonly unverified: Unverified;
  /** Holds bodies against definitions. */
  readonly sandbox: Checks;
  /** As outside systems know Mooring, without a trailing slash: a signature may cover it (W-1). */
  readonly publicOrigin: string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  /** How many events may be checked and kept at a time, shared fairly between organisations (T-4). */
  readonly placesMax: number;
  readonly lingerMs: number;
}

export function createIngestDoor(deps: IngestDoorDeps): IngestDoor {
  const { targets, bodies, batches, unverified, sandbox, publicOrigin, clock, newId, log } = deps;
  const lanes = createLanes({ placesMax: deps.placesMax, waitingMax: 1, waitMs: 1_000 });
  const distrusted = new WeakSet<object>();
  /** How many requests of a connection have come and not ended. */
  const underWay = new WeakMap<object, number>();
  const outcomes: Record<string, number> = {};
  return { handle, distrusts: (socket) => distrusted.has(socket), outcomes: () => outcomes };

  function handle(request: IncomingMessage, response: ServerResponse): boolean {
    const address = ingestAddressOf(request.url ?? "");
    if (address === undefined) return false;
    if (distrusted.has(request.socket)) return true;
    const arrival: Arrival = { request, response, requestId: newId<string>(), ready: undefined };
    if (count(request.socket, 1) > underWayMax) {
      sendAway(arrival);
      return true;
    }
    take(arrival, address)
      .then(
        (outcome) => end(arrival, outcome),
        (error: unknown) => refuse(arrival, error),
      )
      .finally(() => count(request.socket, -1));
    return true;
  }

  /** What came before on the connection is answered, and nothing is read behind it: so many at once would have all others wait (L-2). */
  function sendAway(arrival: Arrival): void {
    const { socket } = arrival.request;
    distrusted.add(socket);
    // To close it at once would take the answers with it.
    arrival.response.once("finish", () => {
      socket.pause();
      setTimeout(() => socket.destroy(), deps.lingerMs).unref();
    });
    refuse(arrival, new Problem("overloaded", { retryAfterSeconds: 1 }));
  }

  function count(socket: object, by: 1 | -1): number {
    const now = (underWay.get(socket) ?? 0) + by;
    underWay.set(socket, now);
    return now;
  }

  async function take(arrival: Arrival, address: IngestAddress): Promise<string> {
    const { request, response } = arrival;
    requireUnambiguous(request);
    const found = targets.find(address);
    const ready = found instanceof Promise ? await found : found;
    if (ready === undefined) throw new Problem("not_found");
    arrival.ready = ready;
    requireMethodAndType(request, ready);
    const body = await bodies.read(request, response, { trigger: ready.key });
    if (body === undefined) return "aborted";
    try {
      return await keep(arrival, ready, body.bytes);
    } finally {
      body.letGo();
    }
  }

  async function keep({ request, response, requestId }: Arrival, ready: ReadyTarget, body: Buffer): Promise<string> {
    const { method = "", url = "", rawHeaders, headers } = request;
    const { target, verifier } = ready;
    const received: Received = { method, url: publicOrigin + url, rawHeaders, body, receivedAt: clock.now() };
    const verified = verifier.verify(received);
    if (!verified.verification.passed) {
      await unverified.keep(target.org, eventOf(ready, received, { verified, fit: undefined, isRefused: false }), received);
      throw new Problem("event_unverified");
    }
    const challenge = challengeIn(target, received);
    if (challenge !== undefined) {
      answerChallenge(response, challenge, requestId);
      return "challenge";
    }
    const lane = lanes.enter(target.org);
    if (lane === undefined) throw new Problem("overloaded", { retryAfterSeconds: 1 });
    try {
      const given = { headers, target: url, body };
      const looked = fitOf(sandbox, ready, given);
      const fit = looked instanceof Promise ? await looked : looked;
      const isRefused = fit.fits === false && target.trigger.document.strict === true;
      const kept = await batches.keep(target.org, eventOf(ready, received, { verified, fit, isRefused }));
      if (isRefused) throw new Problem("invalid_request", { message: doesNotFit, fields: fit.faults });
      answerKept(response, ready, { id: kept.id, requestId });
      return kept.isDuplicate ? "duplicate" : "kept";
    } finally {
      lanes.leave(lane);
    }
  }

  function eventOf(ready: ReadyTarget, received: Received, { verified, fit, isRefused }: Judged): NewEvent {
    const { connectionId, environmentId, trigger } = ready.target;
    const { verification, dedupeKey } = verified;
    return {
      id: newId<EventId>(),
      connectionId,
      origin: verification.passed ? "verified" : "unverified",
      type: "trigger",
      environmentId,
      triggerName: trigger.name,
      receivedAt: received.receivedAt,
      method: received.method,
      ...ready.verifier.mask(received),
      contentType: contentTypeOf(received.rawHeaders),
      body: received.body,
      fits: fit?.fits,
      faults: fit?.fits === false ? (fit.faults as Fault[]) : undefined,
      verification,
      sealed: undefined,
      dedupeKey: keptKey(dedupeKey, { isRefused }),
      isRefused,
    };
  }

  function refuse(arrival: Arrival, error: unknown): void {
    const { request, response, requestId, ready } = arrival;
    const problem = error instanceof Problem ? error : new Problem("internal", { cause: error });
    // Refusals for want of room are many, and a line for each would be a load of its own.
    if (problem.status >= 500 && problem.code !== "overloaded") log.error(problem.code, { requestId, status: problem.status, error });
    if (problem.code === "ambiguous_request") distrusted.add(request.socket);
    end(arrival, problem.code);
    answerProblem(response, problem, { requestId, ready });
    discardRest(request, response, deps);
  }

  function end({ requestId, ready }: Arrival, outcome: string): void {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    log.debug(outcome, { requestId, ...(ready ? { organisation: ready.target.org } : {}) });
  }
}

interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Undefined until it is known. */
  ready: ReadyTarget | undefined;
}

interface Judged {
  readonly verified: Verified;
  readonly fit: Fit | undefined;
  readonly isRefused: boolean;
}

// Of one connection. Nearly all senders wait for the answer before they send the next.
const underWayMax = 8;

const doesNotFit = "The event does not fit the trigger; each fault is listed in fields.";

/** Throws `Problem` method_not_allowed or unsupported_media_type for what the trigger does not take. */
function requireMethodAndType({ method, headers }: IncomingMessage, { method: taken, media }: ReadyTarget): void {
  if (method !== taken) throw new Problem("method_not_allowed", { message: `The trigger takes ${taken}.` });
  const hasBody = headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
  if (media.length === 0 || !hasBody) return;
  const type = parseMediaType(headers["content-type"] ?? "");
  if (type !== undefined && mediaFor(media, type.essence) !== undefined) return;
  const listed = media.slice(0, typesShownMax).map(({ accept }) => accept);
  throw new Problem("unsupported_media_type", { message: `The trigger takes ${listed.join(", ")}.` });
}

const typesShownMax = 20;

function contentTypeOf(raw: readonly string[]): string | undefined {
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    if (name.length === contentType.length && name.toLowerCase() === contentType) return raw[at + 1];
  }
  return undefined;
}

const contentType = "content-type";
