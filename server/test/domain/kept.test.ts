import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKept } from "../../src/domain/kept.ts";
import { trials } from "../harness/profile.ts";

describe("what is kept within a bound", () => {
  it("goes when it was not used since it was last looked at", () => {
    const kept = createKept<number>({ weightMax: 3 });
    for (const [key, value] of [...Object.entries({ a: 1, b: 2, c: 3 })]) kept.set(key, value);
    kept.get("a");
    kept.set("d", 4);
    expect(["a", "b", "c", "d"].map((key) => kept.get(key))).toEqual([1, undefined, 3, 4]);
  });

  it("is not kept when it alone is more than all may be, and then nothing goes for it but what it replaces", () => {
    const kept = createKept<string>({ weightMax: 5, weightOf: ({ length }) => length });
    kept.set("a", "aa");
    kept.set("b", "bb");
    kept.set("b", "bbbbbb");
    expect([kept.get("a"), kept.get("b"), kept.size()]).toEqual(["aa", undefined, 1]);
  });

  it("never weighs more than its bound, and holds what was set last", () => {
    const step = fc.record({ key: fc.constantFrom("a", "b", "c", "d", "e"), weight: fc.integer({ min: 0, max: 12 }), use: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const kept = createKept<{ weight: number }>({ weightMax: 10, weightOf: ({ weight }) => weight });
        const model = new Map<string, { weight: number }>();
        for (const { key, weight, use } of steps) {
          if (use) kept.get(key);
          const value = { weight };
          kept.set(key, value);
          model.set(key, value);
          const held = [...model].filter(([one]) => kept.get(one) !== undefined);
          expect(held.reduce((sum, [, one]) => sum + one.weight, 0)).toBeLessThanOrEqual(10);
          for (const [one, value] of held) expect(kept.get(one)).toBe(value);
          expect(kept.get(key)).toBe(weight > 10 ? undefined : value);
        }
        kept.drop(() => true);
        expect(kept.size()).toBe(0);
      }),
      { numRuns: trials({ change: 300, long: 100_000 }) },
    );
  });
});
