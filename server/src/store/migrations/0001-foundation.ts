import type { Engine } from "../database.ts";
import type { Migration } from "../migrate.ts";

/** Organisations and their members and keys, connections with everything under them, credentials, the audit trail. */
export const foundation: Migration = {
  number: 1,
  name: "foundation",
  statements: (engine) => [...tables(engine), ...indexes],
  rowSecurity: {
    organisations:
      "id = current_setting('mooring.org', true) or id in (select m.org_id from members m where m.user_id = current_setting('mooring.user', true))",
    members: `${ofOrganisation()} or user_id = current_setting('mooring.user', true)`,
    invitations: `${ofOrganisation()} or token_hash = current_setting('mooring.invitation', true)`,
    api_keys: `${ofOrganisation()} or key_hash = current_setting('mooring.key', true)`,
    data_keys: ofOrganisation(),
    credentials: ofOrganisation(),
    connections: ofOrganisation(),
    connection_counts: ofOrganisation(),
    connection_application_credentials: ofOrganisation(),
    environments: ofOrganisation(),
    environment_credentials: ofOrganisation(),
    versions: ofOrganisation(),
    subscriptions: ofOrganisation(),
    audit: ofOrganisation(),
    idempotency: ofOrganisation(),
  },
  appendOnly: ["audit"],
};

function ofOrganisation(): string {
  return "org_id = current_setting('mooring.org', true)";
}

