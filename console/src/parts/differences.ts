/** One place where two values differ; `undefined` is what is not there. */
export interface Difference {
  /** As in `environments.0.name`. */
  readonly path: string;
  readonly keys: readonly string[];
  readonly left: unknown;
  readonly right: unknown;
}

/** Where two JSON values differ, down to the smallest part, 200 places at most. Empty when they are the same. */
export function differences(left: unknown, right: unknown): Difference[] {
  const found: Difference[] = [];
  compare(left, right, []);
  return found;

  function compare(one: unknown, other: unknown, keys: readonly string[]): void {
    if (found.length >= placesMax || Object.is(one, other)) return;
    if (!isParted(one) || !isParted(other) || Array.isArray(one) !== Array.isArray(other)) {
      if (JSON.stringify(one) !== JSON.stringify(other)) found.push({ path: keys.join(".") || "all of it", keys, left: one, right: other });
      return;
    }
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) compare(one[key], other[key], [...keys, key]);
  }
}

const placesMax = 200;

const isParted = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
