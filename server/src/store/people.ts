import { sql } from "kysely";
import type { Person } from "../domain/person.ts";
import type { UserId } from "../kernel/ids.ts";
import type { Reach, Tx } from "./database.ts";

/** Within this reach no organisation's row can be seen: people, sessions and limits belong to none. */
export const ofNobody: Reach = { user: "nobody" as UserId };

/** The person with this id and how they prove themselves; undefined when there is none. */
export async function getPerson(tx: Tx, id: UserId): Promise<StoredPerson | undefined> {
  const row = await tx.first(sql<PersonRow>`${selectPerson} where u.id = ${id}`);
  return row && personOf(row);
}

/** The same by e-mail address, in the spelling of `normalEmail`. */
export async function findPerson(tx: Tx, email: string): Promise<StoredPerson | undefined> {
  const row = await tx.first(sql<PersonRow>`${selectPerson} where u.email = ${email}`);
  return row && personOf(row);
}

export interface StoredPerson extends Person {
  readonly passwordHash?: string;
}

interface PersonRow {
  id: UserId;
  name: string;
  email: string;
  password: string | null;
}

// better-auth's form: a password is an account of the provider `credential` whose id is the person's own.
const selectPerson = sql`
  select u.id, u.name, u.email, a.password
  from users u
  left join accounts a on a.provider_id = 'credential' and a.account_id = u.id
`;

const personOf = ({ id, name, email, password }: PersonRow): StoredPerson => ({
  id,
  name,
  email,
  ...(password === null ? {} : { passwordHash: password }),
});

/** Adds a person. False, and nothing added, when the e-mail address has an account: the constraint decides (B-4). */
export async function insertPerson(tx: Tx, { id, name, email }: Person, now: Date): Promise<boolean> {
  const at = now.toISOString();
  const inserted = await tx.run(sql`
    insert into users (id, name, email, email_verified, created_at, updated_at)
    values (${id}, ${name}, ${email}, 0, ${at}, ${at})
    on conflict (email) do nothing
  `);
  return inserted > 0;
}

/** Changes name and e-mail address. Throws the engine's unique violation when the address has another account. */
export async function updatePerson(tx: Tx, { id, name, email }: Person, now: Date): Promise<void> {
  await tx.run(sql`
    update users
    set name = ${name}, email = ${email}, updated_at = ${now.toISOString()}
    where id = ${id}
  `);
}

/** Sets the person's password, whether or not they had one. `rowId` is used for the first. */
export async function putPassword(tx: Tx, userId: UserId, password: { rowId: string; hash: string }, now: Date): Promise<void> {
  const at = now.toISOString();
  await tx.run(sql`
    insert into accounts (id, user_id, account_id, provider_id, password, created_at, updated_at)
    values (${password.rowId}, ${userId}, ${userId}, 'credential', ${password.hash}, ${at}, ${at})
    on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = excluded.updated_at
  `);
}

/** Ends one session. Does nothing when it has ended. */
export async function deleteSession(tx: Tx, tokenHash: string): Promise<void> {
  await tx.run(sql`delete from sessions where token = ${tokenHash}`);
}

/** Ends every session of the person. */
export async function deleteSessions(tx: Tx, userId: UserId): Promise<void> {
  await tx.run(sql`delete from sessions where user_id = ${userId}`);
}

/** Keeps the hash of a one-time sign-in link. */
export async function insertLink(
  tx: Tx,
  link: { id: string; tokenHash: string; userId: UserId; expiresAt: Date; now: Date },
): Promise<void> {
  const at = link.now.toISOString();
  await tx.run(sql`
    insert into verifications (id, identifier, value, expires_at, created_at, updated_at)
    values (${link.id}, ${link.tokenHash}, ${link.userId}, ${link.expiresAt.toISOString()}, ${at}, ${at})
  `);
}

/** Uses a sign-in link up and gives whose it is; undefined when it is unknown, used or over. One statement: of two, one gets it. */
export async function takeLink(tx: Tx, tokenHash: string, now: Date): Promise<UserId | undefined> {
  const row = await tx.first(sql<{ value: UserId }>`
    delete from verifications
    where identifier = ${tokenHash} and expires_at > ${now.toISOString()}
    returning value
  `);
  return row?.value;
}

/** Counts one attempt under `key` and tells how many there were in the running window and when (milliseconds) it ends. */
export async function countAttempt(
  tx: Tx,
  key: string,
  { now, windowMs }: { now: Date; windowMs: number },
): Promise<{ attempts: number; endsAt: number }> {
  const at = now.getTime();
  const row = await tx.first(sql<{ attempts: number | string; ends_at: number | string }>`
    insert into rate_limits (key, attempts, ends_at)
    values (${key}, 1, ${at + windowMs})
    on conflict (key) do update set
      attempts = case when rate_limits.ends_at <= ${at} then 1 else rate_limits.attempts + 1 end,
      ends_at = case when rate_limits.ends_at <= ${at} then excluded.ends_at else rate_limits.ends_at end
    returning attempts, ends_at
  `);
  return { attempts: Number(row?.attempts), endsAt: Number(row?.ends_at) };
}

/** Forgets the attempts under `key`. */
export async function forgetAttempts(tx: Tx, key: string): Promise<void> {
  await tx.run(sql`delete from rate_limits where key = ${key}`);
}

/** Forgets sessions, links and limits that are over. */
export async function sweepPeople(tx: Tx, now: Date): Promise<void> {
  await tx.run(sql`delete from sessions where expires_at < ${now.toISOString()}`);
  await tx.run(sql`delete from verifications where expires_at < ${now.toISOString()}`);
  await tx.run(sql`delete from rate_limits where ends_at < ${now.getTime()}`);
}
