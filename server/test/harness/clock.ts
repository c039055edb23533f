import { type Clock, systemClock } from "../../src/kernel/clock.ts";

/** A clock that never shows one time twice, so that what happened later also says so; `advance` moves it on. */
export function createTestClock(): Clock & { advance(ms: number): void } {
  let ahead = 0;
  let last = 0;
  return {
    now() {
      last = Math.max(last + 1, systemClock.now().getTime() + ahead);
      return new Date(last);
    },
    advance(ms) {
      // What was shown last may be ahead of the machine's clock: from there on, so that all of `ms` passes.
      ahead = Math.max(ahead, last - systemClock.now().getTime()) + ms;
    },
  };
}
