import pg from "pg";
import { migratePostgres } from "../../src/store/migrate-postgres.ts";

/** The database in PostgreSQL that those of tests are copies of. */
export const schemaTemplate = "with_schema";

/** Makes it, with the tables and nothing in them: to bring each up from nothing would take twice as long as all else about it. */
export async function createSchemaTemplate(server: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${schemaTemplate}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${schemaTemplate}`;
  await migratePostgres({ connectionString: url.href });
}
