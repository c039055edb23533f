import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attemptsMax, breakMs, breaksAfter, nextAttemptMs, outcomeOf, retryAfterMs } from "../../src/domain/delivery.ts";
import { type DestinationHealth, type HealthReport, healthAfter, noReport, reported } from "../../src/domain/destination-health.ts";

const now = new Date("2026-11-25T12:00:00Z");
const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("the schedule of attempts (D-2)", () => {
  it("is that of Standard Webhooks: ten attempts, and then none", () => {
    const middle = Array.from({ length: attemptsMax }, (_, at) => nextAttemptMs(at + 1, 0.5));
    expect(middle).toEqual([
      ...[5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
      undefined,
    ]);
  });

  it("moves each by no more than 20 %", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: attemptsMax - 1 }), random, (attempts, chance) => {
        const [middle = 0, found = 0] = [nextAttemptMs(attempts, 0.5), nextAttemptMs(attempts, chance)];
        expect(found).toBeGreaterThanOrEqual(Math.floor(middle * 0.8));
        expect(found).toBeLessThanOrEqual(Math.ceil(middle * 1.2));
      }),
    );
  });
});

describe("Retry-After (D-2)", () => {
  it.each([
    ["-1", second],
    ["0", second],
    ["1", second],
    ["120", 2 * minute],
    ["86401", day],
    ["1000000000000", day],
    [`1${"0".repeat(400)}`, day],
    ["Wed, 25 Nov 2026 12:02:00 GMT", 2 * minute],
    ["Wednesday, 25-Nov-26 12:02:00 GMT", 2 * minute],
    ["Wed Nov 25 12:02:00 2026", 2 * minute],
    ["Wed, 25 Nov 2026 11:00:00 GMT", second],
    ["Fri, 25 Nov 2050 12:00:00 GMT", day],
    ["soon", undefined],
    ["1e12", undefined],
    ["", undefined],
    ["Wed, 99 Nov 2026 12:02:00 GMT", undefined],
    [undefined, undefined],
  ])("of %s", (text, ms) => {
    expect(retryAfterMs(text, now)).toBe(ms);
  });

  it("is from 1 second to 24 hours whatever was sent, or nothing", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (text) => {
          const ms = retryAfterMs(text, now) ?? second;
          expect(ms).toBeGreaterThanOrEqual(second);
          expect(ms).toBeLessThanOrEqual(day);
        },
      ),
    );
  });
});

describe("what an answer means (D-3)", () => {
  it.each([
    [200, undefined, "delivered", undefined],
    [204, undefined, "delivered", undefined],
    [299, undefined, "delivered", undefined],
    [301, undefined, "failed", undefined],
    [304, undefined, "failed", undefined],
    [400, undefined, "failed", undefined],
    [410, undefined, "failed", { kind: "gone" }],
    [429, undefined, "failed", { kind: "pause", pauseMs: 5 * second }],
    [429, "30", "failed", { kind: "pause", pauseMs: 30 * second }],
    [500, "30", "failed", undefined],
    [502, undefined, "failed", { kind: "throttle" }],
    [502, "30", "failed", { kind: "pause", pauseMs: 30 * second }],
    [503, "30", "failed", { kind: "pause", pauseMs: 30 * second }],
    [504, "garbage", "failed", { kind: "throttle" }],
    [600, undefined, "failed", undefined],
  ] as const)("%d with Retry-After %s", (status, retryAfter, kind, asks) => {
    const outcome = outcomeOf(status, retryAfter, now);
    expect(outcome).toMatchObject({ kind, status });
    expect(outcome.kind === "failed" ? outcome.asks : undefined).toEqual(asks);
  });
});

describe("how long a failing destination is left alone (D-3)", () => {
  it("grows from one pause to the next, up to five minutes", () => {
    const pauses = Array.from({ length: 9 }, (_, at) => breakMs(breaksAfter - 1 + at, 0.5));
    expect(pauses).toEqual([undefined, ...[10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * second)]);
  });

  const healthy: DestinationHealth = { failures: 0, pausedForMs: undefined };
  const failed = (times: number, report: HealthReport = noReport): HealthReport =>
    times === 0 ? report : failed(times - 1, reported(report, { isDelivered: false, asks: undefined, isProbe: false }));
  const delivered = (report: HealthReport, isProbe = false) => reported(report, { isDelivered: true, asks: undefined, isProbe });
  const probe = reported(noReport, { isDelivered: false, asks: undefined, isProbe: true });
  const asking = reported(noReport, { isDelivered: false, asks: { kind: "pause", pauseMs: hour }, isProbe: false });

  it.each<[string, DestinationHealth, HealthReport, DestinationHealth]>([
    ["a success changes nothing of a healthy one", healthy, delivered(noReport), healthy],
    ["failures are counted", healthy, failed(4), { failures: 4, pausedForMs: undefined }],
    [
      "a success in between starts anew",
      { failures: 4, pausedForMs: undefined },
      failed(1, delivered(failed(2))),
      { failures: 1, pausedForMs: undefined },
    ],
    ["the fifth in a row begins a pause", { failures: 4, pausedForMs: undefined }, failed(1), { failures: 5, pausedForMs: 10 * second }],
    ["many at once begin the same pause", healthy, failed(40), { failures: 5, pausedForMs: 10 * second }],
    [
      "what was under way does not prolong it",
      { failures: 5, pausedForMs: 9 * second },
      failed(20),
      { failures: 5, pausedForMs: 9 * second },
    ],
    ["nor end it", { failures: 5, pausedForMs: 9 * second }, delivered(noReport), { failures: 5, pausedForMs: 9 * second }],
    ["a probe that fails doubles it", { failures: 5, pausedForMs: 15 * second }, probe, { failures: 6, pausedForMs: 20 * second }],
    ["a probe that goes well ends it", { failures: 9, pausedForMs: 15 * second }, delivered(noReport, true), healthy],
    ["what is asked for counts at once", healthy, asking, { failures: 1, pausedForMs: hour }],
    ["what is asked for prolongs a pause", { failures: 5, pausedForMs: 9 * second }, asking, { failures: 5, pausedForMs: hour }],
  ])("%s", (_title, before, report, after) => {
    expect(healthAfter(before, report, 0.5)).toEqual(after);
  });
});
