import type { ApiKey, ApiKeyCreate, ApiKeyCreated, Scope } from "@mooring/contract";
import type { Actor } from "../domain/actor.ts";
import { hashKey, hintOf, makeKey } from "../domain/api-key.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ApiKeyId, OrganisationId } from "../kernel/ids.ts";
import * as store from "../store/api-keys.ts";
import type { Tx } from "../store/database.ts";
import type { Page, PageRequest } from "../store/pages.ts";
import { type Call, type ControlDeps, change, type Recorder, requireMatch } from "./change.ts";
import { requireUnlimited } from "./rights.ts";

/** A page of the organisation's keys, never with the keys themselves. */
export async function list({ db }: ControlDeps, { actor }: Call, query: PageRequest): Promise<Page<ApiKey>> {
  requireUnlimited(actor);
  return db.read(actor.org, (tx) => store.listApiKeys(tx, actor.org, query));
}

export async function get({ db }: ControlDeps, { actor }: Call, id: ApiKeyId): Promise<ApiKey> {
  requireUnlimited(actor);
  return found(await db.read(actor.org, (tx) => store.getApiKey(tx, actor.org, id)));
}

/** A new key; the answer holds it, this one time. Throws `Problem` forbidden when it would be given more than its maker has. */
export async function create(deps: ControlDeps, call: Call, given: ApiKeyCreate): Promise<ApiKeyCreated> {
  requireUnlimited(call.actor);
  requireHeld(call.actor, given.scopes);
  const expiresAt = futureTime(given.expiresAt, deps.clock.now());
  const key = makeKey();
  const fields = { ...given, expiresAt, keyHash: hashKey(key), hint: hintOf(key), createdBy: call.actor.id };
  return change(deps, call, async (tx, recorder) => ({ ...(await insert(deps, tx, recorder, call.actor.org, fields)), key }));
}

/** Revokes the key: every node refuses it within a second. */
export async function remove(deps: ControlDeps, call: Call, id: ApiKeyId): Promise<void> {
  const { org } = call.actor;
  requireUnlimited(call.actor);
  await change(deps, call, async (tx, recorder) => {
    if (call.ifMatch !== undefined) requireMatch(call, found(await store.getApiKey(tx, org, id)));
    const key = found(await store.deleteApiKey(tx, org, id));
    recorder.audit({ operation: "api-key.deleted", subject: { type: "api-key", id, name: key.name } });
    recorder.announce({ kind: "api-key", org, id });
  });
}

async function insert(
  { newId, clock }: ControlDeps,
  tx: Tx,
  recorder: Recorder,
  org: OrganisationId,
  fields: store.ApiKeyFields,
): Promise<ApiKey> {
  const id = newId<ApiKeyId>();
  if (!(await store.insertApiKey(tx, org, id, fields, clock.now()))) throw await unknownLimits(tx, org, fields);
  const { name, scopes, connections, environments, expiresAt } = fields;
  const after = Object.entries({ scopes, connections, environments, expiresAt }).filter(([, value]) => value !== undefined);
  recorder.audit({
    operation: "api-key.created",
    subject: { type: "api-key", id, name },
    changes: after.map(([field, value]) => ({ field, after: value })),
  });
  // Nodes may remember that this key was unknown a moment ago.
  recorder.announce({ kind: "api-key", org, id });
  return found(await store.getApiKey(tx, org, id));
}

async function unknownLimits(tx: Tx, org: OrganisationId, fields: store.ApiKeyFields): Promise<Problem> {
  const faults = async (table: "connections" | "environments"): Promise<Fault[]> => {
    const ids = fields[table] ?? [];
    const missing = await store.missingLimits(tx, org, table, ids);
    return missing.map((id) => ({ field: `${table}[${ids.indexOf(id)}]`, message: "The organisation has none with this id." }));
  };
  return new Problem("invalid_request", { fields: [...(await faults("connections")), ...(await faults("environments"))] });
}

function requireHeld(actor: Actor, scopes: readonly Scope[]): void {
  const missing = scopes.filter((scope) => !actor.scopes.has(scope));
  if (missing.length > 0) throw new Problem("forbidden", { message: `You cannot give a key what you lack: ${missing.join(", ")}.` });
}

function futureTime(text: string | undefined, now: Date): string | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (!(time > now)) throw new Problem("invalid_request", { fields: [{ field: "expiresAt", message: "This must be in the future." }] });
  return time.toISOString();
}

function found(key: ApiKey | undefined): ApiKey {
  if (!key) throw new Problem("not_found");
  return key;
}
