import type { Engine } from "../database.ts";
import type { Migration } from "../migrate.ts";

/** Sign-ins that have begun and not ended: each row is there for 10 minutes at most and is deleted by whoever ends it. */
export const oauth2Flows: Migration = {
  number: 4,
  name: "oauth2-flows",
  statements: (engine) => [table(engine), ...indexes],
  rowSecurity: { oauth2_flows: "org_id = current_setting('mooring.org', true)" },
  appendOnly: [],
};

function table(engine: Engine): string {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const integer = engine === "postgres" ? "bigint" : "integer";
  const end = engine === "postgres" ? "" : " strict";
  return `create table oauth2_flows (
      org_id ${text} not null,
      state_hash ${text} not null,
      browser_hash ${text} not null,
      actor_kind ${text} not null check (actor_kind in ('person', 'api-key')),
      actor_id ${text} not null,
      credential_id ${text} not null,
      revision ${integer} not null,
      client_id ${text} not null,
      authorize_url ${text} not null,
      token_url ${text} not null,
      redirect_uri ${text} not null,
      sealed ${text} not null,
      expires_at ${text} not null,
      primary key (org_id, state_hash),
      foreign key (org_id, credential_id) references credentials (org_id, id) on delete cascade
    )${end}`;
}

const indexes = [
  "create index oauth2_flows_by_credential on oauth2_flows (org_id, credential_id)",
  "create index oauth2_flows_by_end on oauth2_flows (org_id, expires_at)",
];
