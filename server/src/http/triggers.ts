import * as triggers from "../control/triggers.ts";
import { versionOf } from "./actions.ts";
import type { Handlers } from "./handlers.ts";

type Names = "GetTriggers" | "CreateTrigger" | "GetTrigger" | "UpdateTrigger" | "DeleteTrigger";

/** Handlers of triggers. */
export function triggerHandlers(deps: triggers.TriggerDeps): Pick<Handlers, Names> {
  return {
    async GetTriggers({ call, params, query }) {
      const { items, ...page } = await triggers.list(deps, call, versionOf(params), query);
      return { ...page, triggers: items };
    },
    CreateTrigger: ({ call, params, body }) => triggers.create(deps, call, versionOf(params), body),
    GetTrigger: ({ call, params }) => triggers.get(deps, call, versionOf(params), params.trigger_name),
    UpdateTrigger: ({ call, params, body }) => triggers.update(deps, call, versionOf(params), params.trigger_name, body),
    DeleteTrigger: ({ call, params }) => triggers.remove(deps, call, versionOf(params), params.trigger_name),
  };
}
