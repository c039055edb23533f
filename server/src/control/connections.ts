import type {
  BigQueryConnectionCreate,
  Connection,
  ConnectionUpdate,
  EnvironmentCreate,
  EnvironmentUpdate,
  HTTPConnectionCreate,
  QueryOf,
} from "@mooring/contract";
import type { Sealer, Seals } from "../credentials/seals.ts";
import { baseUrlFault } from "../domain/base-url.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, VersionId } from "../kernel/ids.ts";
import type { ConnectionReads } from "../store/connection-reads.ts";
import * as connectionStore from "../store/connections.ts";
import { lockCredentials } from "../store/credentials.ts";
import type { Tx } from "../store/database.ts";
import type { Page } from "../store/pages.ts";
import { subscriptionsOfConnection } from "../store/subscriptions.ts";
import { insertVersion } from "../store/versions.ts";
import { type Call, type ControlDeps, change, type Recorder, requireMatch } from "./change.ts";
import { updateEvents } from "./connection-events.ts";
import { connectionOrder, protocolsLike } from "./connection-list.ts";
import { namesWithSecrets, planConnection } from "./connection-plan.ts";
import { differences } from "./differences.ts";
import { checkVariables, namedApplications, namedCredentials, planNew } from "./environment-plan.ts";
import { checkPlans, writePlans } from "./environment-write.ts";
import { createIntake, type Intake } from "./intake.ts";
import { requireConnection, requireProductionRights, requireRightsToSecrets, requireUnlimited, requireWholeConnection } from "./rights.ts";

type NewConnection = (HTTPConnectionCreate & { protocol: "http" }) | (BigQueryConnectionCreate & { protocol: "bigquery" });

export interface ConnectionDeps extends ControlDeps {
  readonly reads: ConnectionReads;
  readonly seals: Seals;
}

/** A page of the connections that the caller may see. Throws `Problem` invalid_request on an order it does not know. */
export async function list({ db }: ConnectionDeps, { actor }: Call, query: QueryOf<"ListConnections">): Promise<Page<Connection>> {
  const order = connectionOrder(query.sort);
  const protocols = protocolsLike(query.protocol);
  const page = await db.read(actor.org, (tx) =>
    connectionStore.listConnections(tx, actor.org, {
      ...query,
      order,
      protocols,
      ids: actor.connections && [...actor.connections],
      environments: actor.environments && [...actor.environments],
    }),
  );
  return { ...page, items: page.items.flatMap((connection) => seenBy(actor, connection) ?? []) };
}

export async function get({ reads }: ConnectionDeps, { actor }: Call, id: ConnectionId): Promise<Connection> {
  requireConnection(actor, id);
  return found(seenBy(actor, found(await reads.get(actor.org, id))));
}

/** The connection without the environments that a key is kept from; undefined when that is all of them. */
function seenBy({ environments: seen }: Call["actor"], connection: Connection): Connection | undefined {
  if (!seen) return connection;
  const environments = connection.environments.filter(({ id }) => seen.has(id));
  return environments.length > 0 ? { ...connection, environments } : undefined;
}

/** A new connection with its environments, their credentials and one draft version named 1. */
export async function create<Given extends NewConnection>(
  deps: ConnectionDeps,
  call: Call,
  given: Given,
): Promise<Extract<Connection, { protocol: Given["protocol"] }>> {
  requireUnlimited(call.actor);
  const sealer = await deps.seals.of(call.actor.org);
  return change(deps, call, async (tx, recorder) => {
    const id = await insertNew(deps, call, { tx, recorder, sealer }, given, { id: deps.newId<VersionId>(), name: "1" });
    const created = found(await connectionStore.getConnection(tx, call.actor.org, id));
    return created as Extract<Connection, { protocol: Given["protocol"] }>;
  });
}

/** Writes a new connection with a draft version in a change that is under way. Throws `Problem` invalid_request with every fault. */
export async function insertNew(
  deps: ConnectionDeps,
  call: Call,
  { tx, recorder, sealer }: { readonly tx: Tx; readonly recorder: Recorder; readonly sealer: Sealer },
  given: NewConnection,
  version: { readonly id: VersionId; readonly name: string },
): Promise<ConnectionId> {
  const { newId, clock } = deps;
  const { actor } = call;
  const intake = await openIntake(deps, sealer, tx, call, given.environments, given.authSchemeConfigs ?? []);
  const id = newId<ConnectionId>();
  const { name, protocol, environmentVariables: variables = [] } = given;
  const baseUrl = given.protocol === "http" ? given.baseUrl : undefined;
  const datasetId = given.protocol === "bigquery" ? (given.datasetId ?? "") : undefined;
  checkBaseUrl(intake, baseUrl);
  checkVariables(intake, variables, "environmentVariables");
  const authSchemeConfigs = (given.authSchemeConfigs ?? []).map((config, index) =>
    intake.config(config, `authSchemeConfigs[${index}]`, { protocol }),
  );
  const plans = given.environments.map((environment, position) =>
    planNew({ newId, intake, protocol }, environment, { field: `environments[${position}].`, position, defaults: variables }),
  );
  checkPlans(intake, plans);
  const touched = plans.filter((plan) => plan.changesSecrets).map((plan) => plan.fields.name);
  await requireRightsToSecrets(tx, actor, intake, { environments: touched, credentials: [], freed: [] });

  const now = clock.now();
  await connectionStore.insertConnection(tx, actor.org, id, { name, protocol, baseUrl, datasetId, authSchemeConfigs, variables }, now);
  await writePlans(tx, actor.org, id, { plans, removed: [], credentials: intake.newCredentials, now });
  await insertVersion(tx, actor.org, id, version, now);
  recorder.audit({ operation: "connection.created", subject: { type: "connection", id, name } });
  return id;
}

