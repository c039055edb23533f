import type { Environment, EnvironmentVariable } from "@mooring/contract";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, EnvironmentId, OrganisationId } from "../kernel/ids.ts";
import { insertCredentials, type NewCredential } from "../store/credentials.ts";
import type { Tx } from "../store/database.ts";
import * as store from "../store/environments.ts";
import { isTaken } from "../store/faults.ts";
import { subscriptionsOfEnvironments } from "../store/subscriptions.ts";
import type { EnvironmentPlan } from "./environment-plan.ts";
import type { Intake } from "./intake.ts";

/**
 * Throws `Problem` with every fault found so far; names that the request itself gives twice are name_taken. `others` are environments of
 * the same connection that the request leaves alone.
 */
export function checkPlans(
  intake: Intake,
  plans: readonly EnvironmentPlan[],
  { others = [], field = "environmentVariables" }: { others?: readonly Environment[]; field?: string } = {},
): void {
  const variables = [...plans.map(({ fields }) => fields), ...others].flatMap((environment) => environment.variables);
  if (lengthOf(variables) > variablesLengthMax) {
    intake.fault(field, "The variables of all environments, the defaults in each, hold more than 1 MiB of text.");
  }
  if (intake.faults.length > 0) throw new Problem("invalid_request", { fields: intake.faults });
  const names = plans.map((plan) => plan.fields.name);
  const twice = plans.filter((plan) => names.indexOf(plan.fields.name) !== names.lastIndexOf(plan.fields.name));
  if (twice.length > 0) {
    throw new Problem("name_taken", {
      fields: twice.map(({ fields }) => ({
        field: `environments[${fields.position}].name`,
        message: "Another environment has this name.",
      })),
    });
  }
}

// Defaults are carried into every environment: a small request could otherwise store two hundred times its size (L-2), and what is
// larger than a body may be could not be sent back.
const variablesLengthMax = 1024 * 1024;

const lengthOf = (variables: readonly EnvironmentVariable[]) =>
  variables.reduce((sum, { name, value }) => sum + name.length + value.length, 0);

/**
 * Writes what changed of the environments of one connection, in as few statements as there are kinds of change. Throws `Problem`
 * in_use when one to be removed is used, name_taken when a name is, and writes then nothing that outlives the transaction.
 */
export async function writePlans(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  {
    plans,
    removed,
    credentials,
    now,
  }: { plans: readonly EnvironmentPlan[]; removed: readonly EnvironmentId[]; credentials: readonly NewCredential[]; now: Date },
): Promise<void> {
  await requireUnused(tx, org, removed);
  await store.deleteEnvironments(tx, org, removed);
  const added = plans.filter(({ before }) => !before);
  const changed = plans.filter(({ before, isChanged }) => before && isChanged);
  const moved = plans.filter(({ before, isChanged, isMoved }) => before && !isChanged && isMoved);
  try {
    await store.parkNames(tx, org, renamedOverOthers(plans));
    for (const { fields } of changed) await store.updateEnvironment(tx, org, fields, now);
    for (const { fields } of moved) await store.moveEnvironment(tx, org, fields.id, fields.position);
    await store.insertEnvironments(
      tx,
      org,
      connectionId,
      added.map(({ fields }) => fields),
      now,
    );
  } catch (error) {
    if (isTaken(error, "environments_name")) throw new Problem("name_taken", { message: "Another environment has this name." });
    throw error;
  }
  await insertCredentials(tx, org, credentials, now);
  await store.insertLinks(
    tx,
    org,
    plans.flatMap(({ newLinks }) => newLinks),
  );
  for (const link of plans.flatMap(({ changedLinks }) => changedLinks)) await store.updateLink(tx, org, link);
  await store.deleteLinks(
    tx,
    org,
    plans.flatMap(({ removedLinks }) => removedLinks),
  );
}

async function requireUnused(tx: Tx, org: OrganisationId, ids: readonly EnvironmentId[]): Promise<void> {
  const used = await subscriptionsOfEnvironments(tx, org, ids);
  if (used.size === 0) return;
  const names = [...used.values()].flat().join(", ");
  throw new Problem("in_use", { message: `An environment that is left out is used by subscriptions: ${names}.` });
}

/** Environments whose new name another environment had: they would collide on the way although not at the end. */
function renamedOverOthers(plans: readonly EnvironmentPlan[]): EnvironmentId[] {
  const oldNames = new Map(plans.flatMap(({ before }) => (before ? [[before.name, before.id] as const] : [])));
  const contested = plans.filter(({ fields }) => oldNames.has(fields.name) && oldNames.get(fields.name) !== fields.id);
  const holders = new Set(contested.map(({ fields }) => oldNames.get(fields.name)));
  return plans.filter(({ fields }) => holders.has(fields.id)).map(({ fields }) => fields.id);
}
