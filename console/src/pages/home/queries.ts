import { keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import { now } from "../../parts/now.ts";

/** How much time the charts show. */
export type Span = "hour" | "day";

/** Of each span its length, and of what length its steps are. */
export const spans = {
  hour: { seconds: 3_600, stepSeconds: 60, words: "the last hour" },
  day: { seconds: 86_400, stepSeconds: 900, words: "the last 24 hours" },
} as const satisfies Record<Span, { seconds: number; stepSeconds: number; words: string }>;

// How often the page asks again while it can be seen.
const refreshMs = 15_000;

/** The calls of the time up to now, step by step. The chart before stays until another span is there. */
export const statisticsQuery = (org: string, span: Span) =>
  queryOptions({
    queryKey: ["GetCallStatistics", "home", org, span],
    queryFn: async ({ signal }) => {
      const { seconds, stepSeconds } = spans[span];
      const to = now();
      const from = new Date(to.getTime() - seconds * 1_000);
      const query = { from: from.toISOString(), to: to.toISOString(), stepSeconds };
      return (await call("GetCallStatistics", { params: { organisation_id: org }, query }, { signal })).body;
    },
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });

/** The connections that changed last; how many there are tells whether this is a beginning. */
export const latestQuery = (org: string) => ({
  ...queryOf("ListConnectionSummaries", { params: { organisation_id: org }, query: { first: 6 } }),
  refetchInterval: refreshMs,
});

/** Some of the connections that are not well. */
export const unwellQuery = (org: string, health: "attention" | "failing") => ({
  ...queryOf("ListConnectionSummaries", { params: { organisation_id: org }, query: { first: 5, health } }),
  refetchInterval: refreshMs,
});

/** The newest changes; more than are shown, because those of one request are told in one line. */
export const auditQuery = (org: string) => ({
  ...queryOf("ListAudit", { params: { organisation_id: org }, query: { first: 50 } }),
  refetchInterval: refreshMs,
});

/** Asks for all that the page needs at once, while its script is on the way. Waits for nothing. */
export function prefetchHome(queries: QueryClient, org: string, { span, isAdmin }: { span: Span; isAdmin: boolean }): void {
  void queries.prefetchQuery(statisticsQuery(org, span));
  void queries.prefetchQuery(latestQuery(org));
  void queries.prefetchQuery(unwellQuery(org, "attention"));
  void queries.prefetchQuery(unwellQuery(org, "failing"));
  if (!isAdmin) return;
  void queries.prefetchQuery(auditQuery(org));
  const everybody = { params: { organisation_id: org }, query: { first: 100 } };
  void queries.prefetchQuery(queryOf("ListMembers", everybody));
  void queries.prefetchQuery(queryOf("ListApiKeys", everybody));
}
