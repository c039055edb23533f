import type { Engine } from "./database.ts";
import { foundation } from "./migrations/0001-foundation.ts";
import { people } from "./migrations/0002-people.ts";
import { tokens } from "./migrations/0003-tokens.ts";
import { oauth2Flows } from "./migrations/0004-oauth2-flows.ts";
import { calls } from "./migrations/0005-calls.ts";
import { changeLog } from "./migrations/0006-change-log.ts";
import { retries } from "./migrations/0007-retries.ts";
import { content } from "./migrations/0008-content.ts";
import { uploads } from "./migrations/0009-uploads.ts";
import { webhooks } from "./migrations/0010-webhooks.ts";
import { callCounts } from "./migrations/0011-call-counts.ts";
import { search } from "./migrations/0012-search.ts";

/** One step of the schema, applied in one transaction, never changed once released and never undone. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  statements(engine: Engine): string[];
  /** PostgreSQL's second wall (T-1): the rows of each table that the application's role may see and write. */
  readonly rowSecurity: Readonly<Record<string, string>>;
  /** Tables whose rows the application's role may add and read, not change. */
  readonly appendOnly: readonly string[];
}

export const migrations: readonly Migration[] = [
  foundation,
  people,
  tokens,
  oauth2Flows,
  calls,
  changeLog,
  retries,
  content,
  uploads,
  webhooks,
  callCounts,
  search,
];

/** Gives the migrations that are missing after `applied`. Throws `DatabaseTooNew` when `applied` holds one this program does not know. */
export function missingMigrations(applied: readonly number[]): Migration[] {
  const newest = migrations.at(-1)?.number ?? 0;
  if (applied.some((number) => number > newest)) throw new DatabaseTooNew(Math.max(...applied), newest);
  return migrations.filter(({ number }) => !applied.includes(number));
}

export class DatabaseTooNew extends Error {
  constructor(found: number, known: number) {
    super(`The database is at schema ${found}; this Mooring knows schemas up to ${known}. Start the newer Mooring that made it.`);
    this.name = "DatabaseTooNew";
  }
}
