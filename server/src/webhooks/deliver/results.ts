import { setTimeout as pause } from "node:timers/promises";
import { type AttemptOutcome, nextAttemptMs } from "../../domain/delivery.ts";
import { noReport, reported } from "../../domain/destination-health.ts";
import type { OwnEventDraft } from "../../domain/own-event.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Problem } from "../../kernel/errors.ts";
import type { NewId, OrganisationId, SubscriptionId } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { Database, Tx } from "../../store/database.ts";
import { type DeliveryResult, type DestinationReport, reportDestination, settleDeliveries } from "../../store/delivery-results.ts";
import { appendOwnEvents } from "../../store/own-events.ts";
import { namedSubscriptions } from "../../store/subscriptions.ts";
import { createTurns } from "../../traffic/turns.ts";
import type { HeldDelivery, Outlet } from "./outlet.ts";

/** What became of a held delivery: sent, or not even that because the filter does not want it. */
export interface Ended {
  readonly item: HeldDelivery;
  /** Undefined for one that was skipped. */
  readonly outcome: AttemptOutcome | undefined;
  readonly attemptAt: Date | undefined;
  /** Whether it says something of the destination that may not be known. */
  readonly isNews: boolean;
  /** Whether nothing may be sent there before this is written, because that may say so. */
  readonly isDoubt: boolean;
}

/** Writes down how deliveries ended, many in one transaction: whatever ends while one is under way is in the next. */
export interface Results {
  add(ended: Ended): void;
  /** Resolves when all that was added is written, or could not be: it is tried no more than once from now on. */
  close(): Promise<void>;
  stats(): { readonly ended: Readonly<Record<DeliveryResult["state"], number>>; readonly unwritten: number };
}

export interface ResultsDeps {
  readonly db: Database;
  readonly owner: string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly random: () => number;
  /** Told once for each, when it is written, or given up: then its lease ends, and it is sent again. And told whether more may be sent there. */
  readonly onWritten: (ended: Ended, isOpen: boolean) => void;
}

export function createResults(deps: ResultsDeps): Results {
  const inTurn = createTurns({ placesMax: writesAtOnce, waitMs: 10_000 });
  const waiting = new Map<OrganisationId, Ended[]>();
  const running = new Map<OrganisationId, Promise<void>>();
  let isClosed = false;
  let unwritten = 0;
  const ended = { delivered: 0, waiting: 0, dead: 0, skipped: 0 };
  return { add, close, stats: () => ({ ended: { ...ended }, unwritten }) };

  function add(one: Ended): void {
    const { org } = one.item.outlet.place;
    const others = waiting.get(org);
    if (others) others.push(one);
    else waiting.set(org, [one]);
    unwritten += 1;
    if (!running.has(org)) running.set(org, writeAll(org));
  }

  async function close(): Promise<void> {
    isClosed = true;
    while (running.size > 0) await Promise.all(running.values());
  }

  async function writeAll(org: OrganisationId): Promise<void> {
    // Whatever ends in the same turn of the event loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    for (let all = waiting.get(org); all !== undefined; all = waiting.get(org)) {
      const batch = all.splice(0, batchMax);
      if (all.length === 0) waiting.delete(org);
      const closed = await insist(org, batch);
      unwritten -= batch.length;
      for (const one of batch) deps.onWritten(one, !closed.has(one.item.outlet.place.subscriptionId));
    }
    running.delete(org);
  }

  /** Gives the destinations to which nothing more may be sent. */
  async function insist(org: OrganisationId, batch: readonly Ended[]): Promise<ReadonlySet<SubscriptionId>> {
    const results = batch.map((ended) => resultOf(ended, deps.random()));
    const reports = reportsOf(batch);
    for (let tries = 1; ; tries++) {
      try {
        // A power cut may lose the last of it, and then some are delivered twice; what was not delivered is never lost.
        const closed = await inTurn(org, () => deps.db.write(org, (tx) => write(tx, org, results, reports), { durability: "relaxed" }));
        for (const { state } of results) ended[state] += 1;
        return closed;
      } catch (error) {
        const isTrouble = error instanceof Problem && isPassing(error);
        if (!isTrouble) deps.log.error("what became of deliveries was not written; they are sent again", { organisation: org, error });
        if (!isTrouble || isClosed) return new Set();
        await pause(Math.min(5_000, 50 * 2 ** tries));
      }
    }
  }

  async function write(tx: Tx, org: OrganisationId, results: readonly DeliveryResult[], reports: readonly DestinationReport[]) {
    const closed = new Set<SubscriptionId>();
    const disabled: DestinationReport[] = [];
    for (const report of reports) {
      const state = await reportDestination(tx, org, report, deps.random());
      if (state !== "open") closed.add(report.subscriptionId);
      if (state === "disabled") disabled.push(report);
    }
    await settleDeliveries(tx, org, deps.owner, results);
    if (disabled.length > 0) await tellOf(tx, org, disabled);
    return closed;
  }

  /** Whoever asked hears that a destination is disabled, in the transaction that does it (D-1). */
  async function tellOf(tx: Tx, org: OrganisationId, disabled: readonly DestinationReport[]): Promise<void> {
    const reasons = new Map(disabled.map(({ subscriptionId, reason }) => [subscriptionId, reason]));
    const subscriptions = await namedSubscriptions(tx, org, [...reasons.keys()]);
    const drafts = subscriptions.map(
      ({ id, name, connectionId }): OwnEventDraft => ({
        type: "subscription.disabled",
        connectionId,
        data: () => ({ subscription: { id, name }, reason: reasons.get(id) }),
      }),
    );
    await appendOwnEvents(tx, org, { at: deps.clock.now(), newId: deps.newId }, drafts);
  }
}

