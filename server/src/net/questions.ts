import { Problem } from "../kernel/errors.ts";
import type { Resolve } from "./resolver.ts";

/**
 * Gives each organisation a way to ask for names on which at most `waitingMax` questions wait for an answer. One more rejects with `Problem`
 * overloaded, so that names that are never answered fill nobody else's memory (L-4).
 */
export function limitQuestions(resolve: Resolve, { waitingMax }: { waitingMax: number }): (org: string) => Resolve {
  const waiting = new Map<string, number>();
  return (org) => async (name) => {
    const before = waiting.get(org) ?? 0;
    if (before >= waitingMax) {
      throw new Problem("overloaded", { message: "Too many host names of the organisation are being looked up.", retryAfterSeconds: 1 });
    }
    waiting.set(org, before + 1);
    try {
      return await resolve(name);
    } finally {
      const left = (waiting.get(org) ?? 1) - 1;
      if (left === 0) waiting.delete(org);
      else waiting.set(org, left);
    }
  };
}
