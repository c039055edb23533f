import { setTimeout as pause } from "node:timers/promises";
import type { EventSigner } from "../../credentials/event-signer.ts";
import { type AttemptOutcome, breaksAfter } from "../../domain/delivery.ts";
import { fitsFilter } from "../../domain/event-filter.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Problem } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import type { Net } from "../../net/net.ts";
import { createTurns } from "../../traffic/turns.ts";
import { attempt } from "./attempt.ts";
import type { DeliveryBounds } from "./bounds.ts";
import { deliveryRequest } from "./delivery-request.ts";
import { type HeldDelivery, learn, type Outlet } from "./outlet.ts";
import type { Ended } from "./results.ts";

/** Sends what outlets have claimed: so many to each at a time, organisations in turns. */
export interface Sender {
  /** Takes what was claimed for an outlet, and sends what may be. */
  take(outlet: Outlet, items: readonly HeldDelivery[]): void;
  /** Sends more of what the outlet has, if that may be. */
  next(outlet: Outlet): void;
  /** Sends no more. Resolves when what is under way has ended, after `drainMs` by being stopped. */
  close(drainMs: number): Promise<void>;
  /** How many attempts were made. */
  attempts(): number;
}

export interface SenderDeps {
  readonly net: Pick<Net, "dispatch">;
  readonly signer: EventSigner;
  readonly clock: Clock;
  readonly log: Log;
  readonly bounds: DeliveryBounds;
  readonly onEnded: (item: HeldDelivery, end: Omit<Ended, "item">) => void;
  /** Told of what is not sent now, and is to be given back. */
  readonly onUnsent: (items: readonly HeldDelivery[]) => void;
}

export function createSender({ net, signer, clock, log, bounds, onEnded, onUnsent }: SenderDeps): Sender {
  const inTurn = createTurns({ placesMax: bounds.sendingMax, waitMs: placeWaitMs });
  const underWay = new Set<HeldDelivery>();
  let attempts = 0;
  let isClosed = false;
  const allEnded = Promise.withResolvers<void>();
  return { take, next, close, attempts: () => attempts };

  function take(outlet: Outlet, items: readonly HeldDelivery[]): void {
    for (const item of items) {
      const { event } = item.delivery;
      if (event.origin === "own" || fitsFilter(item.destination.filter, event.body)) outlet.queue.push(item);
      else onEnded(item, { outcome: undefined, attemptAt: undefined, isNews: false, isDoubt: false });
    }
    next(outlet);
  }

  function next(outlet: Outlet): void {
    if (isClosed || outlet.doubts > 0) {
      onUnsent(outlet.queue.splice(0));
      return;
    }
    while (outlet.sending.size < outlet.window) {
      const item = outlet.queue.shift();
      if (item === undefined) return;
      outlet.sending.add(item);
      underWay.add(item);
      void perform(outlet, item);
    }
  }

  async function perform(outlet: Outlet, item: HeldDelivery): Promise<void> {
    const startedMs = performance.now();
    const sent = await inTurn(outlet.place.org, () => send(item)).catch(noPlace);
    outlet.sending.delete(item);
    underWay.delete(item);
    if (sent === undefined) {
      outlet.restsUntilMs = performance.now() + restMs;
      onUnsent([item]);
    } else onEnded(item, { ...sent, ...learned(item, sent.outcome, performance.now() - startedMs) });
    next(outlet);
    if (isClosed && underWay.size === 0) allEnded.resolve();
  }

  /** Undefined when it was no attempt. */
  async function send(item: HeldDelivery): Promise<{ outcome: AttemptOutcome; attemptAt: Date } | undefined> {
    // Somebody else may have it by now, when this process was held up for that long.
    if (isClosed || performance.now() - item.leasedAtMs > bounds.leaseMs - slackMs) return undefined;
    const { outlet, delivery, destination } = item;
    const attemptAt = clock.now();
    try {
      const { org, subscriptionId } = outlet.place;
      const { url, keys } = destination;
      const signature = await signer.sign({ org, subscriptionId, keys }, { id: delivery.eventId, body: delivery.event.body });
      const sent = attempt(net, clock, deliveryRequest(delivery, { org, url, signature, timeoutMs: bounds.attemptMs }));
      item.abort = sent.abort;
      attempts += 1;
      const outcome = await sent.outcome;
      return outcome && { outcome, attemptAt };
    } catch (error) {
      log.error("an event could not be signed or addressed", { organisation: outlet.place.org, error });
      const reason = "The event could not be signed or addressed; the log of Mooring says why.";
      return { outcome: { kind: "failed", status: undefined, reason, asks: undefined }, attemptAt };
    }
  }

  /** What an attempt says of its destination, beside what became of the event. */
  function learned(item: HeldDelivery, outcome: AttemptOutcome, tookMs: number): Pick<Ended, "isNews" | "isDoubt"> {
    const { outlet, isProbe } = item;
    const isDelivered = outcome.kind === "delivered";
    const isNews = !isDelivered || isProbe || outlet.failures > 0;
    const asks = isDelivered ? undefined : outcome.asks;
    learn(outlet, { isDelivered, asks, tookMs, windowMax: bounds.windowMax });
    const isDoubt = isProbe || outlet.failures >= breaksAfter || asks?.kind === "pause" || asks?.kind === "gone";
    if (isDoubt) outlet.doubts += 1;
    return { isNews, isDoubt };
  }

  async function close(drainMs: number): Promise<void> {
    isClosed = true;
    for (const { outlet } of underWay) next(outlet);
    if (underWay.size === 0) return;
    await Promise.race([allEnded.promise, pause(drainMs)]);
    for (const item of underWay) item.abort?.();
    await allEnded.promise;
  }
}

function noPlace(error: unknown): undefined {
  if (!(error instanceof Problem && error.code === "overloaded")) throw error;
}

const placeWaitMs = 10_000;
const slackMs = 1_000;
const restMs = 1_000;
