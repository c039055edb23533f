import { Problem } from "../kernel/errors.ts";

/** Lets one piece of work in at a time, in the order of asking. Beyond `waitingMax` asking is refused with `Problem` overloaded. */
export function createTurns(waitingMax: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let isTaken = false;

  async function enter(): Promise<void> {
    if (!isTaken) {
      isTaken = true;
      return;
    }
    if (waiting.length >= waitingMax) throw new Problem("overloaded", { retryAfterSeconds: 1 });
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else isTaken = false;
  }

  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
