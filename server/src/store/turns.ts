import { Problem } from "../kernel/errors.ts";

/** Lets one holder in at a time, in the order of asking. Beyond `waitingMax` waiters asking is refused with `Problem` overloaded. */
export interface Turns {
  /** Resolves when it is one's turn, to the function that ends it. */
  enter(): Promise<() => void>;
  take<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createTurns(waitingMax: number): Turns {
  const waiting: ((leave: () => void) => void)[] = [];
  let taken = false;

  function enter(): Promise<() => void> {
    if (!taken) {
      taken = true;
      return Promise.resolve(leave);
    }
    if (waiting.length >= waitingMax) throw new Problem("overloaded", { retryAfterSeconds: 1 });
    return new Promise((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next(leave);
    else taken = false;
  }

  async function take<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = await enter();
    try {
      return await work();
    } finally {
      done();
    }
  }

  return { enter, take };
}
