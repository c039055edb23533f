import { type Static, Type } from "typebox";
import { object, timestamp, ulid } from "./fields.ts";
import { strict } from "./page.ts";

/** How many points one answer has at most. */
export const statisticsPointsMax = 1500;

const figures = {
  calls: Type.Integer({ minimum: 0, description: "Calls that came in this time." }),
  failures: Type.Integer({
    minimum: 0,
    description:
      "How many of them failed for a reason that is not the caller's: an answer of the outside system with 5xx, 401 or 403, none at all, or a credential that could not be used.",
  }),
  p50Ms: Type.Optional(Type.Number({ description: "How long half of them took at most, within 10 %. Absent when there was none." })),
  p95Ms: Type.Optional(Type.Number({ description: "How long 95 of 100 of them took at most, within 10 %. Absent when there was none." })),
};

export const CallStatisticsPoint = object("CallStatisticsPoint", { at: timestamp("Where the step begins."), ...figures });
export type CallStatisticsPoint = Static<typeof CallStatisticsPoint>;

export const CallFigures = object("CallFigures", figures);
export type CallFigures = Static<typeof CallFigures>;

export const CallStatistics = object(
  "CallStatistics",
  {
    from: timestamp("Where the first step begins: `from`, rounded down to a whole minute."),
    to: timestamp("Where the last step ends, which may be shorter: `to`, rounded up to a whole minute."),
    stepSeconds: Type.Integer({ description: "How long a step is." }),
    points: Type.Array(CallStatisticsPoint, { description: "Every step in order, those without calls too." }),
    totals: CallFigures,
  },
  { description: "How many calls came, how many failed, and how long they took, step by step." },
);
export type CallStatistics = Static<typeof CallStatistics>;

export const CallStatisticsQuery = Type.Object(
  {
    from: timestamp("From this time on."),
    to: timestamp("Up to this time."),
    stepSeconds: Type.Integer({
      minimum: 60,
      maximum: 31 * 24 * 3600,
      multipleOf: 60,
      description: `How long a step is: whole minutes, and at most ${statisticsPointsMax} steps from \`from\` to \`to\`.`,
    }),
    connection: Type.Optional(ulid("Only calls through this connection.")),
    environment: Type.Optional(ulid("Only calls through the environment with this id.")),
  },
  strict,
);
export type CallStatisticsQuery = Static<typeof CallStatisticsQuery>;
