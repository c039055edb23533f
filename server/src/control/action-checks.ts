import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { ContentError } from "@mooring/contract";
import type { DefinitionLink, StoredAction } from "../domain/action.ts";
import { actionFaults } from "../domain/action-faults.ts";
import { mapLinks, missingIn, usesOf } from "../domain/action-links.ts";
import { isError } from "../domain/content-error.ts";
import type { DefinitionHead } from "../domain/definition.ts";
import type { ActionId, DefinitionId } from "../kernel/ids.ts";
import { actionsAfter, actionsByIds, actionsMissingDefinitions, updateAction } from "../store/actions.ts";
import { replaceUses } from "../store/definition-uses.ts";
import { definitionHeads, headsByIds, headsByNames } from "../store/definitions.ts";
import type { Content, Draft } from "./content.ts";

/** An action that keeps its version from being published, and why. */
export interface FaultyAction {
  readonly id: ActionId;
  readonly name: string;
  readonly errors: readonly ContentError[];
}

/**
 * Checks every action of a version anew, whatever is kept of earlier checks; [] when none keeps it from being published. Lets the event
 * loop run between portions.
 */
export async function faultyActions({ tx, org, version }: Content): Promise<FaultyAction[]> {
  const definitions = new Map((await definitionHeads(tx, org, version.id)).map((head) => [head.id, head]));
  const faulty: FaultyAction[] = [];
  let portion = await actionsAfter(tx, org, version.id, { after: undefined, count: portionActions });
  while (portion.length > 0) {
    for (const { id, name, document } of portion) {
      const errors = actionFaults(document, definitions).filter(isError);
      if (errors.length > 0) faulty.push({ id, name, errors });
    }
    await setImmediate();
    portion = await actionsAfter(tx, org, version.id, { after: portion.at(-1)?.id, count: portionActions });
  }
  return faulty;
}

const portionActions = 100;

/**
 * Checks the actions of `ids` again after definitions that they use have changed or are gone, and writes those that are not what they
 * were. `gone` has the names of definitions that were deleted: a link to one keeps its name, and is a link again once there is one of
 * that name.
 */
export async function recheckActions(
  { tx, org, version, now }: Draft,
  ids: Iterable<ActionId>,
  gone: ReadonlyMap<DefinitionId, string> = new Map(),
): Promise<void> {
  const all = [...new Set(ids)];
  for (let at = 0; at < all.length; at += portionActions) {
    const actions = await actionsByIds(tx, org, version.id, all.slice(at, at + portionActions));
    const byId = await headsByIds(
      tx,
      org,
      version.id,
      actions.flatMap(({ document }) => usesOf(document)),
    );
    const byName = await headsByNames(
      tx,
      org,
      version.id,
      actions.flatMap(({ document }) => missingIn(document)),
    );
    for (const action of actions) {
      const after = rechecked(action, { byId, byName, gone });
      if (isDeepStrictEqual(after, action)) continue;
      await updateAction(tx, org, version.id, after, now);
      await replaceUses(tx, org, version.id, { type: "action", id: action.id }, usesOf(after.document));
    }
    await setImmediate();
  }
}

/** The same for actions that link to what the version does not have: after definitions have come or have another name. */
export async function recheckMissing(draft: Draft): Promise<void> {
  await recheckActions(draft, await actionsMissingDefinitions(draft.tx, draft.org, draft.version.id));
}

function rechecked(
  action: StoredAction,
  {
    byId,
    byName,
    gone,
  }: { byId: Map<DefinitionId, DefinitionHead>; byName: Map<string, DefinitionHead>; gone: ReadonlyMap<string, string> },
): StoredAction {
  const known = new Map([...byId, ...[...byName.values()].map((head) => [head.id, head] as const)]);
  const document = mapLinks(action.document, relinked);
  return { ...action, document, errors: actionFaults(document, known) };

  function relinked(link: DefinitionLink): DefinitionLink {
    const { accept } = link;
    const kept = accept === undefined ? {} : { accept };
    if ("id" in link) return byId.has(link.id) ? link : { missing: gone.get(link.id) ?? link.id, ...kept };
    const found = byName.get(link.missing);
    return found ? { id: found.id, ...kept } : link;
  }
}
