import type { ContentError } from "@mooring/contract";
import { sql } from "kysely";
import type { ActionDocument } from "../domain/action.ts";
import type { CalledDefinition } from "../domain/definition.ts";
import type { ActionId, ConnectionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import { calledWay, definitionsOf, reachedDefinitions } from "./called-ways.ts";
import type { Tx } from "./database.ts";

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
  const row = await tx.first(sql<ActionCallRow>`
    with recursive ${calledWay(org, connectionId, { kind: "action", version, name: action })}
    select called.version_id as "versionId", called.id, called.name, called.document, called.errors,
      ${reachedDefinitions(tx.engine)} as definitions
    from called
  `);
  if (!row) return undefined;
  return {
    ...row,
    document: JSON.parse(row.document),
    errors: row.errors === null ? [] : JSON.parse(row.errors),
    definitions: definitionsOf(row.definitions),
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
