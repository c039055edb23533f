import type { Change } from "./database.ts";

/** Hands committed changes to whoever keeps rows in memory. */
export interface ChangeFeed {
  /** Calls `listener` after every commit that announced something, on any node. Returns the way to stop. */
  subscribe(listener: (change: Change) => void): () => void;
  /** False while other nodes' changes cannot be heard: nothing kept in memory may be trusted then. */
  isLive(): boolean;
  /** Resolves once every change that was committed before the call, on any node, has reached the listeners here, or the feed is not live. */
  caughtUp(): Promise<void>;
}

/** A feed that `publish` fills. Listeners only drop what they keep, so they do not throw. A feed of one node has always caught up. */
export function createChangeFeed(
  isLive: () => boolean,
  caughtUp: () => Promise<void> = async () => {},
): ChangeFeed & { publish(change: Change): void } {
  const listeners = new Set<(change: Change) => void>();
  return {
    isLive,
    caughtUp,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish(change) {
      for (const listener of listeners) listener(change);
    },
  };
}
