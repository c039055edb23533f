import { type RawBuilder, sql } from "kysely";
import type { CalledDefinition } from "../domain/definition.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import type { Engine } from "./database.ts";
import { jsonRows, jsonText } from "./json.ts";

/** An action or trigger by its name, in the version of this name, `latest` and `default` included. */
export interface CalledWay {
  readonly kind: "action" | "trigger";
  readonly version: string;
  readonly name: string;
}

/**
 * What goes behind `with recursive` of a statement about an action or trigger: `called` is its row, or nothing, and `reached` every
 * definition that can be reached from it, however far.
 */
export function calledWay(org: OrganisationId, connectionId: ConnectionId, { kind, version, name }: CalledWay): RawBuilder<unknown> {
  const isReserved = version === "latest" || version === "default";
  return sql`
    chosen as (
      select id
      from versions
      where org_id = ${org} and connection_id = ${connectionId} and ${isReserved ? sql`published_at is not null` : sql`name = ${version}`}
      order by ${version === "default" ? sql`is_default desc,` : sql``} published_at desc, id desc
      limit 1
    ),
    called as (
      select w.org_id, w.version_id, w.id, w.name, w.document, w.errors
      from ${sql.raw(`${kind}s`)} w
      join chosen c on c.id = w.version_id
      where w.org_id = ${org} and w.name = ${name}
    ),
    reached (version_id, id) as (
      select u.version_id, u.definition_id
      from definition_uses u
      join called w on w.version_id = u.version_id and w.id = u.user_id
      where u.org_id = ${org} and u.user_type = ${kind}
      union
      select u.version_id, u.definition_id
      from definition_uses u
      join reached r on r.version_id = u.version_id and r.id = u.user_id
      where u.org_id = ${org} and u.user_type = 'definition'
    )
  `;
}

/** The definitions that are `reached`, as one column. */
export const reachedDefinitions = (engine: Engine): RawBuilder<unknown> => sql.raw(definitionsText[engine]);

/** The same as they come out of the database. */
export const definitionsOf = (text: string): CalledDefinition[] =>
  (JSON.parse(text) as DefinitionJson[]).map(({ accept, ...rest }) => ({ ...rest, accept: JSON.parse(accept) }));

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
