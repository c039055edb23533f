import { expect, test } from "vitest";
import { canary, canaryFile, canaryKey, encodings, leaksIn } from "./canary.ts";

test.each(Object.entries(encodings))("a canary is found when it leaks as %s, wherever it stands (V-7)", (_name, encode) => {
  for (const secret of [canary("one"), canary("two", { lines: false }), canaryKey("three")]) {
    for (const before of ["", "a", "ab", "abc"]) {
      expect(leaksIn(`{"x":"${encode(before + secret)}"}`), `${before.length} before`).not.toEqual([]);
      expect(leaksIn(`{"x":"${before}${encode(secret)}"}`), `${before.length} outside`).not.toEqual([]);
    }
  }
});

test("a canary in a file is found, and a text without one is not", () => {
  expect(leaksIn(`{"valueBase64":"${canaryFile("file")}"}`)).not.toEqual([]);
  expect(leaksIn('{"valueBase64":"********","name":"canary"}')).toEqual([]);
});
