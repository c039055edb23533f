import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { ContentError } from "@mooring/contract";
import type { DefinitionLink } from "../domain/action.ts";
import { actionFaultsAgain } from "../domain/action-faults.ts";
import { isError } from "../domain/content-error.ts";
import type { DefinitionHead } from "../domain/definition.ts";
import { triggerFaults } from "../domain/trigger-faults.ts";
import { type KnownDefinitions, mapLinks, missingIn, usesOf, type Way, type WayKind, type Ways } from "../domain/way.ts";
import type { DefinitionId } from "../kernel/ids.ts";
import { replaceUses } from "../store/definition-uses.ts";
import { definitionHeads, headsByIds, headsByNames } from "../store/definitions.ts";
import { updateWay, waysAfter, waysByIds, waysMissingDefinitions } from "../store/ways.ts";
import type { Content, Draft } from "./content.ts";
import { differences } from "./differences.ts";

/** An action or a trigger that keeps its version from being published, and why. */
export interface FaultyWay {
  readonly name: string;
  readonly errors: readonly ContentError[];
}

/**
 * Checks every action or trigger of a version anew, whatever is kept of earlier checks of its links; [] when none keeps it from being
 * published. Lets the event loop run between portions.
 */
export async function faultyWays({ tx, org, version }: Content, kind: WayKind): Promise<FaultyWay[]> {
  const definitions = new Map((await definitionHeads(tx, org, version.id)).map((head) => [head.id, head]));
  const faulty: FaultyWay[] = [];
  let portion = await waysAfter(tx, org, version.id, kind, { after: undefined, count: portionWays });
  while (portion.length > 0) {
    for (const way of portion) {
      const errors = faultsAgain(kind, way, definitions).filter(isError);
      if (errors.length > 0) faulty.push({ name: way.name, errors });
    }
    await setImmediate();
    portion = await waysAfter(tx, org, version.id, kind, { after: portion.at(-1)?.id, count: portionWays });
  }
  return faulty;
}

const portionWays = 100;

/** Those of a kind that are to be looked at again. */
export type ChosenWays = { readonly [Kind in WayKind]: Iterable<Ways[Kind]["id"]> };

/**
 * Checks those chosen again after definitions that they use have changed, and writes those that are not what they were. `gone` has the
 * names of definitions that are deleted, or are about to be: a link to one keeps its name, and is a link again once there is one of that
 * name.
 */
export async function recheckWays(draft: Draft, chosen: ChosenWays, gone: Names = new Map()): Promise<void> {
  await recheckAll(draft, "action", chosen.action, gone);
  await recheckAll(draft, "trigger", chosen.trigger, gone);
}

/** The same for those that link to what the version does not have: after definitions have come or have another name. */
export async function recheckMissing(draft: Draft): Promise<void> {
  const { tx, org, version } = draft;
  await recheckWays(draft, {
    action: await waysMissingDefinitions(tx, org, version.id, "action"),
    trigger: await waysMissingDefinitions(tx, org, version.id, "trigger"),
  });
}

async function recheckAll<Kind extends WayKind>(draft: Draft, kind: Kind, ids: Iterable<Ways[Kind]["id"]>, gone: Names): Promise<void> {
  const { tx, org, version } = draft;
  const all = [...new Set(ids)];
  for (let at = 0; at < all.length; at += portionWays) {
    const ways = await waysByIds(tx, org, version.id, kind, all.slice(at, at + portionWays));
    const known = await definitionsAround(draft, ways, gone);
    for (const way of ways) await recheck(draft, kind, way, known, gone);
    await setImmediate();
  }
}

type Names = ReadonlyMap<DefinitionId, string>;

interface Known {
  readonly byId: ReadonlyMap<DefinitionId, DefinitionHead>;
  readonly byName: ReadonlyMap<string, DefinitionHead>;
}

/** The definitions that they link to or would link to, without those of `gone`. */
async function definitionsAround({ tx, org, version }: Draft, ways: readonly Way[], gone: Names): Promise<Known> {
  const documents = ways.map(({ document }) => document);
  const linked = await headsByIds(tx, org, version.id, documents.flatMap(usesOf));
  const named = await headsByNames(tx, org, version.id, documents.flatMap(missingIn));
  const heads = [...linked.values(), ...named.values()].filter(({ id }) => !gone.has(id));
  return { byId: new Map(heads.map((head) => [head.id, head])), byName: new Map(heads.map((head) => [head.name, head])) };
}

async function recheck<Kind extends WayKind>(
  { tx, org, version, now, recorder }: Draft,
  kind: Kind,
  way: Ways[Kind],
  { byId, byName }: Known,
  gone: Names,
): Promise<void> {
  const document = mapLinks(way.document, relinked);
  const after = { ...way, document, errors: faultsAgain(kind, { ...way, document }, byId) };
  if (isDeepStrictEqual(after, way)) return;
  const { id, name } = way;
  await updateWay(tx, org, version.id, kind, after, now);
  await replaceUses(tx, org, version.id, { type: kind, id }, usesOf(document));
  const changes = differences({ errors: way.errors }, { errors: after.errors });
  recorder.audit({ operation: `${kind}.updated`, subject: { type: kind, id, name }, changes });

  function relinked(link: DefinitionLink): DefinitionLink {
    const { accept } = link;
    const kept = accept === undefined ? {} : { accept };
    if ("id" in link) return byId.has(link.id) ? link : { missing: gone.get(link.id) ?? link.id, ...kept };
    const found = byName.get(link.missing);
    return found ? { id: found.id, ...kept } : link;
  }
}

/** The faults of one whose links may have become others. */
const faultsAgain = <Kind extends WayKind>(kind: Kind, way: Ways[Kind], definitions: KnownDefinitions): ContentError[] =>
  again[kind](way, definitions);

const again: { readonly [Kind in WayKind]: (way: Ways[Kind], definitions: KnownDefinitions) => ContentError[] } = {
  action: actionFaultsAgain,
  trigger: ({ document }, definitions) => triggerFaults(document, definitions),
};
