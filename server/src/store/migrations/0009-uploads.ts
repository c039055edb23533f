import type { Engine } from "../database.ts";
import type { Migration } from "../migrate.ts";

/** Files that wait to be imported, in pieces: each is there for little more than an hour at most. */
export const uploads: Migration = {
  number: 9,
  name: "uploads",
  statements: (engine) => [...tables(engine), "create index uploads_by_age on uploads (id, org_id)"],
  rowSecurity: {
    // Who clears away sees what is past its time, whoever's it is.
    uploads: "org_id = current_setting('mooring.org', true) or id < current_setting('mooring.uploads_before', true)",
    upload_pieces: "org_id = current_setting('mooring.org', true)",
  },
  appendOnly: [],
};

function tables(engine: Engine): string[] {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const integer = engine === "postgres" ? "bigint" : "integer";
  const bytes = engine === "postgres" ? "bytea" : "blob";
  const end = engine === "postgres" ? "" : " strict";
  return [
    `create table uploads (
      org_id ${text} not null,
      id ${text} not null,
      token_hash ${text} not null,
      filename ${text} not null,
      content_type ${text} not null,
      content_length ${integer} not null,
      state ${text} not null check (state in ('asked', 'receiving', 'ready')),
      begins_before ${text} not null,
      expires_at ${text} not null,
      primary key (org_id, id),
      constraint uploads_token unique (org_id, token_hash)
    )${end}`,
    `create table upload_pieces (
      org_id ${text} not null,
      upload_id ${text} not null,
      position ${integer} not null,
      bytes ${bytes} not null,
      primary key (org_id, upload_id, position),
      foreign key (org_id, upload_id) references uploads (org_id, id) on delete cascade
    )${end}`,
  ];
}
