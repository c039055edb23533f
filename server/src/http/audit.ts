import * as audit from "../control/audit.ts";
import type { ControlDeps } from "../control/change.ts";
import type { Handlers } from "./handlers.ts";

/** The handler of the audit trail. */
export function auditHandlers(deps: ControlDeps): Pick<Handlers, "ListAudit"> {
  return { ListAudit: ({ call, query }) => audit.list(deps, call, query) };
}
