import { isDeepStrictEqual } from "node:util";
import type { ActionDryRunResult } from "@mooring/contract";
import type { BigQueryActionDocument, StoredAction } from "../domain/action.ts";
import { actionFaults } from "../domain/action-faults.ts";
import type { StoredDefinition } from "../domain/definition.ts";
import { usesOf } from "../domain/way.ts";
import { Problem } from "../kernel/errors.ts";
import type { DefinitionId } from "../kernel/ids.ts";
import { rowDefinition } from "../protocols/bigquery/row-definition.ts";
import type { Field } from "../protocols/bigquery/schema.ts";
import { replaceUses } from "../store/definition-uses.ts";
import { getDefinition, headsByIds, insertDefinitions, updateDefinition } from "../store/definitions.ts";
import { getWay, updateWay } from "../store/ways.ts";
import { shownOne } from "./actions.ts";
import type { Call } from "./change.ts";
import { type Content, type Draft, readContent } from "./content.ts";
import { type CheckedSchema, changeWithSchemas, type DefinitionDeps } from "./definition-schemas.ts";
import { definitionsChanged } from "./definition-users.ts";
import { requireRoom } from "./definitions.ts";
import { differences } from "./differences.ts";
import { requireWholeConnection } from "./rights.ts";
import type { Version } from "./ways.ts";

/**
 * The query to ask BigQuery about, of an action of a draft, for somebody who may change it and call through the gateway. Throws `Problem`
 * forbidden, not_found, version_published, and invalid_request for an action that is no query.
 */
export async function begin(
  deps: DefinitionDeps,
  call: Call,
  { connectionId, version }: Version,
  name: string,
): Promise<BigQueryActionDocument> {
  const { actor } = call;
  requireWholeConnection(actor, connectionId);
  if (!actor.scopes.has("gateway:call")) throw new Problem("forbidden", { message: "This needs the scope gateway:call besides." });
  return readContent(deps, call, connectionId, version, async (content) => {
    const { document } = await existing(content, name);
    if (content.version.publishedAt !== null) throw new Problem("version_published");
    if (document.type === "bigquery") return document;
    throw new Problem("invalid_request", { message: "Only a query has a dry run, and this action is a request over HTTP." });
  });
}

/** What BigQuery said of a query. */
export interface DryRunAnswer {
  readonly asked: BigQueryActionDocument;
  /** Of its rows; empty for a statement that has none. */
  readonly schema: readonly Field[];
  readonly totalBytesProcessed: string;
}

/**
 * Keeps what the rows are as the definition `{action}_row`, and as the action's `row`; a statement without rows has no `row`. Throws
 * `Problem` conflict when the query is no longer the one that was asked about.
 */
export async function finish(
  deps: DefinitionDeps,
  call: Call,
  place: Version,
  name: string,
  { asked, schema, totalBytesProcessed }: DryRunAnswer,
): Promise<ActionDryRunResult> {
  const sent = schema.length === 0 ? [] : [sentSchema(deps, name, schema)];
  return changeWithSchemas(deps, call, place, sent, async (draft, [checked]) => {
    const action = await existing(draft, name);
    if (!isSameQuery(action, asked))
      throw new Problem("conflict", { message: "The query changed while BigQuery was asked about it; ask again." });
    const row = checked && (await keepDefinition(draft, checked, rowName(name)));
    await keepRow(draft, action, row);
    const after = await existing(draft, name);
    return { action: await shownOne(deps, draft, after), totalBytesProcessed };
  });
}

function sentSchema(deps: DefinitionDeps, action: string, schema: readonly Field[]) {
  const content = JSON.stringify(rowDefinition(schema));
  return { id: deps.newId<DefinitionId>(), name: rowName(action), schema: { contentType: "application/schema+json", content }, field: "" };
}

/** A definition's name has no `$`, and no more letters than an action's. */
const rowName = (action: string) => `${action.replaceAll("$", "_").slice(0, 196)}_row`;

const isSameQuery = ({ document }: StoredAction, asked: BigQueryActionDocument) =>
  document.type === "bigquery" && document.query === asked.query && isDeepStrictEqual(document.parameters, asked.parameters);

async function keepDefinition(draft: Draft, { id, contentType, content, faults }: CheckedSchema, name: string): Promise<DefinitionId> {
  const { tx, org, version, now, recorder } = draft;
  if (faults.length > 0) throw new Problem("invalid_request", { message: "The rows have more columns than a definition can describe." });
  const before = await getDefinition(tx, org, version.id, name);
  if (before && before.content === content && before.contentType === contentType) return before.id;
  const after: StoredDefinition = { accept: ["application/json"], ...before, id: before?.id ?? id, name, contentType, content, errors: [] };
  if (before) {
    await updateDefinition(tx, org, version.id, after, now);
    await replaceUses(tx, org, version.id, { type: "definition", id: after.id }, []);
  } else {
    await requireRoom(draft, 1);
    await insertDefinitions(tx, org, version.id, [after], now);
  }
  await definitionsChanged(draft, before ? { named: [], changed: [after.id] } : { named: [after], changed: [] });
  const subject = { type: "definition", id: after.id, name } as const;
  recorder.audit(
    before
      ? { operation: "definition.updated", subject, changes: differences(before, after) }
      : { operation: "definition.created", subject },
  );
  return after.id;
}

async function keepRow({ tx, org, version, now, recorder }: Draft, action: StoredAction, row: DefinitionId | undefined): Promise<void> {
  const { row: linked, ...rest } = action.document as BigQueryActionDocument;
  const isKept = linked !== undefined && "id" in linked && linked.id === row;
  const document: BigQueryActionDocument = row === undefined ? rest : { ...rest, row: isKept ? linked : { id: row } };
  const after = { ...action, document, errors: actionFaults(document, await headsByIds(tx, org, version.id, usesOf(document))) };
  if (isDeepStrictEqual(after, action)) return;
  await updateWay(tx, org, version.id, "action", after, now);
  await replaceUses(tx, org, version.id, { type: "action", id: action.id }, usesOf(document));
  const subject = { type: "action", id: action.id, name: action.name } as const;
  recorder.audit({ operation: "action.updated", subject, changes: differences(action.document, document) });
}

async function existing({ tx, org, version }: Content, name: string): Promise<StoredAction> {
  const action = await getWay(tx, org, version.id, "action", name);
  if (!action) throw new Problem("not_found");
  return action;
}
