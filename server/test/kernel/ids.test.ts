import { expect, test } from "vitest";
import { createIds, createIdsBackwards, idOf, isUlid, timeOf } from "../../src/kernel/ids.ts";

/** A clock that a test sets. */
function setClock(ms: number) {
  const clock = { ms, now: () => new Date(clock.ms) };
  return clock;
}

test("ids are ULIDs of the clock's time, each above the one before, however many come in a millisecond", () => {
  const clock = setClock(Date.parse("2026-01-01T00:00:00.000Z"));
  const newId = createIds(clock);
  let last = "";
  for (let at = 0; at < 300_000; at += 1) {
    if (at % 1000 === 0) clock.ms += at % 3;
    const id = newId<string>();
    if (!(id > last) || !isUlid(id)) expect.fail(`${id} follows ${last}`);
    last = id;
  }
  expect(timeOf(last)).toEqual(clock.now());
});

test("a clock that stands still or goes back gives ids that go on all the same", () => {
  const clock = setClock(1_700_000_000_000);
  const newId = createIds(clock);
  let last = newId<string>();
  clock.ms -= 60_000;
  // More than four characters can count.
  for (let at = 0; at < 1_100_000; at += 1) {
    const id = newId<string>();
    if (!(id > last)) expect.fail(`${id} follows ${last}`);
    last = id;
  }
  // Where counting begins in a millisecond is drawn, so that some have few; that twelve together have too few never happens.
  expect(timeOf(last).getTime() - 1_700_000_000_000).toBeLessThanOrEqual(12);
});

test("two processes never give the same", () => {
  const clock = setClock(1_700_000_000_000);
  const [one, other] = [createIds(clock), createIds(clock)];
  const ids = new Set(Array.from({ length: 10_000 }, () => [one<string>(), other<string>()]).flat());
  expect(ids.size).toBe(20_000);
});

test("a text gives the same id on every node and in every version of Mooring, and it is a ULID", () => {
  expect(idOf("")).toBe("73P324567W3GA9NYZMS2CPZE94");
  expect(idOf("01ARZ3NDEKTSV4RRFFQ69G5FAV/responses/200")).toBe("3E6772E8CZD087SY0ZEQ1K1816");
  expect(idOf("日本")).toBe("6F5AZGRPZ34V5S4AKGZ0B3Z487");
  const ids = new Set(Array.from({ length: 10_000 }, (_, index) => idOf<string>(`text ${index}`)));
  expect([ids.size, [...ids].every(isUlid)]).toEqual([10_000, true]);
});

test("ids that are given backwards are ULIDs of their time, each below the one before", () => {
  const at = new Date("2026-01-01T00:00:00.000Z");
  const newId = createIdsBackwards(at);
  let last = newId<string>();
  for (let given = 0; given < 100_000; given += 1) {
    const id = newId<string>();
    if (!(id < last) || !isUlid(id)) expect.fail(`${id} follows ${last}`);
    last = id;
  }
  expect(timeOf(last)).toEqual(at);
});
