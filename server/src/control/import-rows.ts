import { setImmediate as nextTurn } from "node:timers/promises";
import type { DraftAction, DraftDefinition } from "../domain/api-draft.ts";
import type { OrganisationId, VersionId } from "../kernel/ids.ts";
import { insertActions } from "../store/actions.ts";
import type { Tx } from "../store/database.ts";
import { insertUses } from "../store/definition-uses.ts";
import { insertDefinitions } from "../store/definitions.ts";

/** What an import writes into a version. */
export interface ImportedRows {
  readonly definitions: readonly DraftDefinition[];
  readonly actions: readonly DraftAction[];
}

/**
 * Writes all of it in portions, and lets everybody else have a turn between them: an API may have thousands of definitions, and nothing
 * else would be answered while they are written.
 */
export async function insertRows(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  { definitions, actions }: ImportedRows,
  now: Date,
): Promise<void> {
  await inPortions(definitions, rowsAtOnce, (portion) => insertDefinitions(tx, org, versionId, portion, now));
  await inPortions(actions, rowsAtOnce, (portion) => insertActions(tx, org, versionId, portion, now));
  const uses = [
    ...definitions.flatMap(({ id, uses: used }) => used.map((definitionId) => ({ definitionId, user: { type: "definition", id } as const }))),
    ...actions.flatMap(({ id, uses: used }) => used.map((definitionId) => ({ definitionId, user: { type: "action", id } as const }))),
  ];
  await inPortions(uses, usesAtOnce, (portion) => insertUses(tx, org, versionId, portion));
}

/** Runs `work` for the rows, so many at a time, with a turn of the event loop before each portion. */
export async function inPortions<Row>(rows: readonly Row[], count: number, work: (portion: Row[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < rows.length; at += count) {
    await nextTurn();
    await work(rows.slice(at, at + count));
  }
}

// Each takes a few milliseconds on the embedded engine, which writes on the thread that answers.
const rowsAtOnce = 100;
const usesAtOnce = 500;
