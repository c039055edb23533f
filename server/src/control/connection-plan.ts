import { isDeepStrictEqual } from "node:util";
import type { Connection, ConnectionUpdate } from "@mooring/contract";
import { originOf } from "../domain/base-url.ts";
import { isProduction } from "../domain/environment.ts";
import type { EnvironmentId } from "../kernel/ids.ts";
import type { StoredConfig } from "../store/connection-rows.ts";
import type { ConnectionFields } from "../store/connections.ts";
import type { Call } from "./change.ts";
import { bare } from "./environment-links.ts";
import { checkVariables, type EnvironmentPlan, type PlanContext, planNew, planUpdate } from "./environment-plan.ts";
import type { TouchedSecrets } from "./rights.ts";

/** What an update of a connection comes to. */
export interface ConnectionPlan {
  readonly fields: ConnectionFields;
  readonly plans: readonly EnvironmentPlan[];
  readonly removed: readonly EnvironmentId[];
  /** Whether any row changes: then the connection's `updatedAt` moves too. */
  readonly isChanged: boolean;
  readonly areConfigsChanged: boolean;
  readonly touched: TouchedSecrets;
}

/** Compares what is asked with what is stored. Faults go to the context's intake; nothing is written. */
export function planConnection(context: PlanContext, before: Connection, given: ConnectionUpdate, call: Call): ConnectionPlan {
  const { intake } = context;
  checkIdentity(context, before, given, call);
  // Left out: unset. These two may be empty, so unset means empty.
  const variables = given.environmentVariables ?? [];
  checkVariables(intake, variables, "environmentVariables");
  const configsBefore = before.authSchemeConfigs.map(bare);
  const authSchemeConfigs = (given.authSchemeConfigs ?? []).map((config, index) => {
    const kept = configsBefore.find((stored) => isDeepStrictEqual(stored, bare(config)));
    return (kept as StoredConfig) ?? intake.config(config, `authSchemeConfigs[${index}]`, { protocol: before.protocol });
  });
  const fields: ConnectionFields = {
    name: given.name,
    protocol: before.protocol,
    baseUrl: given.protocol === "http" ? given.baseUrl : undefined,
    datasetId: given.protocol === "bigquery" ? given.datasetId : undefined,
    authSchemeConfigs,
    variables,
  };
  const plans = planEnvironments(context, before, given);
  const kept = new Set<string>(plans.map((plan) => plan.fields.id));
  const removed = given.environments ? before.environments.map(({ id }) => id as EnvironmentId).filter((id) => !kept.has(id)) : [];
  const areConfigsChanged = !isDeepStrictEqual(configsBefore, authSchemeConfigs);
  return {
    fields,
    plans,
    removed,
    isChanged:
      areConfigsChanged ||
      removed.length > 0 ||
      given.name !== before.name ||
      addressOf(given) !== addressOf(before) ||
      !isDeepStrictEqual(variables, before.environmentVariables) ||
      plans.some((plan) => plan.isChanged || plan.isMoved),
    areConfigsChanged,
    touched: touchedSecrets(before, fields.baseUrl, { plans, removed }),
  };
}

function checkIdentity({ intake }: PlanContext, before: Connection, given: ConnectionUpdate, { actor }: Call): void {
  if (given.id !== before.id) intake.fault("id", "Must be the connection in the path.");
  if (given.organisationId !== actor.org) intake.fault("organisationId", "Must be the organisation in the path.");
  if (given.protocol !== before.protocol) intake.fault("protocol", `The protocol stays ${before.protocol}.`);
}

function planEnvironments(context: PlanContext, before: Connection, given: ConnectionUpdate): EnvironmentPlan[] {
  const defaults = given.environmentVariables && { before: before.environmentVariables, after: given.environmentVariables };
  const stored = before.environments.map((environment, position) => ({ environment, position }));
  if (!given.environments) {
    return stored.map((placed) => {
      const { environment, position } = placed;
      return planUpdate(context, placed, { name: environment.name }, { field: `environments[${position}].`, position, defaults });
    });
  }
  const byId = new Map(stored.map((placed) => [placed.environment.id, placed]));
  const seen = new Set<string>();
  return given.environments.flatMap((item, position) => {
    const field = `environments[${position}].`;
    if (!("id" in item)) return [planNew(context, item, { field, position, defaults: given.environmentVariables ?? [] })];
    const placed = byId.get(item.id);
    if (!placed) context.intake.fault(`${field}id`, "The connection has no environment with this id.");
    if (seen.has(item.id)) context.intake.fault(`${field}id`, "The environment is listed twice.");
    seen.add(item.id);
    return placed ? [planUpdate(context, placed, item, { field, position, defaults })] : [];
  });
}

/** What plans for environments of a stored connection, and the removal of others, do to secrets. */
export function touchedSecrets(
  before: Connection,
  baseUrl: string | undefined,
  { plans, removed }: { plans: readonly EnvironmentPlan[]; removed: readonly string[] },
): TouchedSecrets {
  const touched = plans.filter((plan) => touchesSecrets(before, baseUrl, plan));
  return {
    environments: touched.flatMap(namesOf),
    credentials: touched.flatMap((plan) => (plan.before ? credentialsIn(plan.before) : [])),
    freed: [...plans.filter(({ freesSecrets }) => freesSecrets).flatMap(namesOf), ...namesWithSecrets(before, removed)],
  };
}

/** The names of those environments of `ids` that hold secrets. */
export function namesWithSecrets({ environments }: Connection, ids: readonly string[]): string[] {
  return environments.filter((environment) => ids.includes(environment.id) && holdsSecrets(environment)).map(({ name }) => name);
}

function credentialsIn({ credentials }: Connection["environments"][number]): string[] {
  return [...credentials.action, ...credentials.trigger].map(({ credential }) => credential.id);
}

/**
 * Whether stored secrets would be given, redirected, or leave the protection that the name production gives. A base URL's path may
 * change without: it is the origin that decides who receives the secret (V-8).
 */
function touchesSecrets(connection: Connection, baseUrl: string | undefined, plan: EnvironmentPlan): boolean {
  if (plan.changesSecrets) return true;
  const { before, fields } = plan;
  if (!before || !holdsSecrets(before)) return false;
  if (isProduction(before.name) !== isProduction(fields.name)) return true;
  if (connection.protocol !== "http") return false;
  const origin = originOf(baseUrl ?? "", variablesOf(fields.variables));
  // An origin that is not known yet will be chosen by what the base URL says then.
  if (origin === undefined && baseUrl !== connection.baseUrl) return true;
  return originOf(connection.baseUrl, variablesOf(before.variables)) !== origin;
}

/** The names under which an environment is or was known: both count when deciding whether it is production. */
function namesOf({ before, fields }: EnvironmentPlan): string[] {
  return before ? [before.name, fields.name] : [fields.name];
}

/** Whether anything but `none` is linked. */
function holdsSecrets({ credentials }: Connection["environments"][number]): boolean {
  return [...credentials.action, ...credentials.trigger].some(({ credential }) => credential.type !== "none");
}

const variablesOf = (variables: readonly { name: string; value: string }[]) => new Map(variables.map(({ name, value }) => [name, value]));

const addressOf = (connection: ConnectionUpdate | Connection) =>
  connection.protocol === "http" ? connection.baseUrl : connection.datasetId;
