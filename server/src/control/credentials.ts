import type { Credential, CredentialCreate, CredentialSummary, CredentialUpdate, QueryOf } from "@mooring/contract";
import type { Seals } from "../credentials/seals.ts";
import { credentialEvents, fieldsOf } from "../domain/own-event.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { CredentialId } from "../kernel/ids.ts";
import * as store from "../store/credentials.ts";
import type { Tx } from "../store/database.ts";
import { isReferenced } from "../store/faults.ts";
import type { Page } from "../store/pages.ts";
import { lockToken } from "../store/tokens.ts";
import { type Call, type ControlDeps, change, type Recorder, requireMatch } from "./change.ts";
import { planEdit, writeTokenEdit } from "./credential-edit.ts";
import { differences } from "./differences.ts";
import { newCredential } from "./intake.ts";
import { planPredecessor, writePredecessor } from "./predecessors.ts";
import { requireSecretRights, requireUnlimited } from "./rights.ts";

export interface CredentialDeps extends ControlDeps {
  readonly seals: Seals;
}

export async function list({ db }: CredentialDeps, { actor }: Call, query: QueryOf<"ListCredentials">): Promise<Page<CredentialSummary>> {
  requireUnlimited(actor);
  return db.read(actor.org, (tx) => store.listCredentials(tx, actor.org, query));
}

export async function get({ db, clock }: CredentialDeps, { actor }: Call, id: CredentialId): Promise<Credential> {
  requireUnlimited(actor);
  return db.read(actor.org, (tx) => existing(tx, actor.org, id, clock.now()));
}

/** Seals the secret and keeps it; from now on it reads as the mask. Throws `Problem` invalid_request when it is the mask itself. */
export async function create(deps: CredentialDeps, call: Call, given: CredentialCreate): Promise<Credential> {
  const { actor } = call;
  requireUnlimited(actor);
  const sealer = await deps.seals.of(actor.org);
  return change(deps, call, async (tx, recorder) => {
    const faults: Fault[] = [];
    const credential = newCredential(given, {
      newId: deps.newId,
      sealer,
      fault: (field, message) => faults.push({ field: `data.${field}`, message }),
    });
    if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
    await store.insertCredentials(tx, actor.org, [credential], deps.clock.now());
    recorder.audit({ operation: "credential.created", subject: { type: "credential", id: credential.id, name: credential.name } });
    return existing(tx, actor.org, credential.id, deps.clock.now());
  });
}

/**
 * Replaces it; a masked secret keeps what is stored (V-8), and one that is replaced may stay good for a time (W-7). Throws `Problem`
 * invalid_request when the type would change.
 */
export async function update(deps: CredentialDeps, call: Call, id: CredentialId, given: CredentialUpdate): Promise<Credential> {
  const { actor } = call;
  requireUnlimited(actor);
  const sealer = await deps.seals.of(actor.org);
  return change(deps, call, async (tx, recorder) => {
    const stored = await store.lockStoredCredential(tx, actor.org, id);
    if (!stored) throw new Problem("not_found");
    const now = deps.clock.now();
    const before = await existing(tx, actor.org, id, now);
    requireMatch(call, before);
    const token = stored.type === "oauth2-token" ? await lockToken(tx, actor.org, id) : undefined;
    const edit = planEdit(sealer, { stored, tokens: token?.sealed ?? {} }, given);
    const predecessor = planPredecessor(stored, edit, given, now);
    if (edit === undefined && !(predecessor.kind === "drop" && isOverlapping(before))) return before;
    requireSecretRights(actor, await store.environmentsUsing(tx, actor.org, [id]));
    await store.updateCredential(tx, actor.org, edit?.fields ?? stored, { now, errors: edit?.errors ?? "kept" });
    await writePredecessor(tx, actor.org, stored, predecessor);
    if (edit) await writeTokenEdit(tx, actor.org, sealer, edit);
    const after = await existing(tx, actor.org, id, now);
    const changes = [
      ...differences(steady(before), steady(after)),
      ...(edit?.replaced ?? []).map((field) => ({ field: `data.${field}`, after: "(replaced)" })),
    ];
    recorder.audit({ operation: "credential.updated", subject: { type: "credential", id, name: after.name }, changes });
    for (const draft of credentialEvents("credential.updated", after, () => ({ changes: fieldsOf(changes) }))) recorder.event(draft);
    await announceUsers(tx, call, id, recorder);
    return after;
  });
}

/** Throws `Problem` credential_in_use, saying where, while an environment or a config uses it. */
export async function remove(deps: CredentialDeps, call: Call, id: CredentialId): Promise<void> {
  const { actor } = call;
  requireUnlimited(actor);
  try {
    await change(deps, call, async (tx, recorder) => {
      const before = await existing(tx, actor.org, id, deps.clock.now());
      requireMatch(call, before);
      const places = (before.usages ?? []).map(({ environment }) => `${environment.connection.name} / ${environment.name}`);
      if (places.length > 0) throw inUse(places);
      await store.deleteCredential(tx, actor.org, id);
      recorder.audit({ operation: "credential.deleted", subject: { type: "credential", id, name: before.name } });
    });
  } catch (error) {
    // Linked since it was read, or named by a connection's own config: the foreign key decides (B-4).
    throw isReferenced(error) ? inUse([]) : error;
  }
}

function inUse(places: readonly string[]): Problem {
  const where = places.length > 0 ? `by ${places.join(", ")}` : "by the auth scheme configs of a connection";
  return new Problem("credential_in_use", { message: `The credential is used ${where}; unlink it there first.` });
}

/** Without what moves by itself: nobody changed it. */
function steady({ errors: _, token: __, ...credential }: Credential): object {
  return credential;
}

/** Tells every node that a credential, and so each connection that shows it, is not what it was. */
export async function announceUsers(tx: Tx, { actor }: Call, id: CredentialId, recorder: Recorder): Promise<void> {
  recorder.announce({ kind: "credential", org: actor.org, id });
  for (const connection of await store.connectionsUsing(tx, actor.org, id)) {
    recorder.announce({ kind: "connection", org: actor.org, id: connection });
  }
}

const isOverlapping = (credential: Credential) => "previousValidUntil" in credential;

async function existing(tx: Tx, org: Call["actor"]["org"], id: CredentialId, now: Date): Promise<Credential> {
  const credential = await store.getCredential(tx, org, id, now);
  if (!credential) throw new Problem("not_found");
  return credential;
}
