/** Numbers that look random and are the same again for the same seed (mulberry32 by Tommy Ettinger). */
export function createRandom(seed: number) {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    /** A whole number from 0 to below `limit`. */
    below,
    /** One of `items`; undefined when there is none. */
    pick: <Item>(items: readonly Item[]): Item | undefined => items[below(items.length)],
    shuffled: <Item>(items: readonly Item[]): Item[] =>
      items
        .map((item) => ({ item, at: next() }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ item }) => item),
  };
}

export type Random = ReturnType<typeof createRandom>;
