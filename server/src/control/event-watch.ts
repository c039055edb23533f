import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import type { Database } from "../store/database.ts";
import { lastPositions } from "../store/event-scan.ts";
import type { Arrival, Arrivals } from "../traffic/arrivals.ts";

/** Waits for events. */
export interface EventWatch {
  /** Resolves with true as soon as an event of the connection may be behind `position`, and with false after `ms` or when `signal` ends it. Never rejects. */
  wait(where: Arrival & { readonly position: number }, until: { readonly ms: number; readonly signal: AbortSignal }): Promise<boolean>;
  /** Ends every wait, and those to come. */
  close(): void;
}

/**
 * Hears at once of events that this process committed. Those of other processes are asked for every `askMs`, for all who wait within an
 * organisation together, so that a node's questions are no more than its organisations, however many wait.
 */
export function createEventWatch({ db, arrivals, askMs = 250 }: { db: Database; arrivals: Arrivals; askMs?: number }): EventWatch {
  const waiting = new Map<OrganisationId, Map<ConnectionId, Set<Waiter>>>();
  const asking = new Set<OrganisationId>();
  let isClosed = false;
  let ticker: NodeJS.Timeout | undefined;
  const stops = [
    arrivals.subscribe(({ org, connectionId }) => wake(org, connectionId, Number.POSITIVE_INFINITY)),
    db.changes.subscribe((change) => {
      if (change.kind === "event") wake(change.org, change.id as ConnectionId, Number.POSITIVE_INFINITY);
    }),
  ];
  return { wait, close };

  function wait({ org, connectionId, position }: Parameters<EventWatch["wait"]>[0], { ms, signal }: Until): Promise<boolean> {
    if (isClosed || signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = { position, end };
      const timer = setTimeout(() => end(false), ms);
      const stop = () => end(false);
      signal.addEventListener("abort", stop, { once: true });
      add(org, connectionId, waiter);

      function end(isThere: boolean): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
        remove(org, connectionId, waiter);
        resolve(isThere);
      }
    });
  }

  function add(org: OrganisationId, connectionId: ConnectionId, waiter: Waiter): void {
    const ofOrg = waiting.get(org) ?? new Map<ConnectionId, Set<Waiter>>();
    const ofConnection = ofOrg.get(connectionId) ?? new Set<Waiter>();
    waiting.set(org, ofOrg.set(connectionId, ofConnection.add(waiter)));
    ticker ??= setInterval(() => [...waiting.keys()].forEach(ask), askMs).unref();
  }

  function remove(org: OrganisationId, connectionId: ConnectionId, waiter: Waiter): void {
    const ofOrg = waiting.get(org);
    const ofConnection = ofOrg?.get(connectionId);
    ofConnection?.delete(waiter);
    if (ofConnection?.size === 0) ofOrg?.delete(connectionId);
    if (ofOrg?.size === 0) waiting.delete(org);
    if (waiting.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  }

  function ask(org: OrganisationId): void {
    if (asking.has(org)) return;
    asking.add(org);
    const connections = [...(waiting.get(org)?.keys() ?? [])];
    db.read(org, (tx) => lastPositions(tx, org, connections))
      .then((last) => {
        for (const [connectionId, position] of last) wake(org, connectionId, position);
      })
      // A database that does not answer is asked again, for as long as somebody waits.
      .catch(() => {})
      .finally(() => asking.delete(org));
  }

  /** Wakes whoever waits for something at `position` or before. */
  function wake(org: OrganisationId, connectionId: ConnectionId, position: number): void {
    for (const waiter of [...(waiting.get(org)?.get(connectionId) ?? [])]) if (waiter.position < position) waiter.end(true);
  }

  function close(): void {
    isClosed = true;
    for (const stop of stops) stop();
    for (const waiter of [...waiting.values()].flatMap((of) => [...of.values()].flatMap((set) => [...set]))) waiter.end(false);
  }
}

type Until = Parameters<EventWatch["wait"]>[1];

interface Waiter {
  readonly position: number;
  end(isThere: boolean): void;
}
