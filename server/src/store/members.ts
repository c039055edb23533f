import type { Member, Role } from "@mooring/contract";
import { sql } from "kysely";
import { scopesOfRole } from "../domain/actor.ts";
import type { OrganisationId, UserId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** A page of the organisation's people. */
export async function listMembers(tx: Tx, org: OrganisationId, request: PageRequest): Promise<Page<Member>> {
  return readPage(tx, request, {
    from: sql`(
      select m.org_id, m.user_id as id, u.name, u.email, m.role, m.created_at, m.updated_at
      from members m
      join users u on u.id = m.user_id
    ) as listed`,
    columns: sql`id, name, email, role, created_at, updated_at`,
    where: sql`org_id = ${org}`,
    order: newestFirst,
    noun: memberOf,
  });
}

/** Undefined when the person is no member. */
export async function getMember(tx: Tx, org: OrganisationId, userId: UserId): Promise<Member | undefined> {
  const row = await tx.first(sql<MemberRow>`
    select m.user_id as id, u.name, u.email, m.role, m.created_at, m.updated_at
    from members m
    join users u on u.id = m.user_id
    where m.org_id = ${org} and m.user_id = ${userId}
  `);
  return row && memberOf(row);
}

/** The person's role in the organisation; undefined when they are no member. */
export async function getRole(tx: Tx, org: OrganisationId, userId: UserId): Promise<Role | undefined> {
  return (await tx.first(sql<{ role: Role }>`select role from members where org_id = ${org} and user_id = ${userId}`))?.role;
}

/** Whether somebody with this e-mail address is a member. */
export async function isMemberByEmail(tx: Tx, org: OrganisationId, email: string): Promise<boolean> {
  const row = await tx.first(sql`
    select 1 as found
    from members m
    join users u on u.id = m.user_id
    where m.org_id = ${org} and u.email = ${email}
  `);
  return row !== undefined;
}

/**
 * Gives the owners, and holds them and the person named until the transaction ends: of two changes that would each leave the other's
 * owner as the last, the second waits here and then sees that there is one left (B-4). All of them at once and in one order, or two
 * changes could wait for each other. The embedded engine has one writer, which is lock enough.
 */
export async function lockOwnersAnd(tx: Tx, org: OrganisationId, userId: UserId): Promise<string[]> {
  const lock = tx.engine === "postgres" ? sql`for update` : sql``;
  const rows = await tx.all(sql<{ user_id: string; role: Role }>`
    select user_id, role
    from members
    where org_id = ${org} and (role = 'owner' or user_id = ${userId})
    order by user_id
    ${lock}
  `);
  return rows.filter(({ role }) => role === "owner").map(({ user_id }) => user_id);
}

/** False, and nothing changed, when the person is a member already. */
export async function insertMember(
  tx: Tx,
  org: OrganisationId,
  { userId, role }: { userId: UserId; role: Role },
  now: Date,
): Promise<boolean> {
  const at = now.toISOString();
  const inserted = await tx.run(sql`
    insert into members (org_id, user_id, role, created_at, updated_at)
    values (${org}, ${userId}, ${role}, ${at}, ${at})
    on conflict (org_id, user_id) do nothing
  `);
  return inserted > 0;
}

export async function updateMember(
  tx: Tx,
  org: OrganisationId,
  { userId, role }: { userId: UserId; role: Role },
  now: Date,
): Promise<void> {
  await tx.run(sql`
    update members
    set role = ${role}, updated_at = ${now.toISOString()}
    where org_id = ${org} and user_id = ${userId}
  `);
}

export async function deleteMember(tx: Tx, org: OrganisationId, userId: UserId): Promise<void> {
  await tx.run(sql`delete from members where org_id = ${org} and user_id = ${userId}`);
}

interface MemberRow {
  id: string;
  name: string;
  email: string;
  role: Role;
  created_at: string;
  updated_at: string;
}

const memberOf = ({ id, name, email, role, created_at, updated_at }: MemberRow): Member => ({
  id,
  name,
  email,
  role,
  scopes: [...scopesOfRole[role]],
  createdAt: created_at,
  updatedAt: updated_at,
});
