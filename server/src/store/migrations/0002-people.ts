import type { Engine } from "../database.ts";
import type { Migration } from "../migrate.ts";

/**
 * People, how they prove who they are, and where they are signed in: the columns better-auth 1.7 expects. They belong to no
 * organisation, so row-level security has nothing to compare with; membership is in `members`.
 */
export const people: Migration = {
  number: 2,
  name: "people",
  statements: (engine) => [...tables(engine), ...indexes],
  rowSecurity: {},
  appendOnly: [],
};

function tables(engine: Engine): string[] {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const integer = engine === "postgres" ? "bigint" : "integer";
  const end = engine === "postgres" ? "" : " strict";
  return [
    `create table users (
      id ${text} primary key,
      name ${text} not null,
      email ${text} not null unique,
      email_verified ${integer} not null check (email_verified in (0, 1)),
      image ${text},
      created_at ${text} not null,
      updated_at ${text} not null,
      check (email = lower(email))
    )${end}`,
    `create table sessions (
      id ${text} primary key,
      user_id ${text} not null references users (id) on delete cascade,
      token ${text} not null unique,
      ip_address ${text},
      user_agent ${text},
      expires_at ${text} not null,
      created_at ${text} not null,
      updated_at ${text} not null
    )${end}`,
    `create table accounts (
      id ${text} primary key,
      user_id ${text} not null references users (id) on delete cascade,
      account_id ${text} not null,
      provider_id ${text} not null,
      access_token ${text},
      refresh_token ${text},
      id_token ${text},
      access_token_expires_at ${text},
      refresh_token_expires_at ${text},
      scope ${text},
      password ${text},
      created_at ${text} not null,
      updated_at ${text} not null,
      unique (provider_id, account_id)
    )${end}`,
    `create table verifications (
      id ${text} primary key,
      identifier ${text} not null unique,
      value ${text} not null,
      expires_at ${text} not null,
      created_at ${text} not null,
      updated_at ${text} not null
    )${end}`,
    `create table rate_limits (
      key ${text} primary key,
      attempts ${integer} not null,
      ends_at ${integer} not null
    )${end}`,
  ];
}

const indexes = [
  "create index sessions_by_user on sessions (user_id)",
  "create index sessions_by_end on sessions (expires_at)",
  "create index accounts_by_user on accounts (user_id)",
  "create index verifications_by_end on verifications (expires_at)",
  "create index rate_limits_by_end on rate_limits (ends_at)",
];
