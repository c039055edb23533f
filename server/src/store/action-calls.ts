import type { ContentError } from "@mooring/contract";
import { sql } from "kysely";
import type { ActionDocument } from "../domain/action.ts";
import type { CalledDefinition } from "../domain/definition.ts";
import type { ActionId, ConnectionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import type { Engine, Tx } from "./database.ts";
import { jsonRows, jsonText } from "./json.ts";

/** All that a call of an action needs. */
export interface StoredActionCall {
  readonly versionId: VersionId;
  readonly id: ActionId;
  readonly name: string;
  readonly document: ActionDocument;
  readonly errors: readonly ContentError[];
  /** Whatever the action uses, and whatever that refers to. */
  readonly definitions: readonly CalledDefinition[];
}

/**
 * An action by its name in the version of this name, `latest` and `default` included, with every definition that can be reached
 * from it: one statement, and so one committed state. Undefined when there is none.
 */
export async function readActionCall(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  { version, action }: { readonly version: string; readonly action: string },
): Promise<StoredActionCall | undefined> {
  const isReserved = version === "latest" || version === "default";
  const row = await tx.first(sql<ActionCallRow>`
    with recursive
    chosen as (
      select id
      from versions
      where org_id = ${org} and connection_id = ${connectionId} and ${isReserved ? sql`published_at is not null` : sql`name = ${version}`}
      order by ${version === "default" ? sql`is_default desc,` : sql``} published_at desc, id desc
      limit 1
    ),
    called as (
      select a.org_id, a.version_id, a.id, a.name, a.document, a.errors
      from actions a
      join chosen c on c.id = a.version_id
      where a.org_id = ${org} and a.name = ${action}
    ),
    reached (version_id, id) as (
      select u.version_id, u.definition_id
      from definition_uses u
      join called a on a.version_id = u.version_id and a.id = u.user_id
      where u.org_id = ${org} and u.user_type = 'action'
      union
      select u.version_id, u.definition_id
      from definition_uses u
      join reached r on r.version_id = u.version_id and r.id = u.user_id
      where u.org_id = ${org} and u.user_type = 'definition'
    )
    select called.version_id as "versionId", called.id, called.name, called.document, called.errors,
      ${sql.raw(definitionsText[tx.engine])} as definitions
    from called
  `);
  if (!row) return undefined;
  return {
    ...row,
    document: JSON.parse(row.document),
    errors: row.errors === null ? [] : JSON.parse(row.errors),
    definitions: (JSON.parse(row.definitions) as DefinitionJson[]).map(({ accept, ...rest }) => ({ ...rest, accept: JSON.parse(accept) })),
  };
}

interface ActionCallRow {
  versionId: VersionId;
  id: ActionId;
  name: string;
  document: string;
  errors: string | null;
  definitions: string;
}

/** As it comes out of the database. */
type DefinitionJson = Omit<CalledDefinition, "accept"> & { readonly accept: string };

const textFor = (engine: Engine) =>
  jsonText(
    engine,
    jsonRows(
      engine,
      { id: "d.id", name: "d.name", accept: "d.accept", contentType: "d.content_type", content: "d.content" },
      `reached r
        join definitions d on d.version_id = r.version_id and d.id = r.id
        where d.org_id = called.org_id`,
      "d.id",
    ),
  );

const definitionsText: Record<Engine, string> = { sqlite: textFor("sqlite"), postgres: textFor("postgres") };
