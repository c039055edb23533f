import pg from "pg";
import { type Migration, migrations, missingMigrations } from "./migrate.ts";

/** The role the program works as: owns nothing, logs in nowhere, and row-level security holds for it. */
export const applicationRole = "mooring_app";

/**
 * Brings PostgreSQL up to this program's schema, one transaction a migration, under an advisory lock, so that nodes starting
 * together do it once (B-5). `settings` names a user that may create tables. Throws `DatabaseTooNew`, and an Error that says where
 * the database was looked for when it cannot be reached.
 */
export async function migratePostgres(settings: pg.ClientConfig): Promise<void> {
  const client = await connect({ ...settings, connectionTimeoutMillis, statement_timeout: 60_000, query_timeout: 65_000 });
  try {
    await client.query("select pg_advisory_lock($1)", [advisoryLock]);
    await refuseOldServer(client);
    await client.query("create table if not exists migrations (number integer primary key, name text not null)");
    const { rows } = await client.query<{ number: number }>("select number from migrations");
    const missing = missingMigrations(rows.map(({ number }) => number));
    if (missing.length > 0) await ensureRole(client);
    for (const migration of missing) await apply(client, migration);
  } finally {
    await client.end();
  }
}

// Longer than a request would wait: at a start the database may be starting too.
const connectionTimeoutMillis = 10_000;

async function connect(settings: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(settings);
  try {
    await client.connect();
    return client;
  } catch (error) {
    // Where a name has several addresses there are several reasons, and the error itself says nothing.
    const [reason] = error instanceof AggregateError ? error.errors : [error];
    const why = reason instanceof Error ? reason.message : String(reason);
    throw new Error(`PostgreSQL at ${client.host}:${client.port} cannot be reached: ${why}. Check MOORING_DATABASE_URL.`, { cause: error });
  }
}

// "moor" as a number; any constant would do.
const advisoryLock = 1_836_019_570;

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>("select current_setting('server_version_num') as version");
  if (Number(rows[0]?.version) < 150_000) throw new Error("Mooring needs PostgreSQL 15 or newer.");
}

async function ensureRole(client: pg.Client): Promise<void> {
  // Roles belong to the whole server: another database's Mooring may make it at the same moment.
  await client.query(`do $$ begin
    if not exists (select from pg_roles where rolname = '${applicationRole}') then
      create role ${applicationRole} nologin nosuperuser nobypassrls;
    end if;
  exception when duplicate_object or unique_violation then null;
  end $$`);
  await client.query(`do $$ begin
    if not pg_has_role(current_user, '${applicationRole}', 'member') or not exists (
      select from pg_auth_members where member = current_user::regrole and roleid = '${applicationRole}'::regrole
    ) and not (select rolsuper from pg_roles where rolname = current_user) then
      grant ${applicationRole} to current_user;
    end if;
  exception when unique_violation then null;
  end $$`);
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query("set local lock_timeout = '2s'");
    for (const statement of migration.statements("postgres")) await client.query(statement);
    for (const [table, rows] of Object.entries(migration.rowSecurity)) {
      await client.query(`alter table ${table} enable row level security`);
      // FORCE: the owner is held too, so a forgotten role does not open the wall.
      await client.query(`alter table ${table} force row level security`);
      await client.query(`create policy ${table}_rows on ${table} using (${rows}) with check (${rows})`);
    }
    await client.query(`grant select, insert, update, delete on all tables in schema public to ${applicationRole}`);
    await client.query(`revoke insert, update, delete on migrations from ${applicationRole}`);
    for (const table of appendOnlyUpTo(migration.number)) await client.query(`revoke update, delete on ${table} from ${applicationRole}`);
    await client.query("insert into migrations (number, name) values ($1, $2)", [migration.number, migration.name]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

// The grant above covers every table, so what earlier migrations took back is taken back again.
const appendOnlyUpTo = (number: number) => migrations.filter((one) => one.number <= number).flatMap(({ appendOnly }) => appendOnly);
