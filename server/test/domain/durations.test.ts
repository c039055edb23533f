import fc from "fast-check";
import { expect, test } from "vitest";
import { addDuration, addDurationsText, type Durations, durationsText, markOf, quantileMs } from "../../src/domain/durations.ts";

const counted = (durationsUs: readonly number[]): Durations => {
  const durations: Durations = new Map();
  for (const one of durationsUs) addDuration(durations, markOf(one));
  return durations;
};

const read = (text: string): Durations => {
  const durations: Durations = new Map();
  addDurationsText(durations, text);
  return durations;
};

/** From 0.1 ms to a day, as evenly over the scale as over the numbers. */
const anyDurations = fc.array(
  fc.double({ min: 2, max: 10.9, noNaN: true }).map((power) => Math.round(10 ** power)),
  { minLength: 1, maxLength: 200 },
);

test("a figure is within 10 % of the true one", () => {
  fc.assert(
    fc.property(anyDurations, fc.constantFrom(0.5, 0.95, 1), (durationsUs, share) => {
      const sorted = durationsUs.toSorted((one, other) => one - other);
      const trueMs = (sorted[Math.ceil(share * sorted.length) - 1] as number) / 1000;
      const ms = quantileMs(counted(durationsUs), share) as number;
      expect(Math.abs(ms - trueMs) / trueMs).toBeLessThan(0.1);
    }),
  );
});

test("what was written in two texts reads as both added up, and is written in one way", () => {
  fc.assert(
    fc.property(anyDurations, anyDurations, (one, other) => {
      const texts = [one, other].map((durationsUs) => durationsText(counted(durationsUs)));
      const together = durationsText(counted([...one, ...other]));
      expect(durationsText(read(texts.join("")))).toBe(together);
      expect(durationsText(read(texts.toReversed().join("")))).toBe(together);
    }),
  );
});

test("what is shorter or longer than the scale has a place at its ends", () => {
  expect([0, 1, 100, 101].map(markOf)).toEqual([0, 0, 0, 1]);
  expect(markOf(Number.MAX_SAFE_INTEGER)).toBe(120);
  expect(quantileMs(counted([0, 0]), 0.95)).toBe(0.1);
  expect(quantileMs(new Map(), 0.5)).toBeUndefined();
});
