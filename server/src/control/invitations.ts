import { hash, randomBytes } from "node:crypto";
import type { Invitation, InvitationAccept, InvitationAccepted, InvitationCreate, InvitationCreated } from "@mooring/contract";
import { type Caller, normalEmail, passwordFault } from "../domain/person.ts";
import { Problem } from "../kernel/errors.ts";
import type { OrganisationId, UserId } from "../kernel/ids.ts";
import { appendAudit } from "../store/audit.ts";
import type { Tx } from "../store/database.ts";
import * as store from "../store/invitations.ts";
import { getMember, insertMember, isMemberByEmail } from "../store/members.ts";
import { getOrganisation } from "../store/organisations.ts";
import type { Page, PageRequest } from "../store/pages.ts";
import { findPerson, insertPerson, ofNobody, putPassword } from "../store/people.ts";
import { type Call, type ControlDeps, change } from "./change.ts";
import { requireUnlimited } from "./rights.ts";
import { requireMayGrant } from "./roles.ts";

export interface InvitationDeps extends ControlDeps {
  readonly publicUrl: URL;
  readonly hashPassword: (password: string) => Promise<string>;
}

/** A page of the invitations that wait for an answer. */
export async function list({ db, clock }: ControlDeps, { actor }: Call, query: PageRequest): Promise<Page<Invitation>> {
  requireUnlimited(actor);
  return db.read(actor.org, (tx) => store.listInvitations(tx, actor.org, query, clock.now()));
}

/**
 * Keeps a place for somebody and gives the address that takes it: once, within 7 days. An earlier invitation of the same e-mail
 * address stops working. Throws `Problem` conflict when that address belongs to a member.
 */
export async function create(deps: InvitationDeps, call: Call, given: InvitationCreate): Promise<InvitationCreated> {
  const { org, id: invitedBy } = call.actor;
  const { role } = given;
  const email = normalEmail(given.email);
  requireMayGrant(call.actor, role);
  const token = randomBytes(32).toString("base64url");
  return change(deps, call, async (tx, recorder) => {
    if (await isMemberByEmail(tx, org, email))
      throw new Problem("conflict", { message: "Somebody with this e-mail address is a member already." });
    await store.deleteInvitationsOf(tx, org, email);
    const now = deps.clock.now();
    const expiresAt = new Date(now.getTime() + invitationDays * 86_400_000);
    const fields = { id: deps.newId(), email, role, tokenHash: hashToken(token), invitedBy, expiresAt };
    const invitation = await store.insertInvitation(tx, org, fields, now);
    recorder.audit({ operation: "invitation.created", subject: subjectOf(invitation), changes: [{ field: "role", after: role }] });
    return { ...invitation, url: new URL(`/console/invitation#token=${token}`, deps.publicUrl).href };
  });
}

const invitationDays = 7;

/** Takes an invitation back. */
export async function remove(deps: ControlDeps, call: Call, id: string): Promise<void> {
  requireUnlimited(call.actor);
  await change(deps, call, async (tx, recorder) => {
    const invitation = await store.deleteInvitation(tx, call.actor.org, id);
    if (!invitation) throw new Problem("not_found");
    requireMayGrant(call.actor, invitation.role);
    recorder.audit({ operation: "invitation.deleted", subject: subjectOf(invitation) });
  });
}

/**
 * Makes a member of whoever holds the token: the person who is signed in, or else a new one with the invited e-mail address, who
 * needs a password. An account that exists is never joined without its owner being signed in: accounts are made without proof that
 * the e-mail address is theirs, so somebody else may have made it. Throws `Problem` not_found for a token that does not work,
 * unauthenticated when the address has an account.
 */
export async function accept(
  deps: InvitationDeps,
  { caller, requestId }: { caller: Caller | undefined; requestId: string },
  { token, name, password }: InvitationAccept,
): Promise<InvitationAccepted> {
  if (caller?.kind === "api-key") throw new Problem("forbidden", { message: "An invitation is for a person." });
  const tokenHash = hashToken(token);
  const invited = await deps.db.read({ invitationHash: tokenHash }, (tx) => store.findInvitation(tx, tokenHash));
  if (!invited) throw noSuchInvitation();
  const joining = caller ? { id: caller.person.id } : await newcomer(deps, { name, email: invited.email, password });
  return deps.db.write(invited.org, async (tx) => {
    const invitation = await store.takeInvitation(tx, invited.org, tokenHash, deps.clock.now());
    if (!invitation) throw noSuchInvitation();
    if ("passwordHash" in joining) await addPerson(deps, tx, { ...joining, email: invitation.email });
    return join(deps, tx, invited.org, { invitation, userId: joining.id, requestId });
  });
}

async function newcomer(
  deps: InvitationDeps,
  { name, email, password }: { name: string; email: string; password: string | undefined },
): Promise<{ id: UserId; name: string; passwordHash: string }> {
  if (await deps.db.read(ofNobody, (tx) => findPerson(tx, email))) throw hasAccount();
  const fault = password === undefined ? "Choose a password of at least 12 characters." : passwordFault(password);
  if (password === undefined || fault !== undefined)
    throw new Problem("invalid_request", { fields: [{ field: "password", message: fault ?? "" }] });
  return { id: deps.newId<UserId>(), name: name.trim(), passwordHash: await deps.hashPassword(password) };
}

async function addPerson(
  { clock, newId }: InvitationDeps,
  tx: Tx,
  person: { id: UserId; name: string; email: string; passwordHash: string },
): Promise<void> {
  if (!(await insertPerson(tx, person, clock.now()))) throw hasAccount();
  await putPassword(tx, person.id, { rowId: newId(), hash: person.passwordHash }, clock.now());
}

async function join(
  { clock, newId }: InvitationDeps,
  tx: Tx,
  org: OrganisationId,
  { invitation, userId, requestId }: { invitation: Invitation; userId: UserId; requestId: string },
): Promise<InvitationAccepted> {
  const at = clock.now();
  const isNew = await insertMember(tx, org, { userId, role: invitation.role }, at);
  if (!isNew) throw new Problem("conflict", { message: "You are a member already." });
  const [organisation, member] = [await getOrganisation(tx, org), await getMember(tx, org, userId)];
  if (!organisation || !member) throw new Error("A new member is missing from the organisation.");
  const draft = {
    operation: "invitation.accepted",
    subject: { type: "member", id: userId, name: member.email },
    changes: [{ field: "role", after: invitation.role }],
  };
  await appendAudit(tx, org, { actor: { kind: "person", id: userId }, requestId, at, newId }, [draft]);
  tx.announce({ kind: "member", org, id: userId });
  return { organisation, member };
}

const hashToken = (token: string) => hash("sha256", token, "base64url");

const subjectOf = ({ id, email }: Invitation) => ({ type: "invitation", id, name: email });

const noSuchInvitation = () =>
  new Problem("not_found", { message: "The invitation was used, taken back or is older than 7 days; ask for a new one." });

const hasAccount = () =>
  new Problem("unauthenticated", { message: "The e-mail address has an account: sign in, then accept the invitation." });