const batchMax = 500;
const writesAtOnce = 4;

/** The database's trouble for a moment, and no fault of a statement. */
const isPassing = ({ code }: Problem) => code === "database_unavailable" || code === "overloaded";

function resultOf({ item, outcome, attemptAt }: Ended, random: number): DeliveryResult {
  const { delivery, outlet } = item;
  const key = { subscriptionId: outlet.place.subscriptionId, eventId: delivery.eventId };
  const nothing = { attemptAt, status: outcome?.status, error: undefined, dueInMs: 0 };
  if (outcome === undefined) return { ...key, ...nothing, state: "skipped" };
  if (outcome.kind === "delivered") return { ...key, ...nothing, state: "delivered" };
  const nextMs = nextAttemptMs(delivery.attempts + 1, random);
  // Nobody said no to the event itself, so it waits until the owner resumes the destination.
  const isDead = nextMs === undefined && outcome.asks?.kind !== "gone";
  const asked = outcome.asks?.kind === "pause" ? outcome.asks.pauseMs : 0;
  return { ...key, ...nothing, error: outcome.reason, state: isDead ? "dead" : "waiting", dueInMs: Math.max(nextMs ?? 0, asked) };
}

/** One report for each address that there is news of, in the order of ids, so that two transactions do not wait for each other. */
function reportsOf(batch: readonly Ended[]): DestinationReport[] {
  const news = new Map<string, DestinationReport>();
  const told = new Set<Outlet>(batch.flatMap(({ item, isNews }) => (isNews ? [item.outlet] : [])));
  for (const { item, outcome } of batch) {
    if (outcome === undefined || !told.has(item.outlet)) continue;
    const { subscriptionId } = item.outlet.place;
    const { url } = item.destination;
    const name = `${subscriptionId} ${url}`;
    const before = news.get(name) ?? { subscriptionId, url, report: noReport, reason: undefined, isGone: false };
    const isDelivered = outcome.kind === "delivered";
    const asks = isDelivered ? undefined : outcome.asks;
    news.set(name, {
      ...before,
      report: reported(before.report, { isDelivered, asks, isProbe: item.isProbe }),
      reason: isDelivered ? before.reason : outcome.reason,
      isGone: before.isGone || asks?.kind === "gone",
    });
  }
  return [...news.values()].sort((one, other) => (one.subscriptionId < other.subscriptionId ? -1 : 1));
}
