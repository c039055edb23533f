import type { Member, MemberUpdate } from "@mooring/contract";
import { type Actor, scopesOfRole } from "../domain/actor.ts";
import { Problem } from "../kernel/errors.ts";
import type { OrganisationId, UserId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import * as store from "../store/members.ts";
import type { Page, PageRequest } from "../store/pages.ts";
import { type Call, type ControlDeps, change, requireMatch } from "./change.ts";
import { requireMayGrant } from "./roles.ts";

/** A page of the organisation's people. */
export async function list({ db }: ControlDeps, { actor }: Call, query: PageRequest): Promise<Page<Member>> {
  return db.read(actor.org, (tx) => store.listMembers(tx, actor.org, query));
}

export async function get({ db }: ControlDeps, { actor }: Call, userId: UserId): Promise<Member> {
  return found(await db.read(actor.org, (tx) => store.getMember(tx, actor.org, userId)));
}

/** What the person may do in the organisation, asked for before anything else is; undefined when they are no member. */
export async function actorOf({ db }: Pick<ControlDeps, "db">, userId: UserId, org: OrganisationId): Promise<Actor | undefined> {
  const role = await db.read({ user: userId }, (tx) => store.getRole(tx, org, userId));
  if (role === undefined) return undefined;
  const scopes = new Set(scopesOfRole[role]);
  return { kind: "person", id: userId, org, role, scopes, mayChangeProductionSecrets: role === "owner" || role === "admin" };
}

/** Gives a member another role. Throws `Problem` last_owner when nobody else would own the organisation. */
export async function update(deps: ControlDeps, call: Call, userId: UserId, { role }: MemberUpdate): Promise<Member> {
  const { org } = call.actor;
  return change(deps, call, async (tx, recorder) => {
    const { member: before, isLastOwner } = await locked(tx, call, userId);
    if (before.role === role) return before;
    requireMayGrant(call.actor, role);
    if (isLastOwner) throw new Problem("last_owner");
    await store.updateMember(tx, org, { userId, role }, deps.clock.now());
    const after = found(await store.getMember(tx, org, userId));
    recorder.audit({
      operation: "member.updated",
      subject: subjectOf(after),
      changes: [{ field: "role", before: before.role, after: role }],
    });
    recorder.announce({ kind: "member", org, id: userId });
    return after;
  });
}

/** Takes somebody out of the organisation; their account stays. Throws `Problem` last_owner for the only owner. */
export async function remove(deps: ControlDeps, call: Call, userId: UserId): Promise<void> {
  const { org } = call.actor;
  await change(deps, call, async (tx, recorder) => {
    const { member, isLastOwner } = await locked(tx, call, userId);
    if (isLastOwner) throw new Problem("last_owner");
    await store.deleteMember(tx, org, userId);
    recorder.audit({ operation: "member.removed", subject: subjectOf(member), changes: [{ field: "role", before: member.role }] });
    recorder.announce({ kind: "member", org, id: userId });
  });
}

async function locked(tx: Tx, call: Call, userId: UserId): Promise<{ member: Member; isLastOwner: boolean }> {
  const { org } = call.actor;
  const owners = await store.lockOwnersAnd(tx, org, userId);
  const member = found(await store.getMember(tx, org, userId));
  requireMatch(call, member);
  requireMayGrant(call.actor, member.role);
  return { member, isLastOwner: owners.every((owner) => owner === userId) };
}

const subjectOf = ({ id, email }: Member) => ({ type: "member", id, name: email });

function found(member: Member | undefined): Member {
  if (!member) throw new Problem("not_found");
  return member;
}
