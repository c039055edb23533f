import * as organisations from "../control/organisations.ts";
import type { Handlers } from "./handlers.ts";

type Names = "ListOrganisations" | "CreateOrganisation" | "GetOrganisation" | "UpdateOrganisation";

/** Handlers of organisations. */
export function organisationHandlers(deps: organisations.OrganisationDeps): Pick<Handlers, Names> {
  return {
    ListOrganisations: ({ caller, query }) => organisations.list(deps, { caller }, query),
    CreateOrganisation: ({ caller, requestId, idempotencyKey, body }) =>
      organisations.create(deps, { caller, requestId, idempotencyKey }, body),
    GetOrganisation: ({ call }) => organisations.get(deps, call),
    UpdateOrganisation: ({ call, body }) => organisations.update(deps, call, body),
  };
}
