import * as actions from "../control/actions.ts";
import type { Version } from "../control/ways.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names = "GetActions" | "CreateAction" | "GetAction" | "UpdateAction" | "DeleteAction";

/** Handlers of actions. */
export function actionHandlers(deps: actions.ActionDeps): Pick<Handlers, Names> {
  return {
    async GetActions({ call, params, query }) {
      const { items, ...page } = await actions.list(deps, call, versionOf(params), query);
      return { ...page, actions: items };
    },
    CreateAction: ({ call, params, body }) => actions.create(deps, call, versionOf(params), body),
    GetAction: ({ call, params }) => actions.get(deps, call, versionOf(params), params.action_name),
    UpdateAction: ({ call, params, body }) => actions.update(deps, call, versionOf(params), params.action_name, body),
    DeleteAction: ({ call, params }) => actions.remove(deps, call, versionOf(params), params.action_name),
  };
}

/** The version in a path. */
export const versionOf = ({ connection_id, version }: { connection_id: string; version: string }): Version => ({
  connectionId: connection_id as ConnectionId,
  version,
});
