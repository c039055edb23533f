import { Problem } from "../kernel/errors.ts";

/** The memory that forms may take at the same time, shared by organisations (L-2, T-4). */
export interface FormRoom {
  /** Takes `bytes` of it until the function it gives is called. Throws `Problem` overloaded when there is not as much left. */
  take(org: string, bytes: number): () => void;
}

/** One organisation alone gets at most half of `bytesMax`. */
export function createFormRoom({ bytesMax }: { bytesMax: number }): FormRoom {
  const taken = new Map<string, number>();
  let all = 0;
  let refused = 0;
  return {
    take(org, bytes) {
      const own = taken.get(org) ?? 0;
      if (all + bytes > bytesMax || own + bytes > bytesMax / 2) {
        refused += 1;
        throw new Problem("overloaded", { retryAfterSeconds: 2 + (refused % 5) });
      }
      add(org, bytes);
      let isGivenBack = false;
      return () => {
        if (!isGivenBack) add(org, -bytes);
        isGivenBack = true;
      };
    },
  };

  function add(org: string, bytes: number): void {
    all += bytes;
    const own = (taken.get(org) ?? 0) + bytes;
    if (own === 0) taken.delete(org);
    else taken.set(org, own);
  }
}
