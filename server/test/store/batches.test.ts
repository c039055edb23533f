import { expect, test } from "vitest";
import { inBatches } from "../../src/store/batches.ts";

test.each([
  [0, []],
  [1, [1]],
  [500, [500]],
  [1201, [500, 500, 201]],
])("%i rows go in portions that every engine takes, each row once and in order", async (count, lengths) => {
  const rows = Array.from({ length: count }, (_, index) => index);
  const batches: number[][] = [];
  await inBatches(rows, async (batch) => batches.push([...batch]));
  expect(batches.map(({ length }) => length)).toEqual(lengths);
  expect(batches.flat()).toEqual(rows);
});
