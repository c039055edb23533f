import type { Engine } from "../database.ts";
import type { Migration } from "../migrate.ts";

const own = "org_id = current_setting('mooring.org', true)";

/**
 * What a version holds. An action or definition keeps its id when it is copied into another version, so that references by id hold in
 * the copy too, and what was renamed can be told from what is new; its key is therefore version and id.
 */
export const content: Migration = {
  number: 8,
  name: "content",
  statements: (engine) => [
    `alter table versions add column schema_key ${engine === "postgres" ? `text collate "C"` : "text"}`,
    engine === "postgres"
      ? "update versions set schema_key = replace(gen_random_uuid()::text, '-', '')"
      : "update versions set schema_key = lower(hex(randomblob(16)))",
    "create unique index versions_schema_key on versions (schema_key)",
    ...tables(engine),
    "create index definitions_by_update on definitions (org_id, version_id, updated_at, id)",
    "create index actions_by_update on actions (org_id, version_id, updated_at, id)",
    ...(engine === "postgres" ? keyLast : []),
    usesTable(engine),
    "create index definition_uses_by_user on definition_uses (org_id, version_id, user_type, user_id)",
    // Nothing could make one before, so there are none with the same name.
    "create unique index subscriptions_name on subscriptions (org_id, connection_id, name)",
  ],
  rowSecurity: { definitions: own, actions: own, definition_uses: own },
  appendOnly: [],
};

/**
 * Until statistics are gathered, PostgreSQL takes all indexes that begin with organisation and version as equally good, and of these the
 * one that was made last. For a definition's key that must be the key itself: each row of `definition_uses` asks for one, and would
 * else go through all definitions of its version.
 */
const keyLast = ["alter table definitions drop constraint definitions_pkey, add primary key (org_id, version_id, id)"];

function usesTable(engine: Engine): string {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  return `create table definition_uses (
      org_id ${text} not null,
      version_id ${text} not null,
      definition_id ${text} not null,
      user_type ${text} not null check (user_type in ('definition', 'action', 'trigger')),
      user_id ${text} not null,
      primary key (org_id, version_id, definition_id, user_type, user_id),
      foreign key (org_id, version_id, definition_id) references definitions (org_id, version_id, id) on delete cascade
    )${engine === "postgres" ? "" : " strict"}`;
}

function tables(engine: Engine): string[] {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const end = engine === "postgres" ? "" : " strict";
  const ofVersion = "foreign key (org_id, version_id) references versions (org_id, id) on delete cascade";
  return [
    // Content is the schema with references as `mooring:{id}`; errors are null where there are none.
    `create table definitions (
      org_id ${text} not null,
      version_id ${text} not null,
      id ${text} not null,
      name ${text} not null,
      accept ${text} not null,
      description ${text},
      content_type ${text} not null,
      content ${text} not null,
      errors ${text},
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, version_id, id),
      constraint definitions_name unique (org_id, version_id, name),
      ${ofVersion}
    )${end}`,
    `create table actions (
      org_id ${text} not null,
      version_id ${text} not null,
      id ${text} not null,
      name ${text} not null,
      type ${text} not null,
      summary ${text},
      description ${text},
      document ${text} not null,
      errors ${text},
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, version_id, id),
      constraint actions_name unique (org_id, version_id, name),
      ${ofVersion}
    )${end}`,
  ];
}
