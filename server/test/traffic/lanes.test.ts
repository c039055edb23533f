import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { createLanes, type Lane, type LanesDeps } from "../../src/traffic/lanes.ts";

/** Long enough that no test reaches it. */
const longMs = 600_000;

/** Lanes of organisations that are named by a letter, and a diary of who got a place or waited in vain. */
function laned(given: Partial<LanesDeps> = {}) {
  const lanes = createLanes({ placesMax: 8, waitingMax: 8, waitMs: longMs, ...given });
  const held = new Map<string, Lane[]>();
  const diary: string[] = [];
  const hold = (org: string, lane: Lane) => held.set(org, [...(held.get(org) ?? []), lane]);
  return { lanes, diary, enter, join, leave, fill };

  function enter(org: string): boolean {
    const lane = lanes.enter(org as OrganisationId);
    if (lane) hold(org, lane);
    return lane !== undefined;
  }

  /** Enters as often as it goes; how often that was. */
  function fill(org: string): number {
    let count = 0;
    while (enter(org)) count += 1;
    return count;
  }

  function join(org: string, name = org) {
    return lanes.join(org as OrganisationId, (lane) => {
      if (lane) hold(org, lane);
      diary.push(lane ? name : `${name} in vain`);
    });
  }

  function leave(org: string): void {
    const lane = held.get(org)?.pop();
    if (!lane) throw new Error(`${org} holds no place.`);
    lanes.leave(lane);
  }
}

describe("places shared by organisations (L-1, T-4)", () => {
  it.each([
    { placesMax: 1, crowds: 1, each: [1] },
    { placesMax: 4, crowds: 1, each: [3] },
    { placesMax: 1024, crowds: 1, each: [768] },
    { placesMax: 1024, crowds: 2, each: [768, 192] },
  ])("of $placesMax, $crowds that come one after the other take $each at most", ({ placesMax, crowds, each }) => {
    const { fill } = laned({ placesMax });
    expect(Array.from({ length: crowds }, (_, at) => fill(String(at)))).toEqual(each);
  });

  it("leave one for whoever has none, as long as any is free", () => {
    const { lanes, enter } = laned({ placesMax: 1024 });
    const orgs = Array.from({ length: 1024 }, (_, at) => `org ${at}`);
    expect(orgs.filter(enter)).toHaveLength(1024);
    expect(lanes.stats()).toMatchObject({ held: 1024, waiting: 0 });
    expect(enter("one more")).toBe(false);
  });

  it("even out between crowds that go on coming", () => {
    const { lanes, enter, leave, fill } = laned({ placesMax: 1024 });
    const share = { a: fill("a"), b: fill("b") };
    for (let round = 0; round < 2000; round++) {
      const org = share.a > share.b ? "a" : "b";
      leave(org);
      share[org] -= 1;
      for (const one of ["b", "a"] as const) if (enter(one)) share[one] += 1;
    }
    expect(Math.abs(share.a - share.b)).toBeLessThan(5);
    // What is left is for who comes next.
    expect(1024 - lanes.stats().held).toBeGreaterThan(100);
  });

  it("go to those who wait in turns of organisations, and in each in the order they came", () => {
    const { diary, fill, enter, join, leave } = laned({ placesMax: 4, waitingMax: 64 });
    fill("a");
    expect(enter("b")).toBe(true);
    for (const name of ["a1", "a2", "a3"]) join("a", name);
    for (const name of ["b1", "b2"]) join("b", name);
    join("c", "c1");
    for (const org of ["a", "a", "a", "b", "c", "a"]) leave(org);
    expect(diary.slice(0, 3)).toEqual(["a1", "b1", "c1"]);
    expect(diary.filter((name) => name.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
    expect(diary.filter((name) => name.startsWith("b"))).toEqual(["b1", "b2"]);
  });

  it("go to a new organisation before the backlog of one that has many", () => {
    const { diary, fill, enter, join, leave } = laned({ placesMax: 4, waitingMax: 400 });
    fill("a");
    enter("z");
    for (let at = 0; at < 200; at++) join("a", `a${at}`);
    join("b", "b0");
    leave("a");
    leave("a");
    expect(diary.indexOf("b0")).toBeLessThan(2);
  });

  it("are waited for by a bounded number, of which no organisation takes all", () => {
    const { lanes, fill, enter, join } = laned({ placesMax: 4, waitingMax: 8 });
    fill("a");
    enter("b");
    const joined = Array.from({ length: 20 }, () => join("a")).filter(Boolean);
    expect(joined).toHaveLength(6);
    expect(join("b")).toBeDefined();
    expect(join("c")).toBeDefined();
    expect([join("b"), join("d")]).toEqual([undefined, undefined]);
    expect(lanes.stats()).toMatchObject({ held: 4, waiting: 8 });
  });

  it("are not given to whoever has gone, who leaves the line at once", () => {
    const { lanes, diary, fill, join, leave } = laned({ placesMax: 4 });
    fill("a");
    const [first] = [join("a", "first"), join("a", "second")];
    if (first) lanes.quit(first);
    expect(lanes.stats().waiting).toBe(1);
    leave("a");
    if (first) lanes.quit(first);
    expect(diary).toEqual(["second"]);
    expect(lanes.stats()).toMatchObject({ held: 3, waiting: 0 });
  });

  it("are waited for no longer than said, and then the line is shorter, so that who would wait in vain is told at once", async () => {
    const { lanes, diary, fill, join } = laned({ placesMax: 4, waitingMax: 64, waitMs: 40 });
    fill("a");
    for (let at = 0; at < 10; at++) expect(join("a")).toBeDefined();
    while (diary.length < 10) await pause(5);
    expect(diary).toEqual(Array(10).fill("a in vain"));
    expect(lanes.stats()).toMatchObject({ held: 3, waiting: 0 });
    expect([join("a"), join("a")].filter(Boolean)).toHaveLength(1);
    // That is the matter of its own organisation alone.
    fill("b");
    expect([join("b"), join("b")].filter(Boolean)).toHaveLength(2);
  });

  it("let the line grow again when turns come quickly", async () => {
    const { diary, fill, join, leave } = laned({ placesMax: 4, waitingMax: 64, waitMs: 2000 });
    fill("a");
    for (let at = 0; at < 3; at++) join("a");
    while (diary.length < 3) await pause(20);
    for (let at = 0; at < 5; at++) {
      join("a");
      leave("a");
    }
    expect(Array.from({ length: 20 }, () => join("a")).filter(Boolean)).toHaveLength(6);
  });

  it("forget organisations that hold none and wait for none", () => {
    const { lanes, enter, leave } = laned({ placesMax: 4 });
    for (let at = 0; at < 30_000; at++) {
      enter(`org ${at}`);
      leave(`org ${at}`);
    }
    expect(lanes.stats().organisations).toBeLessThanOrEqual(10_000);
  });
});
