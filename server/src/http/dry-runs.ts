import type { DefinitionDeps } from "../control/definition-schemas.ts";
import * as dryRuns from "../control/dry-runs.ts";
import type { DryRun } from "../gateway/dry-run.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

export interface DryRunDeps extends DefinitionDeps {
  readonly dryRun: DryRun;
}

/** The handler that joins two rooms: the draft is `control`'s, and who asks BigQuery is the gateway. */
export function dryRunHandlers(deps: DryRunDeps): Pick<Handlers, "DryRunAction"> {
  return {
    async DryRunAction({ call, params, body: { environment } }) {
      const { connection_id, version, action_name: name } = params;
      const place = { connectionId: connection_id as ConnectionId, version };
      const asked = await dryRuns.begin(deps, call, place, name);
      const { actor, requestId } = call;
      const answer = await deps.dryRun({ org: actor.org, connectionId: place.connectionId, environment, document: asked, requestId });
      return dryRuns.finish(deps, call, place, name, { asked, ...answer });
    },
  };
}