/** Replaces what is sent, all of it or none; two at once never mix. Throws `Problem` invalid_request with every fault. */
export async function update(deps: ConnectionDeps, call: Call, id: ConnectionId, given: ConnectionUpdate): Promise<Connection> {
  const { actor } = call;
  requireWholeConnection(actor, id);
  const sealer = await deps.seals.of(actor.org);
  return change(deps, call, async (tx, recorder) => {
    const before = await lockedConnection(tx, call, id);
    const intake = await openIntake(deps, sealer, tx, call, given.environments ?? [], given.authSchemeConfigs ?? []);
    const plan = planConnection({ newId: deps.newId, intake, protocol: before.protocol }, before, given, call);
    checkBaseUrl(intake, plan.fields.baseUrl);
    checkPlans(intake, plan.plans);
    await requireRightsToSecrets(tx, actor, intake, plan.touched);

    const now = deps.clock.now();
    await writePlans(tx, actor.org, id, { plans: plan.plans, removed: plan.removed, credentials: intake.newCredentials, now });
    if (plan.isChanged) await connectionStore.updateConnection(tx, actor.org, id, plan.fields, now);
    if (plan.areConfigsChanged) await connectionStore.replaceApplicationCredentials(tx, actor.org, id, plan.fields.authSchemeConfigs);
    const after = found(await connectionStore.getConnection(tx, actor.org, id));
    const changes = differences(before, after);
    if (changes.length > 0) {
      recorder.audit({ operation: "connection.updated", subject: { type: "connection", id, name: after.name }, changes });
      for (const draft of updateEvents(before, after, plan, changes)) recorder.event(draft);
      recorder.announce({ kind: "connection", org: actor.org, id });
    }
    return after;
  });
}

/** Deletes it and everything under it. Throws `Problem` in_use while a subscription is active, unless `force`d. */
export async function remove(deps: ConnectionDeps, call: Call, id: ConnectionId, { force }: { force: boolean }): Promise<void> {
  const { actor } = call;
  requireWholeConnection(actor, id);
  await change(deps, call, async (tx, recorder) => {
    const connection = await lockedConnection(tx, call, id);
    const { name, environments } = connection;
    requireProductionRights(
      actor,
      namesWithSecrets(
        connection,
        environments.map((environment) => environment.id),
      ),
    );
    const subscriptions = force ? [] : await subscriptionsOfConnection(tx, actor.org, id);
    if (subscriptions.length > 0) {
      throw new Problem("in_use", {
        message: `Subscriptions use the connection: ${subscriptions.join(", ")}. Delete them first or send force=true.`,
      });
    }
    await connectionStore.deleteConnection(tx, actor.org, id);
    recorder.audit({ operation: "connection.deleted", subject: { type: "connection", id, name } });
    recorder.announce({ kind: "connection", org: actor.org, id });
  });
}

/** The connection, held until the transaction ends, and still the one `If-Match` names. Throws `Problem` not_found. */
export async function lockedConnection(tx: Tx, call: Call, id: ConnectionId): Promise<Connection> {
  const { org } = call.actor;
  if (!(await connectionStore.lockConnection(tx, org, id))) throw new Problem("not_found");
  const connection = found(await connectionStore.getConnection(tx, org, id));
  requireMatch(call, connection);
  return connection;
}

async function openIntake(
  { newId }: ConnectionDeps,
  sealer: Sealer,
  tx: Tx,
  { actor }: Call,
  environments: readonly (EnvironmentCreate | EnvironmentUpdate)[],
  configs: Parameters<typeof namedApplications>[0],
): Promise<Intake> {
  const known = await lockCredentials(tx, actor.org, [...namedCredentials(environments), ...namedApplications(configs)]);
  return createIntake({ newId, sealer, known });
}

function checkBaseUrl(intake: Intake, baseUrl: string | undefined): void {
  const fault = baseUrl === undefined ? undefined : baseUrlFault(baseUrl);
  if (fault !== undefined) intake.fault("baseUrl", fault);
}

function found<Noun>(noun: Noun | undefined): Noun {
  if (noun === undefined) throw new Problem("not_found");
  return noun;
}
