/** What is kept in memory within a bound, by key. */
export interface Kept<Value> {
  /** Marks what is found as used. */
  get(key: string): Value | undefined;
  /** Makes room for it. What alone weighs more than all may is not kept. */
  set(key: string, value: Value): void;
  /** Forgets what the test is true of. */
  drop(isOver: (value: Value) => boolean): void;
  clear(): void;
  size(): number;
}

export interface KeptBound<Value> {
  /** How much all of it may weigh together. */
  readonly weightMax: number;
  /** What one weighs; 1 when left out, so that `weightMax` is a number of values. */
  readonly weightOf?: (value: Value) => number;
}

/**
 * Keeps values; those not used since they were last looked at go first. A mark, and not a move to the end of a line: moving on every
 * use leaves garbage behind that outlives it.
 */
export function createKept<Value>({ weightMax, weightOf = () => 1 }: KeptBound<Value>): Kept<Value> {
  const entries = new Map<string, Entry<Value>>();
  let weight = 0;
  return { get, set, drop, clear, size: () => entries.size };

  function get(key: string): Value | undefined {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    entry.isUsed = true;
    return entry.value;
  }

  function set(key: string, value: Value): void {
    remove(key);
    const added = weightOf(value);
    if (added > weightMax) return;
    makeRoom(weightMax - added);
    weight += added;
    entries.set(key, { value, weight: added, isUsed: false });
  }

  function makeRoom(most: number): void {
    for (const [oldest, entry] of entries) {
      if (weight <= most) return;
      if (!entry.isUsed) {
        remove(oldest);
        continue;
      }
      // Used since it was last looked at: it goes to the end of the line.
      entry.isUsed = false;
      entries.delete(oldest);
      entries.set(oldest, entry);
    }
  }

  function remove(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    weight -= entry.weight;
    entries.delete(key);
  }

  function drop(isOver: (value: Value) => boolean): void {
    for (const [key, { value }] of entries) if (isOver(value)) remove(key);
  }

  function clear(): void {
    entries.clear();
    weight = 0;
  }
}

interface Entry<Value> {
  readonly value: Value;
  readonly weight: number;
  isUsed: boolean;
}
