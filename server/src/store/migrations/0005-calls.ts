import type { Engine } from "../database.ts";
import type { Migration } from "../migrate.ts";

/** The record of calls through the gateway, in blocks (see domain/call.ts), and how many calls each organisation's blocks hold. */
export const calls: Migration = {
  number: 5,
  name: "calls",
  statements: (engine) => [...tables(engine), ...indexes],
  rowSecurity: {
    // Retention sees what is past its time, whoever's it is.
    call_blocks: "org_id = current_setting('mooring.org', true) or last_id < current_setting('mooring.calls_before', true)",
    call_counts: "org_id = current_setting('mooring.org', true)",
  },
  appendOnly: [],
};

function tables(engine: Engine): string[] {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const integer = engine === "postgres" ? "bigint" : "integer";
  const end = engine === "postgres" ? "" : " strict";
  return [
    `create table call_blocks (
      org_id ${text} not null,
      last_id ${text} not null,
      first_id ${text} not null,
      size ${integer} not null,
      terms ${text} not null,
      rows ${text} not null,
      primary key (org_id, last_id)
    )${end}`,
    `create table call_counts (
      org_id ${text} not null,
      calls ${integer} not null,
      primary key (org_id)
    )${end}`,
  ];
}

const indexes = [
  "create index call_blocks_by_first on call_blocks (org_id, first_id)",
  "create index call_blocks_by_age on call_blocks (last_id, org_id)",
];
