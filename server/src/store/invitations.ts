import type { Invitation, Role } from "@mooring/contract";
import { sql } from "kysely";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** A page of the invitations that still wait for an answer at `now`. */
export async function listInvitations(tx: Tx, org: OrganisationId, request: PageRequest, now: Date): Promise<Page<Invitation>> {
  return readPage(tx, request, {
    from: sql`invitations`,
    columns,
    where: sql`org_id = ${org} and expires_at > ${now.toISOString()}`,
    order: newestFirst,
    noun: invitationOf,
  });
}

export async function insertInvitation(
  tx: Tx,
  org: OrganisationId,
  invitation: { id: string; email: string; role: Role; tokenHash: string; invitedBy: string; expiresAt: Date },
  now: Date,
): Promise<Invitation> {
  const { id, email, role, tokenHash, invitedBy } = invitation;
  const [at, expiresAt] = [now.toISOString(), invitation.expiresAt.toISOString()];
  await tx.run(sql`
    insert into invitations (org_id, id, email, role, token_hash, invited_by, expires_at, created_at, updated_at)
    values (${org}, ${id}, ${email}, ${role}, ${tokenHash}, ${invitedBy}, ${expiresAt}, ${at}, ${at})
  `);
  return { id, email, role, createdAt: at, expiresAt };
}

/** Takes back what waits for this e-mail address, so that the newest invitation is the only one that works. */
export async function deleteInvitationsOf(tx: Tx, org: OrganisationId, email: string): Promise<void> {
  await tx.run(sql`delete from invitations where org_id = ${org} and email = ${email}`);
}

/** The invitation as it was; undefined when there was none. */
export async function deleteInvitation(tx: Tx, org: OrganisationId, id: string): Promise<Invitation | undefined> {
  const row = await tx.first(sql<InvitationRow>`
    delete from invitations
    where org_id = ${org} and id = ${id}
    returning ${columns}
  `);
  return row && invitationOf(row);
}

/** Which organisation's invitation a token is, whether or not it is over. The transaction's reach is that token's hash. */
export async function findInvitation(tx: Tx, tokenHash: string): Promise<{ org: OrganisationId; email: string } | undefined> {
  return tx.first(sql<{ org: OrganisationId; email: string }>`
    select org_id as org, email
    from invitations
    where token_hash = ${tokenHash}
  `);
}

/** Uses the invitation up; undefined when it is unknown, used or over. One statement: of two at once, one gets it (B-4). */
export async function takeInvitation(tx: Tx, org: OrganisationId, tokenHash: string, now: Date): Promise<Invitation | undefined> {
  const row = await tx.first(sql<InvitationRow>`
    delete from invitations
    where org_id = ${org} and token_hash = ${tokenHash} and expires_at > ${now.toISOString()}
    returning ${columns}
  `);
  return row && invitationOf(row);
}

const columns = sql`id, email, role, created_at, updated_at, expires_at`;

interface InvitationRow {
  id: string;
  email: string;
  role: Role;
  created_at: string;
  expires_at: string;
}

const invitationOf = ({ id, email, role, created_at, expires_at }: InvitationRow): Invitation => ({
  id,
  email,
  role,
  createdAt: created_at,
  expiresAt: expires_at,
});