function tables(engine: Engine): string[] {
  // "C" on PostgreSQL: text then compares by bytes on both engines, so a page has the same order on both.
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const integer = engine === "postgres" ? "bigint" : "integer";
  const end = engine === "postgres" ? "" : " strict";
  return [
    `create table settings (
      name ${text} primary key,
      value ${text} not null
    )${end}`,
    `create table organisations (
      id ${text} primary key,
      name ${text} not null,
      created_at ${text} not null,
      updated_at ${text} not null
    )${end}`,
    `create table members (
      org_id ${text} not null references organisations (id) on delete cascade,
      user_id ${text} not null,
      role ${text} not null check (role in ('owner', 'admin', 'developer', 'viewer')),
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, user_id)
    )${end}`,
    `create table invitations (
      org_id ${text} not null references organisations (id) on delete cascade,
      id ${text} not null,
      email ${text} not null,
      role ${text} not null check (role in ('owner', 'admin', 'developer', 'viewer')),
      token_hash ${text} not null unique,
      invited_by ${text} not null,
      expires_at ${text} not null,
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, id)
    )${end}`,
    `create table api_keys (
      org_id ${text} not null references organisations (id) on delete cascade,
      id ${text} not null,
      name ${text} not null,
      key_hash ${text} not null unique,
      hint ${text} not null,
      scopes ${text} not null,
      connections ${text},
      environments ${text},
      created_by ${text} not null,
      expires_at ${text},
      last_used_at ${text},
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, id)
    )${end}`,
    `create table data_keys (
      org_id ${text} not null references organisations (id) on delete cascade,
      id ${text} not null,
      kek_id ${text} not null,
      wrapped ${text} not null,
      created_at ${text} not null,
      primary key (org_id, id)
    )${end}`,
    `create table credentials (
      org_id ${text} not null references organisations (id) on delete cascade,
      id ${text} not null,
      name ${text} not null,
      type ${text} not null,
      revision ${integer} not null,
      data ${text} not null,
      sealed ${text} not null,
      errors ${text},
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, id)
    )${end}`,
    `create table connections (
      org_id ${text} not null references organisations (id) on delete cascade,
      id ${text} not null,
      name ${text} not null,
      protocol ${text} not null,
      base_url ${text},
      dataset_id ${text},
      auth_scheme_configs ${text} not null,
      variables ${text} not null,
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, id)
    )${end}`,
    `create table connection_counts (
      org_id ${text} not null references organisations (id) on delete cascade,
      protocol ${text} not null,
      connections ${integer} not null,
      primary key (org_id, protocol)
    )${end}`,
    `create table connection_application_credentials (
      org_id ${text} not null,
      connection_id ${text} not null,
      credential_id ${text} not null,
      primary key (org_id, connection_id, credential_id),
      foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade,
      foreign key (org_id, credential_id) references credentials (org_id, id)
    )${end}`,
    `create table environments (
      org_id ${text} not null,
      id ${text} not null,
      connection_id ${text} not null,
      name ${text} not null,
      slug ${text} not null,
      position ${integer} not null,
      variables ${text} not null,
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, id),
      foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade,
      constraint environments_name unique (org_id, connection_id, name)
    )${end}`,
    `create table environment_credentials (
      org_id ${text} not null,
      id ${text} not null,
      environment_id ${text} not null,
      purpose ${text} not null check (purpose in ('action', 'trigger')),
      position ${integer} not null,
      config ${text} not null,
      credential_id ${text} not null,
      application_credential_id ${text},
      primary key (org_id, id),
      foreign key (org_id, environment_id) references environments (org_id, id) on delete cascade,
      foreign key (org_id, credential_id) references credentials (org_id, id),
      foreign key (org_id, application_credential_id) references credentials (org_id, id)
    )${end}`,
    `create table versions (
      org_id ${text} not null,
      id ${text} not null,
      connection_id ${text} not null,
      name ${text} not null,
      description ${text},
      is_default ${integer} not null check (is_default in (0, 1)),
      published_at ${text},
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, id),
      foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade,
      constraint versions_name unique (org_id, connection_id, name),
      check (is_default = 0 or published_at is not null)
    )${end}`,
    `create table subscriptions (
      org_id ${text} not null,
      id ${text} not null,
      connection_id ${text} not null,
      name ${text} not null,
      version_id ${text},
      environment_id ${text},
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, id),
      foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade,
      foreign key (org_id, version_id) references versions (org_id, id) on delete cascade,
      foreign key (org_id, environment_id) references environments (org_id, id) on delete cascade
    )${end}`,
    `create table audit (
      org_id ${text} not null,
      id ${text} not null,
      at ${text} not null,
      actor_type ${text} not null,
      actor_id ${text} not null,
      request_id ${text} not null,
      operation ${text} not null,
      subject_type ${text} not null,
      subject_id ${text} not null,
      subject_name ${text},
      changes ${text} not null,
      primary key (org_id, id)
    )${end}`,
    `create table idempotency (
      org_id ${text} not null,
      actor_id ${text} not null,
      key ${text} not null,
      request_hash ${text} not null,
      sealed ${text},
      created_at ${text} not null,
      primary key (org_id, actor_id, key)
    )${end}`,
  ];
}

const indexes = [
  "create index members_by_user on members (user_id, org_id)",
  "create index credentials_by_update on credentials (org_id, updated_at, id)",
  "create index connections_by_update on connections (org_id, updated_at, id)",
  "create index connections_by_protocol on connections (org_id, protocol, updated_at, id)",
  "create index connections_by_name on connections (org_id, name, id)",
  "create index connections_by_creation on connections (org_id, created_at, id)",
  "create index connection_application_credentials_by_credential on connection_application_credentials (org_id, credential_id)",
  "create index environments_by_connection on environments (org_id, connection_id, position)",
  "create index environment_credentials_by_environment on environment_credentials (org_id, environment_id, purpose, position)",
  "create index environment_credentials_by_credential on environment_credentials (org_id, credential_id)",
  "create index environment_credentials_by_application on environment_credentials (org_id, application_credential_id)",
  "create unique index versions_default on versions (org_id, connection_id) where is_default = 1",
  "create index subscriptions_by_connection on subscriptions (org_id, connection_id)",
  "create index subscriptions_by_version on subscriptions (org_id, version_id)",
  "create index subscriptions_by_environment on subscriptions (org_id, environment_id)",
  "create index idempotency_by_age on idempotency (created_at)",
];
