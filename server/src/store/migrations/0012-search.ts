import type { Engine } from "../database.ts";
import type { Migration } from "../migrate.ts";

/**
 * What actions are searched by, beside their documents. The engine makes these columns, whoever writes a document: `method` and `path`
 * out of it, and `search` of all that is searched, with the case of ASCII letters folded. On the embedded engine an index holds all that a search
 * looks at, so that no document is read from the disk; PostgreSQL keeps long documents apart by itself, and has no index on texts this long.
 */
export const search: Migration = {
  number: 12,
  name: "search",
  statements: (engine) => [
    column(engine, "method", ofDocument[engine]("method")),
    column(engine, "path", ofDocument[engine]("path")),
    column(engine, "search", `lower(name || '\n' || coalesce(summary, '') || '\n' || coalesce(${ofDocument[engine]("path")}, ''))`),
    ...(engine === "sqlite" ? ["create index actions_by_search on actions (org_id, version_id, search, name)"] : []),
  ],
  rowSecurity: {},
  appendOnly: [],
};

function column(engine: Engine, name: string, value: string): string {
  const [type, kept] = engine === "postgres" ? [`text collate "C"`, "stored"] : ["text", "virtual"];
  return `alter table actions add column ${name} ${type} generated always as (${value}) ${kept}`;
}

const ofDocument: Readonly<Record<Engine, (member: string) => string>> = {
  sqlite: (member) => `json_extract(document, '$.${member}')`,
  postgres: (member) => `((${readable})::json ->> '${member}')`,
};

// A NUL or half a character anywhere in a document, such as in the name of a property, would keep PostgreSQL from reading any of it. Only
// such characters are written as an escape with four digits, so most documents are taken as they are.
const readable = String.raw`case when strpos(document, '\u') = 0 then document
  else regexp_replace(document, '(?<!\\)((?:\\\\)*)\\u(0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\1?', 'g') end`;
