import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { ContentError } from "@mooring/contract";
import type { DefinitionLink, StoredAction } from "../domain/action.ts";
import { faultsAgain } from "../domain/action-faults.ts";
import { mapLinks, missingIn, usesOf } from "../domain/action-links.ts";
import { isError } from "../domain/content-error.ts";
import type { DefinitionHead } from "../domain/definition.ts";
import type { ActionId, DefinitionId } from "../kernel/ids.ts";
import { actionsAfter, actionsByIds, actionsMissingDefinitions, updateAction } from "../store/actions.ts";
import { replaceUses } from "../store/definition-uses.ts";
import { definitionHeads, headsByIds, headsByNames } from "../store/definitions.ts";
import type { Content, Draft } from "./content.ts";
import { differences } from "./differences.ts";

/** An action that keeps its version from being published, and why. */
export interface FaultyAction {
  readonly id: ActionId;
  readonly name: string;
  readonly errors: readonly ContentError[];
}

/**
 * Checks every action of a version anew, whatever is kept of earlier checks of its links; [] when none keeps it from being published. Lets the event
 * loop run between portions.
 */
export async function faultyActions({ tx, org, version }: Content): Promise<FaultyAction[]> {
  const definitions = new Map((await definitionHeads(tx, org, version.id)).map((head) => [head.id, head]));
  const faulty: FaultyAction[] = [];
  let portion = await actionsAfter(tx, org, version.id, { after: undefined, count: portionActions });
  while (portion.length > 0) {
    for (const { id, name, document, errors: kept } of portion) {
      const errors = faultsAgain({ document, errors: kept }, definitions).filter(isError);
      if (errors.length > 0) faulty.push({ id, name, errors });
    }
    await setImmediate();
    portion = await actionsAfter(tx, org, version.id, { after: portion.at(-1)?.id, count: portionActions });
  }
  return faulty;
}

const portionActions = 100;

/**
 * Checks the actions of `ids` again after definitions that they use have changed, and writes those that are not what they were. `gone`
 * has the names of definitions that are deleted, or are about to be: a link to one keeps its name, and is a link again once there is one
 * of that name.
 */
export async function recheckActions(draft: Draft, ids: Iterable<ActionId>, gone: Names = new Map()): Promise<void> {
  const { tx, org, version } = draft;
  const all = [...new Set(ids)];
  for (let at = 0; at < all.length; at += portionActions) {
    const actions = await actionsByIds(tx, org, version.id, all.slice(at, at + portionActions));
    const known = await definitionsAround(draft, actions, gone);
    for (const action of actions) await recheck(draft, action, known, gone);
    await setImmediate();
  }
}

/** The same for actions that link to what the version does not have: after definitions have come or have another name. */
export async function recheckMissing(draft: Draft): Promise<void> {
  await recheckActions(draft, await actionsMissingDefinitions(draft.tx, draft.org, draft.version.id));
}

type Names = ReadonlyMap<DefinitionId, string>;

interface Known {
  readonly byId: ReadonlyMap<DefinitionId, DefinitionHead>;
  readonly byName: ReadonlyMap<string, DefinitionHead>;
}

/** The definitions that the actions link to or would link to, without those of `gone`. */
async function definitionsAround({ tx, org, version }: Draft, actions: readonly StoredAction[], gone: Names): Promise<Known> {
  const documents = actions.map(({ document }) => document);
  const linked = await headsByIds(tx, org, version.id, documents.flatMap(usesOf));
  const named = await headsByNames(tx, org, version.id, documents.flatMap(missingIn));
  const heads = [...linked.values(), ...named.values()].filter(({ id }) => !gone.has(id));
  return { byId: new Map(heads.map((head) => [head.id, head])), byName: new Map(heads.map((head) => [head.name, head])) };
}

async function recheck(
  { tx, org, version, now, recorder }: Draft,
  action: StoredAction,
  { byId, byName }: Known,
  gone: Names,
): Promise<void> {
  const document = mapLinks(action.document, relinked);
  const after = { ...action, document, errors: faultsAgain({ ...action, document }, byId) };
  if (isDeepStrictEqual(after, action)) return;
  const { id, name } = action;
  await updateAction(tx, org, version.id, after, now);
  await replaceUses(tx, org, version.id, { type: "action", id }, usesOf(document));
  const changes = differences({ errors: action.errors }, { errors: after.errors });
  recorder.audit({ operation: "action.updated", subject: { type: "action", id, name }, changes });

  function relinked(link: DefinitionLink): DefinitionLink {
    const { accept } = link;
    const kept = accept === undefined ? {} : { accept };
    if ("id" in link) return byId.has(link.id) ? link : { missing: gone.get(link.id) ?? link.id, ...kept };
    const found = byName.get(link.missing);
    return found ? { id: found.id, ...kept } : link;
  }
}
