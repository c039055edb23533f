import { Problem } from "../kernel/errors.ts";

/** How much of imports may be in memory at the same time, shared by organisations (L-2, T-4). */
export interface ImportRoom {
  /** How large one file may be. */
  readonly fileBytesMax: number;
  /** Takes `bytes` of it until the function it gives is called. Throws `Problem` overloaded when there is not as much left. */
  take(org: string, bytes: number): () => void;
}

/** Holds four files of the largest size, and what comes with each in a form. One organisation alone gets at most half. */
export function createImportRoom({ importBytesMax: fileBytesMax }: { importBytesMax: number }): ImportRoom {
  const bytesMax = 4 * (fileBytesMax + besideFileBytesMax);
  const taken = new Map<string, number>();
  let all = 0;
  let refused = 0;
  return {
    fileBytesMax,
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

/** Of a form of the largest size: metadata, headers of parts, boundaries, and what some put before and behind. */
export const besideFileBytesMax = 128 * 1024;
