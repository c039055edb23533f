import type { CallStatistics } from "@mooring/contract";
import { duration } from "../../parts/time.tsx";
import type { Measure } from "./chart.tsx";
import { type Span, spans } from "./queries.ts";

/** The titles of the three charts, in their order. */
export const chartTitles = ["Calls per minute", "Error rate", "Response time, p95"] as const;

/** What the charts show of some statistics. */
export function measuresOf({ points, totals, stepSeconds }: CallStatistics, span: Span): [Measure, Measure, Measure] {
  const over = spans[span].words;
  const minutes = stepSeconds / 60;
  const steps = <Value extends number | undefined>(value: (point: CallStatistics["points"][number]) => Value) =>
    points.map((point) => ({ at: new Date(point.at), value: value(point) }));
  const [callsTitle, errorsTitle, timesTitle] = chartTitles;
  const errorRate = rate(totals);

  const calls = steps((point) => point.calls / minutes);
  const errors = steps(rate);
  const times = steps(({ p95Ms }) => p95Ms);
  return [
    {
      title: callsTitle,
      ink: "calls",
      figure: count(totals.calls / (spans[span].seconds / 60)),
      note: `${whole(totals.calls)} ${totals.calls === 1 ? "call" : "calls"} in ${over}`,
      summary: `${callsTitle} over ${over}: ${whole(totals.calls)} calls in all. ${highest(calls, (value) => `${count(value)} a minute`)}`,
      steps: calls,
      topMin: 1,
      topMax: Number.POSITIVE_INFINITY,
      words: (value = 0) => count(value),
      tick: short,
    },
    {
      title: errorsTitle,
      ink: "errors",
      figure: errorRate === undefined ? "–" : percent(errorRate),
      note: totals.calls === 0 ? "no calls" : `${whole(totals.failures)} of ${whole(totals.calls)} failed, not by the caller's fault`,
      summary: `${errorsTitle} over ${over}: ${whole(totals.failures)} of ${whole(totals.calls)} calls failed. ${highest(errors, percent)}`,
      steps: errors,
      topMin: 0.05,
      topMax: 1,
      words: (value) => (value === undefined ? "no calls" : percent(value)),
      tick: percent,
    },
    {
      title: timesTitle,
      ink: "times",
      figure: totals.p95Ms === undefined ? "–" : duration(totals.p95Ms),
      note: totals.p95Ms === undefined ? "no calls" : "95 of 100 calls took at most this long",
      summary: `${timesTitle}, over ${over}: ${totals.p95Ms === undefined ? "no calls" : `95 of 100 calls took at most ${duration(totals.p95Ms)}`}. ${highest(times, duration)}`,
      steps: times,
      topMin: 10,
      topMax: Number.POSITIVE_INFINITY,
      words: (value) => (value === undefined ? "no calls" : duration(value)),
      tick: (value) => (value < 1_000 ? `${value} ms` : `${value / 1_000} s`),
    },
  ];
}

const rate = ({ calls, failures }: { calls: number; failures: number }) => (calls === 0 ? undefined : failures / calls);

function highest(steps: Measure["steps"], words: (value: number) => string): string {
  const [first] = steps.filter(({ value }) => value !== undefined && value > 0).toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
  if (first?.value === undefined) return "";
  const at = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(first.at);
  return `The most was ${words(first.value)}, at ${at}.`;
}

const whole = (value: number) => new Intl.NumberFormat("en-GB").format(value);

const count = (value: number) =>
  new Intl.NumberFormat("en-GB", { maximumFractionDigits: value < 1 ? 2 : value < 10 ? 1 : 0 }).format(value);

const short = (value: number) => new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 }).format(value);

const percent = (share: number) =>
  new Intl.NumberFormat("en-GB", { style: "percent", maximumFractionDigits: share > 0 && share < 0.1 ? 1 : 0 }).format(share);
