/** Where time comes from. Services take one; pure functions take `now: Date`. */
export interface Clock {
  now(): Date;
}

/** The machine's clock, the only reader of `Date.now` in the program. */
export const systemClock: Clock = { now: () => new Date() };
