import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";

/** Tells within this process, at once, that events were committed. Whoever must hear of those of other processes asks the database now and then. */
export interface Arrivals {
  announce(arrival: Arrival): void;
  /** Gives what ends it. A listener may not throw. */
  subscribe(listener: (arrival: Arrival) => void): () => void;
}

export interface Arrival {
  readonly org: OrganisationId;
  readonly connectionId: ConnectionId;
}

export function createArrivals(): Arrivals {
  const listeners = new Set<(arrival: Arrival) => void>();
  return {
    announce(arrival) {
      for (const listener of listeners) listener(arrival);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
