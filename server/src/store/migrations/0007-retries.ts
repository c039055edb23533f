import type { Migration } from "../migrate.ts";

/** How often calls through an environment are sent again; null where nobody has said. */
export const retries: Migration = {
  number: 7,
  name: "retries",
  statements: () => ["alter table environments add column retries integer check (retries between 0 and 5)"],
  rowSecurity: {},
  appendOnly: [],
};
