import { setImmediate as nextTurn } from "node:timers/promises";
import { type CallFigures, type CallStatistics, type QueryOf, statisticsPointsMax } from "@mooring/contract";
import { minuteOf, startOfMinute } from "../domain/call-tally.ts";
import { addDurationsText, type Durations, quantileMs } from "../domain/durations.ts";
import { Problem } from "../kernel/errors.ts";
import { type MinuteFigures, type MinuteRange, readMinutes } from "../store/call-statistics.ts";
import { connectionsOf } from "../store/environments.ts";
import type { Call, ControlDeps } from "./change.ts";
import { requireConnection, requireEnvironment } from "./rights.ts";

type StatisticsQuery = QueryOf<"GetCallStatistics">;

/**
 * What the calls within the caller's limits come to, step by step; zeros where there were none. Throws `Problem` invalid_request on a range
 * that is empty, that has too many steps, or whose counts are too many to be added up, and forbidden on what a limited key may not see.
 */
export async function get({ db }: ControlDeps, { actor }: Call, query: StatisticsQuery): Promise<CallStatistics> {
  if (query.connection !== undefined) requireConnection(actor, query.connection);
  if (query.environment !== undefined) requireEnvironment(actor, query.environment);
  const { from, to, points } = stepsOf(query);
  const stepMinutes = query.stepSeconds / 60;
  const steps = Array.from({ length: points }, nothing);
  const totals = nothing();
  let rowsLeft = rowsMax;
  for (const range of await rangesOf({ db }, { actor }, query, { from, to })) {
    for (let after: MinuteFigures | undefined; ; ) {
      const rows = await db.read(actor.org, (tx) => readMinutes(tx, actor.org, range, { after, limit: rowsAtOnce }));
      for (const row of rows) add(steps[Math.floor((row.minute - from) / stepMinutes)], totals, row);
      rowsLeft -= rows.length;
      if (rowsLeft < 0) throw tooMany();
      if (rows.length < rowsAtOnce) break;
      after = rows.at(-1);
      // The embedded engine answers at once, and other requests wait meanwhile.
      await nextTurn();
    }
  }
  return {
    from: startOfMinute(from).toISOString(),
    to: startOfMinute(to).toISOString(),
    stepSeconds: query.stepSeconds,
    points: steps.map((step, index) => ({ at: startOfMinute(from + index * stepMinutes).toISOString(), ...figuresOf(step) })),
    totals: figuresOf(totals),
  };
}

const rowsAtOnce = 2000;
const rowsMax = 500_000;

function stepsOf({ from, to, stepSeconds }: StatisticsQuery): { from: number; to: number; points: number } {
  const [first, last] = [minuteOf(timeOf("from", from)), -minuteOf(new Date(-timeOf("to", to).getTime()))];
  if (last <= first) throw invalid("to", "Send a time after `from`.");
  const points = Math.ceil((last - first) / (stepSeconds / 60));
  if (points > statisticsPointsMax) {
    throw invalid("stepSeconds", `These would be ${points} steps; send longer ones, so that there are at most ${statisticsPointsMax}.`);
  }
  return { from: first, to: last, points };
}

function timeOf(field: "from" | "to", text: string): Date {
  const time = new Date(text);
  // A leap second is a time to the contract, and none to JavaScript.
  if (Number.isNaN(time.getTime())) throw invalid(field, "Send a time without a leap second.");
  return time;
}

const invalid = (field: string, message: string) => new Problem("invalid_request", { fields: [{ field, message }] });

const tooMany = () =>
  new Problem("invalid_request", {
    fields: [{ field: "from", message: "There is more in this time than can be added up; ask for a shorter one, or for one environment." }],
  });

/** The organisation's own counts where nothing narrows them; else those of each connection that is within the query and the key's limits. */
async function rangesOf(
  { db }: Pick<ControlDeps, "db">,
  { actor }: Pick<Call, "actor">,
  { connection, environment }: StatisticsQuery,
  times: Pick<MinuteRange, "from" | "to">,
): Promise<MinuteRange[]> {
  const environments = environment === undefined ? actor.environments && [...actor.environments] : [environment];
  if (connection === undefined && environments === undefined && actor.connections === undefined)
    return [{ connection: "", environments, ...times }];
  const named = connection === undefined ? undefined : [connection];
  const holding = named ?? (environments && (await db.read(actor.org, (tx) => connectionsOf(tx, actor.org, environments))));
  const connections = (holding ?? [...(actor.connections ?? [])]).filter((id) => actor.connections?.has(id) ?? true);
  return connections.map((id) => ({ connection: id, environments, ...times }));
}

interface Sum {
  calls: number;
  failures: number;
  readonly durations: Durations;
}

const nothing = (): Sum => ({ calls: 0, failures: 0, durations: new Map() });

function add(step: Sum | undefined, totals: Sum, { calls, failures, durations }: MinuteFigures): void {
  for (const sum of step ? [step, totals] : [totals]) {
    sum.calls += calls;
    sum.failures += failures;
    addDurationsText(sum.durations, durations);
  }
}

function figuresOf({ calls, failures, durations }: Sum): CallFigures {
  const [p50Ms, p95Ms] = [quantileMs(durations, 0.5), quantileMs(durations, 0.95)];
  return { calls, failures, ...(p50Ms !== undefined && { p50Ms }), ...(p95Ms !== undefined && { p95Ms }) };
}
