import type { DatabaseSync } from "node:sqlite";
import { missingMigrations } from "./migrate.ts";

/**
 * Brings the embedded database up to this program's schema, a transaction for each migration, so that processes starting together do
 * it once. Throws `DatabaseTooNew`.
 */
export function migrateSqlite(connection: DatabaseSync): void {
  connection.exec("create table if not exists migrations (number integer primary key, name text not null) strict");
  const applied = () =>
    connection
      .prepare("select number from migrations")
      .all()
      .map((row) => Number(row.number));
  for (const migration of missingMigrations(applied())) {
    connection.exec("begin immediate");
    try {
      // Another process may have been faster.
      if (applied().includes(migration.number)) {
        connection.exec("rollback");
        continue;
      }
      for (const statement of migration.statements("sqlite")) connection.exec(statement);
      connection.prepare("insert into migrations (number, name) values (?, ?)").run(migration.number, migration.name);
      connection.exec("commit");
    } catch (error) {
      connection.exec("rollback");
      throw error;
    }
  }
}
