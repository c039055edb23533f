import type { Migration } from "../migrate.ts";

/**
 * What actions are searched by, beside their documents. Both columns are made by the engine from the document, whoever writes it. On
 * the embedded engine an index holds all that a search looks at, so that no document is read from the disk; PostgreSQL keeps long documents
 * apart by itself, and has no index on texts this long.
 */
export const search: Migration = {
  number: 12,
  name: "search",
  statements: (engine) =>
    engine === "postgres"
      ? ["method", "path"].map(
          (name) => `alter table actions add column ${name} text collate "C" generated always as (document::json ->> '${name}') stored`,
        )
      : [
          ...["method", "path"].map(
            (name) => `alter table actions add column ${name} text generated always as (json_extract(document, '$.${name}')) virtual`,
          ),
          "create index actions_by_search on actions (org_id, version_id, name, summary, method, path)",
        ],
  rowSecurity: {},
  appendOnly: [],
};
