import type { Organisation, OrganisationCreate, OrganisationUpdate } from "@mooring/contract";
import { type Actor, scopesOfRole } from "../domain/actor.ts";
import type { Caller } from "../domain/person.ts";
import { Problem } from "../kernel/errors.ts";
import { idOf, type OrganisationId, type UserId } from "../kernel/ids.ts";
import { type DataKeyRow, insertDataKey } from "../store/data-keys.ts";
import { isTaken } from "../store/faults.ts";
import { insertMember } from "../store/members.ts";
import * as store from "../store/organisations.ts";
import type { Page, PageRequest } from "../store/pages.ts";
import { type Call, type ControlDeps, change, requireMatch } from "./change.ts";
import { differences } from "./differences.ts";
import { requireUnlimited } from "./rights.ts";

export interface OrganisationDeps extends ControlDeps {
  /** A fresh data key for the organisation, wrapped: what its secrets will be sealed under. */
  readonly newDataKey: (org: OrganisationId) => DataKeyRow;
}

/** The organisations that a person is a member of, or the one that a key belongs to. */
export async function list({ db }: ControlDeps, { caller }: { caller: Caller }, query: PageRequest): Promise<Page<Organisation>> {
  if (caller.kind === "person") return db.read({ user: caller.person.id }, (tx) => store.listOrganisationsOf(tx, caller.person.id, query));
  const { org } = caller.actor;
  const own = found(await db.read(org, (tx) => store.getOrganisation(tx, org)));
  return { totalCount: 1, items: [own] };
}

/**
 * A new organisation; whoever makes it is its owner. With an `idempotencyKey` the person's organisation of that key is made once (B-3):
 * the key decides its id, so the database knows. Throws `Problem` forbidden for an API key, which belongs to one organisation.
 */
export async function create(
  deps: OrganisationDeps,
  { caller, requestId, idempotencyKey }: { caller: Caller; requestId: string; idempotencyKey?: string | undefined },
  { name }: OrganisationCreate,
): Promise<Organisation> {
  if (caller.kind === "api-key")
    throw new Problem("forbidden", { message: "An API key belongs to one organisation; sign in to make another." });
  const owner = caller.person.id;
  if (idempotencyKey === undefined) return establish(deps, { id: deps.newId<OrganisationId>(), name, owner, requestId });
  const id = idOf<OrganisationId>(`organisation ${owner} ${idempotencyKey}`);
  try {
    return await establish(deps, { id, name, owner, requestId });
  } catch (error) {
    if (!isTaken(error, "organisations_pkey")) throw error;
    const made = found(await deps.db.read(id, (tx) => store.getOrganisation(tx, id)));
    if (made.name !== name) throw new Problem("idempotency_mismatch");
    return made;
  }
}

async function establish(
  deps: OrganisationDeps,
  { id, name, owner, requestId }: { id: OrganisationId; name: string; owner: UserId; requestId: string },
): Promise<Organisation> {
  const dataKey = deps.newDataKey(id);
  return change(deps, { actor: ownerOf(id, owner), requestId }, async (tx, recorder) => {
    const now = deps.clock.now();
    await store.insertOrganisation(tx, id, name, now);
    await insertDataKey(tx, id, dataKey, now);
    await insertMember(tx, id, { userId: owner, role: "owner" }, now);
    recorder.audit({ operation: "organisation.created", subject: { type: "organisation", id, name } });
    recorder.announce({ kind: "member", org: id, id: owner });
    return found(await store.getOrganisation(tx, id));
  });
}

export async function get({ db }: ControlDeps, { actor }: Call): Promise<Organisation> {
  return found(await db.read(actor.org, (tx) => store.getOrganisation(tx, actor.org)));
}

/** Renames the organisation. */
export async function update(deps: ControlDeps, call: Call, { name }: OrganisationUpdate): Promise<Organisation> {
  const { org } = call.actor;
  requireUnlimited(call.actor);
  return change(deps, call, async (tx, recorder) => {
    const before = found(await store.lockOrganisation(tx, org));
    requireMatch(call, before);
    if (before.name === name) return before;
    await store.updateOrganisation(tx, org, name, deps.clock.now());
    const after = found(await store.getOrganisation(tx, org));
    recorder.audit({
      operation: "organisation.updated",
      subject: { type: "organisation", id: org, name },
      changes: differences(before, after),
    });
    return after;
  });
}

/** What an owner is within their organisation. */
function ownerOf(org: OrganisationId, id: UserId): Actor {
  return { kind: "person", id, org, role: "owner", scopes: new Set(scopesOfRole.owner), mayChangeProductionSecrets: true };
}

function found(organisation: Organisation | undefined): Organisation {
  if (!organisation) throw new Problem("not_found");
  return organisation;
}
