/** What a process takes upon itself in delivering, so that no destination, dead or slow, takes it from the others (D-7, L-2). */
export interface DeliveryBounds {
  /** How many attempts are under way at a time, to all destinations; organisations take turns. */
  readonly sendingMax: number;
  /** How many to one destination. */
  readonly windowMax: number;
  /** How many bytes of bodies are held, all together, and how many one claim takes at most beside its last body. */
  readonly bodyBytesMax: number;
  readonly claimBytesMax: number;
  /** How long a claim lasts unless it is prolonged, which it is every `heartbeatMs`. */
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  /** How long an attempt may take in all. */
  readonly attemptMs: number;
  /** How often the database is asked for what no arrival tells of: retries, and events that other processes kept. */
  readonly pollMs: number;
}

// A killed worker's events run again within a lease and a poll (D-1).
export const standardBounds: DeliveryBounds = {
  sendingMax: 256,
  windowMax: 32,
  bodyBytesMax: 64 * 1024 * 1024,
  claimBytesMax: 4 * 1024 * 1024,
  leaseMs: 15_000,
  heartbeatMs: 5_000,
  attemptMs: 15_000,
  pollMs: 500,
};
