import type { Migration } from "../migrate.ts";

/** What processes that share an embedded database tell each other. PostgreSQL has NOTIFY for that. */
export const changeLog: Migration = {
  number: 6,
  name: "change-log",
  statements: (engine) => (engine === "sqlite" ? ["create table change_log (seq integer primary key, change text not null) strict"] : []),
  rowSecurity: {},
  appendOnly: [],
};
