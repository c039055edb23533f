import type { OrganisationId } from "../kernel/ids.ts";

/** Memory for what was written to readers and not taken yet, so that those who take nothing fill none (L-2). */
export interface Untaken {
  /** Room for a piece of so many characters: what gives it back. Undefined when there is none now; what is short always has some, as has one by itself. */
  take(org: OrganisationId, characters: number): (() => void) | undefined;
}

/** Room for `charactersMax` in all, a quarter of it for one organisation. */
export function createUntaken({ charactersMax = 128 * 1024 * 1024 }: { charactersMax?: number | undefined } = {}): Untaken {
  const heldOf = new Map<OrganisationId, number>();
  let held = 0;
  return { take };

  function take(org: OrganisationId, characters: number): (() => void) | undefined {
    if (characters <= shortMax) return () => {};
    const own = heldOf.get(org) ?? 0;
    if (held > 0 && held + characters > charactersMax) return undefined;
    if (own > 0 && own + characters > charactersMax / 4) return undefined;
    held += characters;
    heldOf.set(org, own + characters);
    return () => {
      held -= characters;
      const left = (heldOf.get(org) ?? 0) - characters;
      if (left > 0) heldOf.set(org, left);
      else heldOf.delete(org);
    };
  }
}

// Those of as many readers as there may be are no more than a few megabytes.
const shortMax = 16 * 1024;
