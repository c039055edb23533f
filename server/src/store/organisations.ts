import type { Organisation } from "@mooring/contract";
import { sql } from "kysely";
import type { OrganisationId, UserId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** A page of the organisations that the person is a member of. The transaction's reach is that person. */
export async function listOrganisationsOf(tx: Tx, userId: UserId, request: PageRequest): Promise<Page<Organisation>> {
  return readPage(tx, request, {
    from: sql`organisations`,
    columns,
    where: sql`id in (select org_id from members where user_id = ${userId})`,
    order: newestFirst,
    noun: organisationOf,
  });
}

/** Undefined when there is none with this id. */
export async function getOrganisation(tx: Tx, org: OrganisationId): Promise<Organisation | undefined> {
  const row = await tx.first(sql<OrganisationRow>`select ${columns} from organisations where id = ${org}`);
  return row && organisationOf(row);
}

export async function insertOrganisation(tx: Tx, org: OrganisationId, name: string, now: Date): Promise<void> {
  const at = now.toISOString();
  await tx.run(sql`
    insert into organisations (id, name, created_at, updated_at)
    values (${org}, ${name}, ${at}, ${at})
  `);
}

/** The organisation, held until the transaction ends so that two changes of it never mix; undefined when there is none. */
export async function lockOrganisation(tx: Tx, org: OrganisationId): Promise<Organisation | undefined> {
  const lock = tx.engine === "postgres" ? sql`for update` : sql``;
  const row = await tx.first(sql<OrganisationRow>`select ${columns} from organisations where id = ${org} ${lock}`);
  return row && organisationOf(row);
}

export async function updateOrganisation(tx: Tx, org: OrganisationId, name: string, now: Date): Promise<void> {
  await tx.run(sql`
    update organisations
    set name = ${name}, updated_at = ${now.toISOString()}
    where id = ${org}
  `);
}

const columns = sql`id, name, created_at, updated_at`;

interface OrganisationRow {
  id: string;
  name: string;
  created_at: string;
  updated_at: string;
}

const organisationOf = ({ id, name, created_at, updated_at }: OrganisationRow): Organisation => ({
  id,
  name,
  createdAt: created_at,
  updatedAt: updated_at,
});
