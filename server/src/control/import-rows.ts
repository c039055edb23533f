import { setImmediate as nextTurn } from "node:timers/promises";
import type { DraftAction, DraftDefinition, DraftTrigger } from "../domain/api-draft.ts";
import type { TakeOver } from "../domain/taken-over.ts";
import type { WayKind, Ways } from "../domain/way.ts";
import type { OrganisationId, VersionId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import { type DefinitionUse, insertUses } from "../store/definition-uses.ts";
import { insertDefinitions } from "../store/definitions.ts";
import { insertWays } from "../store/ways.ts";

/** What an import writes into a version. */
export interface ImportedRows {
  readonly definitions: readonly DraftDefinition[];
  readonly actions: readonly DraftAction[];
  readonly triggers: readonly DraftTrigger[];
  /** Which ids they have there, where those are not their own. */
  readonly takeOver?: TakeOver;
}

/**
 * Writes all of it in portions, and lets everybody else have a turn between them: an API may have thousands of definitions, and the
 * embedded engine writes on the thread that answers.
 */
export async function insertRows(
  tx: Tx,
  org: OrganisationId,
  versionId: VersionId,
  { definitions, actions, triggers, takeOver }: ImportedRows,
  now: Date,
): Promise<void> {
  const uses: DefinitionUse[] = [];
  for await (const portion of portionsOf(definitions, rowsAtOnce)) {
    const rows = takeOver ? portion.map(takeOver.ofDefinition) : portion;
    await insertDefinitions(tx, org, versionId, rows, now);
    for (const { id, uses: used } of rows)
      uses.push(...used.map((definitionId) => ({ definitionId, user: { type: "definition", id } as const })));
  }
  await insertAll("action", actions);
  await insertAll("trigger", triggers);
  for await (const portion of portionsOf(uses, usesAtOnce)) await insertUses(tx, org, versionId, portion);

  async function insertAll<Kind extends WayKind>(kind: Kind, ways: readonly (Ways[Kind] & Pick<DraftDefinition, "uses">)[]): Promise<void> {
    for await (const portion of portionsOf(ways, rowsAtOnce)) {
      const rows = takeOver ? portion.map((way) => takeOver.ofWay(kind, way)) : portion;
      await insertWays(tx, org, versionId, kind, rows, now);
      for (const { id, uses: used } of rows) uses.push(...used.map((definitionId) => ({ definitionId, user: { type: kind, id } })));
    }
  }
}

/** The items, so many at a time, each portion in a turn of the event loop of its own. */
async function* portionsOf<Item>(items: readonly Item[], count: number): AsyncGenerator<Item[]> {
  for (let at = 0; at < items.length; at += count) {
    await nextTurn();
    yield items.slice(at, at + count);
  }
}

// A few milliseconds each.
const rowsAtOnce = 100;
const usesAtOnce = 500;
