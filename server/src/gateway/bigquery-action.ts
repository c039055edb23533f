import type { BigQueryActionDocument } from "../domain/action.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import { Problem } from "../kernel/errors.ts";
import { readQueryInput } from "../protocols/bigquery/input.ts";
import { queryRequest } from "../protocols/bigquery/requests.ts";
import type { PerformQuery } from "./bigquery.ts";
import { netRequest } from "./bigquery-requests.ts";
import type { MadeRequest } from "./exchange.ts";
import type { Explain } from "./explain.ts";
import { requireComplete } from "./invoke.ts";
import type { Asked, Performer, Road } from "./performer.ts";
import type { Prepared } from "./prepare.ts";
import { type PlannedQuery, planQuery } from "./query-plan.ts";

export interface BigQueryActionDeps {
  readonly road: Road;
  readonly prepare: (snapshot: EnvironmentSnapshot) => Prepared;
  readonly query: PerformQuery;
  readonly explain: Pick<Explain, "made">;
  /** What one query may be billed for at most, in bytes. */
  readonly bytesBilledMax: number;
}

/** Calls actions that are queries: the parameters are checked, then the query is run and its rows are answered. */
export function createBigQueryPerformer({ road, prepare, query, explain, bytesBilledMax }: BigQueryActionDeps): Performer {
  return {
    async invoke(asked) {
      const { call } = asked;
      const planned = plan(asked);
      const prepared = prepare(await road.usable(asked));
      // The caller may have gone while something was waited for.
      if (call.response.destroyed) return road.settle(call, "aborted");
      call.sent = { method: "POST", path: beginning(planned).path, query: "" };
      query(call, prepared, planned, road.settle);
    },

    explain: (asked) =>
      explain.made(asked.call, asked.snapshot, () => {
        requireComplete(asked.action.stored);
        return madeRequest(plan(asked));
      }),
  };

  function plan({ call, snapshot, action, bytes, checksAnswer }: Asked): PlannedQuery {
    const { id: actionId, document } = action.stored;
    const parameters = readQueryInput(bytes);
    if (checksAnswer)
      throw new Problem("invalid_request", { fields: [{ field: "validate", message: "The rows of a query are not checked." }] });
    return planQuery(call, snapshot, { actionId, document: document as BigQueryActionDocument, parameters }, bytesBilledMax);
  }
}

/** The request that would begin the query. Its body is shown in an explanation: no secret has a way into it. */
function madeRequest(planned: PlannedQuery): MadeRequest {
  const request = beginning(planned);
  return {
    planned: (by) => ({ ...netRequest(by, request, planned.timeoutMs), body: null }),
    body: Buffer.from(request.body ?? ""),
    isBodyShown: true,
    headers: {},
  };
}

const beginning = ({ query, timeoutMs }: PlannedQuery) =>
  queryRequest({ ...query, timeoutMs: Math.min(waitMs, timeoutMs), jobTimeoutMs: timeoutMs });

const waitMs = 10_000;
