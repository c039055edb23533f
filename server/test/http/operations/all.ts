import type { OperationId } from "@mooring/contract";
import { actionScenarios } from "./actions.ts";
import { callScenarios } from "./calls.ts";
import { connectionHealthScenarios } from "./connection-health.ts";
import { connectionPresetScenarios } from "./connection-presets.ts";
import { connectionScenarios, environmentScenarios } from "./connections.ts";
import { credentialScenarios } from "./credentials.ts";
import { definitionScenarios } from "./definitions.ts";
import { dryRunScenarios } from "./dry-runs.ts";
import { eventScenarios } from "./events.ts";
import { exportScenarios } from "./exports.ts";
import type { Five } from "./five.ts";
import { importScenarios } from "./imports.ts";
import { oauth2Scenarios } from "./oauth2.ts";
import { apiKeyScenarios, auditScenarios, memberScenarios, organisationScenarios, protocolScenarios } from "./organisations.ts";
import { searchScenarios } from "./search.ts";
import { subscriptionScenarios } from "./subscriptions.ts";
import { triggerAddressScenarios } from "./trigger-addresses.ts";
import { triggerScenarios } from "./triggers.ts";
import { verificationScenarios } from "./verification.ts";
import { versionScenarios } from "./versions.ts";

/** Every operation's five scenarios: an operation that is missing here does not compile. */
export const fiveScenarios: Readonly<Record<OperationId, Five>> = {
  ...connectionScenarios,
  ...connectionHealthScenarios,
  ...connectionPresetScenarios,
  ...searchScenarios,
  ...environmentScenarios,
  ...credentialScenarios,
  ...oauth2Scenarios,
  ...versionScenarios,
  ...subscriptionScenarios,
  ...eventScenarios,
  ...definitionScenarios,
  ...exportScenarios,
  ...actionScenarios,
  ...triggerScenarios,
  ...triggerAddressScenarios,
  ...dryRunScenarios,
  ...verificationScenarios,
  ...protocolScenarios,
  ...importScenarios,
  ...organisationScenarios,
  ...memberScenarios,
  ...apiKeyScenarios,
  ...auditScenarios,
  ...callScenarios,
};
