import fc from "fast-check";
import { expect, test } from "vitest";
import { cursorOf, positionOf } from "../../src/domain/event-cursor.ts";
import { trials } from "../harness/profile.ts";

const options = { numRuns: trials({ change: 300, long: 20_000 }) };

test("a cursor gives its position back, in one spelling", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (position) => {
      const cursor = cursorOf(position);
      expect(positionOf(cursor)).toBe(position);
      for (const other of [`${cursor}=`, `${cursor} `, cursor.slice(1)]) expect(positionOf(other)).toBeUndefined();
    }),
    options,
  );
});

test.each([
  "",
  "7",
  "event:7",
  Buffer.from("event:-1").toString("base64url"),
  Buffer.from("event:1.5").toString("base64url"),
  Buffer.from("event:").toString("base64url"),
])("%j is no cursor", (text) => expect(positionOf(text)).toBeUndefined());

test("no other text is one", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const position = positionOf(text);
      if (position !== undefined) expect(cursorOf(position)).toBe(text);
    }),
    options,
  );
});
