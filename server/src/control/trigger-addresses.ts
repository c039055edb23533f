import type { TriggerAddress, TriggerAddressRotate } from "@mooring/contract";
import type { Sealer, Seals } from "../credentials/seals.ts";
import { openToken, sealToken } from "../credentials/trigger-tokens.ts";
import { Problem } from "../kernel/errors.ts";
import { type ConnectionId, type EnvironmentId, newTriggerToken, tokenHashOf } from "../kernel/ids.ts";
import { lockConnection } from "../store/connections.ts";
import type { Tx } from "../store/database.ts";
import { findEnvironment } from "../store/environments.ts";
import * as store from "../store/trigger-addresses.ts";
import { type Call, type ControlDeps, change } from "./change.ts";
import { requireConnection, requireEnvironment } from "./rights.ts";

export interface TriggerAddressDeps extends ControlDeps {
  readonly seals: Seals;
  readonly publicUrl: URL;
}

/** A trigger in an environment, which is named by its id or name. */
export interface TriggerPlace {
  readonly connectionId: ConnectionId;
  readonly environment: string;
  readonly trigger: string;
}

/** Where a trigger is called. Throws `Problem` not_found where no version of the connection has it. */
export async function get(deps: TriggerAddressDeps, call: Call, place: TriggerPlace): Promise<TriggerAddress> {
  const { actor } = call;
  requireConnection(actor, place.connectionId);
  const sealer = await deps.seals.of(actor.org);
  return deps.db.read(actor.org, async (tx) => {
    const environmentId = await environmentOf(tx, call, place);
    return addressesOf(tx, call, deps, { ...place, environmentId, sealer });
  });
}

/**
 * Makes a new short address; those before it are good until the overlap has passed. Throws `Problem` not_found as `get`, and
 * invalid_request where the version it is for does not have the trigger.
 */
export async function rotate(
  deps: TriggerAddressDeps,
  call: Call,
  place: TriggerPlace,
  given: TriggerAddressRotate,
): Promise<TriggerAddress> {
  const { actor } = call;
  const { connectionId, trigger } = place;
  requireConnection(actor, connectionId);
  const sealer = await deps.seals.of(actor.org);
  return change(deps, call, async (tx, recorder) => {
    if (!(await lockConnection(tx, actor.org, connectionId))) throw new Problem("not_found");
    const environmentId = await environmentOf(tx, call, place);
    const { version, overlapSeconds = dayInSeconds } = given;
    if (!(await store.hasTrigger(tx, actor.org, connectionId, { trigger, version: version ?? "default" }))) throw missingIn(version);
    const [id, token, createdAt] = [deps.newId<string>(), newTriggerToken(), deps.clock.now()];
    const address = { id, connectionId, environmentId, trigger, version, tokenHash: tokenHashOf(token), createdAt };
    const endAt = new Date(createdAt.getTime() + overlapSeconds * 1_000);
    await store.replaceTriggerAddresses(tx, actor.org, { ...address, sealed: sealToken(sealer, id, token) }, { endAt });
    recorder.audit({ operation: "trigger.address_rotated", subject: { type: "environment", id: environmentId, name: trigger } });
    recorder.announce({ kind: "connection", org: actor.org, id: connectionId });
    return addressesOf(tx, call, deps, { ...place, environmentId, sealer });
  });
}

const dayInSeconds = 24 * 3600;

function missingIn(version: string | undefined): Problem {
  const message =
    version === undefined
      ? "No version is published that has the trigger: publish one, or name a version."
      : "The connection has no version of this name that has the trigger.";
  return new Problem("invalid_request", { fields: [{ field: "version", message }] });
}

async function environmentOf(tx: Tx, { actor }: Call, { connectionId, environment, trigger }: TriggerPlace): Promise<EnvironmentId> {
  const found = await findEnvironment(tx, actor.org, connectionId, environment);
  if (!found) throw new Problem("not_found");
  requireEnvironment(actor, found);
  if (!(await store.hasTrigger(tx, actor.org, connectionId, { trigger }))) throw new Problem("not_found");
  return found;
}

async function addressesOf(
  tx: Tx,
  { actor }: Call,
  { publicUrl, clock }: TriggerAddressDeps,
  { connectionId, environmentId, trigger, sealer }: TriggerPlace & { readonly environmentId: EnvironmentId; readonly sealer: Sealer },
): Promise<TriggerAddress> {
  const rows = await store.listTriggerAddresses(tx, actor.org, environmentId, { trigger, now: clock.now() });
  const at = (path: string) => new URL(path, publicUrl).href;
  return {
    url: at(`/o/${actor.org}/connections/${connectionId}/environments/${environmentId}/triggers/${trigger}`),
    short: rows.map(({ id, version, sealed, createdAt, expiresAt }) => ({
      id,
      url: at(`/t/${openToken(sealer, id, sealed)}`),
      ...(version === undefined ? {} : { version }),
      createdAt: createdAt.toISOString(),
      ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
    })),
  };
}
