import type { Engine } from "../database.ts";
import type { Migration } from "../migrate.ts";

const own = "org_id = current_setting('mooring.org', true)";

/**
 * What recorded calls add up to, minute by minute, and how connections and credentials were last used; and a connection's name and
 * address in the form in which they are searched. Nothing leads to the connection: a call may be written down when it is gone.
 */
export const callCounts: Migration = {
  number: 11,
  name: "call counts",
  statements: (engine) => [...tables(engine), ...searchColumn(engine), ...indexes(engine)],
  rowSecurity: {
    call_minutes: own,
    // Who clears away sees what is past its time, whoever's it is. As subqueries the claims are read once, and not for each of many rows.
    call_places: `org_id = (select current_setting('mooring.org', true)) or oldest_at < (select current_setting('mooring.expired_before', true))`,
    credential_uses: own,
  },
  appendOnly: [],
};

function tables(engine: Engine): string[] {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const integer = engine === "postgres" ? "bigint" : "integer";
  // The rows are short, and most of each is its key: kept in the key's own tree, they take half the room.
  const end = engine === "postgres" ? "" : " strict, without rowid";
  return [
    // Minutes since the epoch. With an empty connection and environment, all calls of the organisation; with an empty environment alone,
    // those that were refused before it was known. Durations are as in domain/durations.ts.
    `create table call_minutes (
      org_id ${text} not null,
      connection_id ${text} not null,
      minute ${integer} not null,
      environment_id ${text} not null,
      calls ${integer} not null,
      failures ${integer} not null,
      durations ${text} not null,
      primary key (org_id, connection_id, minute, environment_id)
    )${end}`,
    // No minute of the place is older than oldest_at.
    `create table call_places (
      org_id ${text} not null,
      connection_id ${text} not null,
      environment_id ${text} not null,
      last_call_at ${text} not null,
      last_failure_at ${text} not null,
      oldest_at ${text} not null,
      primary key (org_id, connection_id, environment_id)
    )${end}`,
    `create table credential_uses (
      org_id ${text} not null,
      environment_id ${text} not null,
      credential_id ${text} not null,
      last_used_at ${text} not null,
      primary key (org_id, environment_id, credential_id)
    )${end}`,
  ];
}

/** What was there before is found with its letters beyond ASCII as they are written, until it changes. */
function searchColumn(engine: Engine): string[] {
  const [text, newline] = engine === "postgres" ? [`text collate "C"`, "chr(10)"] : ["text", "char(10)"];
  return [
    `alter table connections add column search_text ${text} not null default ''`,
    `update connections set search_text = upper(name || ${newline} || coalesce(base_url, dataset_id, ''))`,
  ];
}

const indexes = (engine: Engine) => [
  "create index call_places_by_age on call_places (oldest_at, org_id)",
  "create index credentials_signed_in on credentials (org_id, id) where type = 'oauth2-token'",
  "create index credential_tokens_troubled on credential_tokens (org_id, credential_id) where needs_person = 1 or reason is not null",
  // An index that holds what is searched spares the rows, which are long. PostgreSQL's cannot hold texts of this length.
  ...(engine === "postgres" ? [] : ["create index connections_by_search on connections (org_id, search_text, id)"]),
];
