import type { ConnectionDeps } from "../control/connections.ts";
import type { DefinitionDeps } from "../control/definition-schemas.ts";
import type { ImportDeps } from "../control/imports.ts";
import type { InvitationDeps } from "../control/invitations.ts";
import type { OrganisationDeps } from "../control/organisations.ts";
import { actionHandlers } from "./actions.ts";
import { apiKeyHandlers } from "./api-keys.ts";
import { auditHandlers } from "./audit.ts";
import { callHandlers } from "./calls.ts";
import { connectionHealthHandlers } from "./connection-health.ts";
import { connectionPresetHandlers } from "./connection-presets.ts";
import { connectionHandlers } from "./connections.ts";
import { credentialHandlers } from "./credentials.ts";
import { definitionHandlers } from "./definitions.ts";
import { type DryRunDeps, dryRunHandlers } from "./dry-runs.ts";
import { environmentHandlers } from "./environments.ts";
import { type EventDeps, eventHandlers } from "./events.ts";
import { exportHandlers } from "./exports.ts";
import type { Handlers } from "./handlers.ts";
import { importHandlers } from "./imports.ts";
import { memberHandlers } from "./members.ts";
import { type OAuth2Deps, oauth2Handlers } from "./oauth2.ts";
import { organisationHandlers } from "./organisations.ts";
import { protocolHandlers } from "./protocols.ts";
import { searchHandlers } from "./search.ts";
import { type SubscriptionDeps, subscriptionHandlers } from "./subscriptions.ts";
import { triggerAddressHandlers } from "./trigger-addresses.ts";
import { triggerHandlers } from "./triggers.ts";
import { verificationHandlers } from "./verification.ts";
import { versionHandlers } from "./versions.ts";

/** The handler of every operation. One that is missing does not compile. */
export function operationHandlers(
  deps: ConnectionDeps &
    SubscriptionDeps &
    OrganisationDeps &
    InvitationDeps &
    OAuth2Deps &
    DefinitionDeps &
    ImportDeps &
    DryRunDeps &
    EventDeps,
): Handlers {
  return {
    ...connectionHandlers(deps),
    ...connectionHealthHandlers(deps),
    ...connectionPresetHandlers(),
    ...searchHandlers(deps),
    ...environmentHandlers(deps),
    ...credentialHandlers(deps),
    ...oauth2Handlers(deps),
    ...versionHandlers(deps),
    ...subscriptionHandlers(deps),
    ...eventHandlers(deps),
    ...definitionHandlers(deps),
    ...exportHandlers(deps),
    ...actionHandlers(deps),
    ...triggerHandlers(deps),
    ...triggerAddressHandlers(deps),
    ...dryRunHandlers(deps),
    ...verificationHandlers(deps),
    ...protocolHandlers(),
    ...importHandlers(deps),
    ...organisationHandlers(deps),
    ...memberHandlers(deps),
    ...apiKeyHandlers(deps),
    ...auditHandlers(deps),
    ...callHandlers(deps),
  };
}
