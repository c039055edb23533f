import type { ControlDeps } from "../control/change.ts";
import * as exports from "../control/exports.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import { type Handlers, Pieces } from "./handlers.ts";

/** Handlers of what a version is given away as. */
export function exportHandlers(deps: ControlDeps): Pick<Handlers, "GetConnectionVersionOpenAPI"> {
  return {
    GetConnectionVersionOpenAPI: async ({ call, params }) =>
      new Pieces(await exports.openApi(deps, call, params.connection_id as ConnectionId, params.version)),
  };
}
