/**
 * What a change does to the values that a schema lets through: `narrows` says why some that were fine may be none now, `widens` why there
 * may be some that were none before. Both are there where it cannot be told, neither where nothing of the kind can happen.
 */
export interface Effect {
  readonly narrows?: string | undefined;
  readonly widens?: string | undefined;
}

export const narrows = (why: string): Effect => ({ narrows: why });
export const widens = (why: string): Effect => ({ widens: why });
/** It cannot be told, so both are taken to happen. */
export const unclear = (why: string): Effect => ({ narrows: why, widens: why });
export const neutral: Effect = {};

/** All effects as one; the first reason of each kind stands for the rest. */
export function together(effects: Iterable<Effect>): Effect {
  let all = neutral;
  for (const effect of effects) all = { narrows: all.narrows ?? effect.narrows, widens: all.widens ?? effect.widens };
  return all;
}

/**
 * How the effect of a part counts for the whole: as it is; the other way round, as below `not`; where alternatives must not overlap, so
 * that a wider one may make values fit two; or either way.
 */
export type Reading = "same" | "flipped" | "overlapping" | "either";

export function readAs(effect: Effect, reading: Reading): Effect {
  switch (reading) {
    case "same":
      return effect;
    case "flipped":
      return { narrows: effect.widens, widens: effect.narrows };
    case "overlapping":
      return { narrows: effect.narrows ?? effect.widens, widens: effect.widens };
    case "either":
      return { narrows: effect.narrows ?? effect.widens, widens: effect.widens ?? effect.narrows };
  }
}

/** The reading of what stands `inner` within something that itself stands `outer`. */
export function within(outer: Reading, inner: Reading): Reading {
  if (outer === "same") return inner;
  if (inner === "same") return outer;
  if (outer === inner) return outer === "flipped" ? "same" : outer;
  return "either";
}
