import { type Ask, breakMs, breaksAfter } from "./delivery.ts";

/** How a destination is, as it is kept. */
export interface DestinationHealth {
  /** How many attempts in a row went wrong; those that were under way when it was left alone do not count. */
  readonly failures: number;
  /** In milliseconds from now; undefined when it is not left alone, not positive when that is over and an attempt may show how it is. */
  readonly pausedForMs: number | undefined;
}

/** What some attempts, in the order in which they ended, say about their destination. */
export interface HealthReport {
  readonly hasSucceeded: boolean;
  /** How many went wrong after the last that went well. */
  readonly failures: number;
  /** The longest pause that was asked for. */
  readonly pauseMs: number | undefined;
  /** Whether it was one attempt, to see how the destination is after it was left alone. */
  readonly isProbe: boolean;
}

/** Nothing yet. */
export const noReport: HealthReport = { hasSucceeded: false, failures: 0, pauseMs: undefined, isProbe: false };

/** The report with one more attempt. */
export function reported(report: HealthReport, attempt: { isDelivered: boolean; asks: Ask | undefined; isProbe: boolean }): HealthReport {
  const { isDelivered, asks, isProbe } = attempt;
  const asked = asks?.kind === "pause" ? asks.pauseMs : undefined;
  return {
    hasSucceeded: report.hasSucceeded || isDelivered,
    failures: isDelivered ? 0 : report.failures + 1,
    pauseMs: asked === undefined ? report.pauseMs : Math.max(asked, report.pauseMs ?? 0),
    isProbe: report.isProbe || isProbe,
  };
}

/**
 * How the destination is after `report`; `random` is from 0 to below 1. What was under way when it began to be left alone can neither end
 * nor prolong that: only the one attempt that is made afterwards does. So each failure of that one doubles the pause, however many failed before it.
 */
export function healthAfter(health: DestinationHealth, report: HealthReport, random: number): DestinationHealth {
  const isPaused = health.pausedForMs !== undefined && !report.isProbe;
  if (isPaused) return longer(health, report.pauseMs);
  const before = report.hasSucceeded ? 0 : health.failures;
  const after = before + report.failures;
  const failures = before < breaksAfter ? Math.min(breaksAfter, after) : after;
  const pausedForMs = report.failures === 0 ? undefined : breakMs(failures, random);
  return longer({ failures, pausedForMs }, report.pauseMs);
}

function longer({ failures, pausedForMs }: DestinationHealth, pauseMs: number | undefined): DestinationHealth {
  return { failures, pausedForMs: pauseMs === undefined ? pausedForMs : Math.max(pauseMs, pausedForMs ?? 0) };
}
