import type { Engine } from "../database.ts";
import type { Migration } from "../migrate.ts";

/**
 * The tokens of credentials that have one, apart from the credentials, so that a renewal and an edit cannot destroy each other. Times
 * are milliseconds of the database's clock: nodes with clocks of their own agree on when a lease or a token ends (O-9).
 */
export const tokens: Migration = {
  number: 3,
  name: "tokens",
  statements: (engine) => [table(engine)],
  rowSecurity: { credential_tokens: "org_id = current_setting('mooring.org', true)" },
  appendOnly: [],
};

function table(engine: Engine): string {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const integer = engine === "postgres" ? "bigint" : "integer";
  const end = engine === "postgres" ? "" : " strict";
  return `create table credential_tokens (
      org_id ${text} not null,
      credential_id ${text} not null,
      version ${integer} not null,
      sealed ${text} not null,
      scopes ${text},
      obtained_at ${integer},
      expires_at ${integer},
      fence ${integer} not null,
      lease_owner ${text},
      lease_until ${integer},
      intent_at ${integer},
      reason ${text},
      failures ${integer} not null,
      next_try_at ${integer},
      needs_person ${integer} not null check (needs_person in (0, 1)),
      primary key (org_id, credential_id),
      foreign key (org_id, credential_id) references credentials (org_id, id) on delete cascade
    )${end}`;
}
