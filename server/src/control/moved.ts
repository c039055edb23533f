import { Problem } from "../kernel/errors.ts";

/** What was looked at before a transaction is no longer so within it. */
export class Moved extends Error {}

/**
 * Runs an attempt that looks at something outside of its transaction, since that takes time, and throws `Moved` when it finds it changed:
 * then it is run again. Throws `Problem` conflict when that happens again and again.
 */
export async function untilStill<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
  for (let tried = 1; tried <= attemptsMax; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Moved)) throw error;
    }
  }
  throw new Problem("conflict");
}

const attemptsMax = 5;
