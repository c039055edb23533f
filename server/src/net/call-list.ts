/** Something that knows its place in the list it is in. */
export interface Listed {
  place: number;
}

/**
 * A set for the hot path, in no order. Not a Set: that outgrows its table every few calls, and a table it has left, once it is old, keeps
 * its successor and all that was ever in it alive until the next full collection. Here nothing points from what was to what is.
 */
export class CallList<Item extends Listed> {
  readonly #items: Item[] = [];
  /** How many were deleted before their turn and stand in a queue of undici's until it comes. */
  leftBehind = 0;

  get size(): number {
    return this.#items.length;
  }

  /** `item` must be in no list. */
  add(item: Item): void {
    item.place = this.#items.length;
    this.#items.push(item);
  }

  /** `item` must be in this list. The last one takes its place. */
  delete(item: Item): void {
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#items[item.place] = last;
    last.place = item.place;
  }

  /** Those in it now; what comes and goes afterwards does not change the answer. */
  all(): Item[] {
    return [...this.#items];
  }
}
