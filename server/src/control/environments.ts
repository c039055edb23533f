import type { Connection, Environment, EnvironmentSummary, EnvironmentUpdate, QueryOf } from "@mooring/contract";
import { environmentEvent, fieldsOf } from "../domain/own-event.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, EnvironmentId } from "../kernel/ids.ts";
import { isConnection, touchConnection } from "../store/connections.ts";
import { lockCredentials } from "../store/credentials.ts";
import type { Tx } from "../store/database.ts";
import * as store from "../store/environments.ts";
import type { Page } from "../store/pages.ts";
import { subscriptionsOfEnvironments } from "../store/subscriptions.ts";
import { type Call, change, requireMatch } from "./change.ts";
import { namesWithSecrets, touchedSecrets } from "./connection-plan.ts";
import { type ConnectionDeps, lockedConnection } from "./connections.ts";
import { differences } from "./differences.ts";
import { namedCredentials, type PlacedEnvironment, planUpdate } from "./environment-plan.ts";
import { checkPlans, writePlans } from "./environment-write.ts";
import { createIntake } from "./intake.ts";
import { requireConnection, requireEnvironment, requireProductionRights, requireRightsToSecrets } from "./rights.ts";

export async function list(
  { db }: ConnectionDeps,
  { actor }: Call,
  connectionId: ConnectionId,
  query: QueryOf<"ListConnectionEnvironments">,
): Promise<Page<EnvironmentSummary>> {
  requireConnection(actor, connectionId);
  return db.read(actor.org, async (tx) => {
    if (!(await isConnection(tx, actor.org, connectionId))) throw new Problem("not_found");
    const limit = actor.environments ? { ids: [...actor.environments] } : {};
    return store.listEnvironments(tx, actor.org, connectionId, { ...query, ...limit });
  });
}

/** The environment by its id or name. */
export async function get({ db }: ConnectionDeps, { actor }: Call, connectionId: ConnectionId, idOrName: string): Promise<Environment> {
  requireConnection(actor, connectionId);
  const environment = await db.read(actor.org, (tx) => store.getEnvironment(tx, actor.org, connectionId, idOrName));
  if (environment) requireEnvironment(actor, environment.id);
  if (!environment) throw new Problem("not_found");
  return environment;
}

/** Renames it, replaces its variables; adds, reorders, reconfigures and unlinks credentials: what the body leaves out stays. */
export async function update(
  deps: ConnectionDeps,
  call: Call,
  connectionId: ConnectionId,
  idOrName: string,
  given: EnvironmentUpdate,
): Promise<Environment> {
  const { actor } = call;
  requireConnection(actor, connectionId);
  const sealer = await deps.seals.of(actor.org);
  return change(deps, call, async (tx, recorder) => {
    const { connection, placed } = await lockedEnvironment(tx, call, connectionId, idOrName);
    const known = await lockCredentials(tx, actor.org, namedCredentials([given]));
    const intake = createIntake({ newId: deps.newId, sealer, known });
    if (given.id !== placed.environment.id) intake.fault("id", "Must be the environment in the path.");
    const plan = planUpdate({ newId: deps.newId, intake, protocol: connection.protocol }, placed, given, {
      field: "",
      position: placed.position,
    });
    const others = connection.environments.filter(({ id }) => id !== placed.environment.id);
    checkPlans(intake, [plan], { others, field: "variables" });
    const baseUrl = connection.protocol === "http" ? connection.baseUrl : undefined;
    await requireRightsToSecrets(tx, actor, intake, touchedSecrets(connection, baseUrl, { plans: [plan], removed: [] }));
    const now = deps.clock.now();
    await writePlans(tx, actor.org, connectionId, { plans: [plan], removed: [], credentials: intake.newCredentials, now });
    if (!plan.isChanged) return placed.environment;
    await touchConnection(tx, actor.org, connectionId, now);
    const after = (await store.getEnvironment(tx, actor.org, connectionId, placed.environment.id)) ?? placed.environment;
    const changes = differences(placed.environment, after);
    recorder.audit({ operation: "environment.updated", subject: { type: "environment", id: after.id, name: after.name }, changes });
    recorder.event(environmentEvent("environment.updated", connectionId, after, () => ({ changes: fieldsOf(changes) })));
    recorder.announce({ kind: "connection", org: actor.org, id: connectionId });
    return after;
  });
}

/** Throws `Problem` environment_in_use while a subscription uses it, unless `force`d (it goes then too); last_environment always for the last one. */
export async function remove(
  deps: ConnectionDeps,
  call: Call,
  connectionId: ConnectionId,
  idOrName: string,
  { force }: { force: boolean },
): Promise<void> {
  const { actor } = call;
  requireConnection(actor, connectionId);
  await change(deps, call, async (tx, recorder) => {
    const { connection, placed } = await lockedEnvironment(tx, call, connectionId, idOrName);
    const id = placed.environment.id as EnvironmentId;
    if (connection.environments.length === 1) throw new Problem("last_environment");
    requireProductionRights(actor, namesWithSecrets(connection, [id]));
    const subscriptions = (await subscriptionsOfEnvironments(tx, actor.org, [id])).get(id) ?? [];
    if (subscriptions.length > 0 && !force) {
      throw new Problem("environment_in_use", {
        message: `Subscriptions use the environment: ${subscriptions.join(", ")}. Delete them first or send force=true.`,
      });
    }
    await store.deleteEnvironments(tx, actor.org, [id]);
    await store.closeGap(tx, actor.org, connectionId, placed.position);
    await touchConnection(tx, actor.org, connectionId, deps.clock.now());
    recorder.audit({
      operation: "environment.deleted",
      subject: { type: "environment", id, name: placed.environment.name },
      ...(subscriptions.length > 0 ? { changes: [{ field: "subscriptions", before: subscriptions }] } : {}),
    });
    recorder.event(environmentEvent("environment.deleted", connectionId, placed.environment));
    recorder.announce({ kind: "connection", org: actor.org, id: connectionId });
  });
}

/** Throws `Problem` forbidden when a key is limited to other environments. */
/** The environment within its connection, both held until the transaction ends. Throws `Problem` not_found. */
async function lockedEnvironment(
  tx: Tx,
  call: Call,
  connectionId: ConnectionId,
  idOrName: string,
): Promise<{ connection: Connection; placed: PlacedEnvironment }> {
  // If-Match speaks of the environment here, not of its connection.
  const { ifMatch: _, ...callWithoutMatch } = call;
  const connection = await lockedConnection(tx, callWithoutMatch, connectionId);
  const { environments } = connection;
  const byId = environments.findIndex(({ id }) => id === idOrName);
  const position = byId >= 0 ? byId : environments.findIndex(({ name }) => name === idOrName);
  const environment = environments[position];
  if (!environment) throw new Problem("not_found");
  requireEnvironment(call.actor, environment.id);
  requireMatch(call, environment);
  return { connection, placed: { environment, position } };
}
