import { setImmediate } from "node:timers/promises";
import type { StoredDefinition } from "../domain/definition.ts";
import type { VersionContent } from "../domain/version-content.ts";
import type { WayKind, Ways } from "../domain/way.ts";
import type { DefinitionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import { definitionsAfter } from "../store/definitions.ts";
import { waysAfter } from "../store/ways.ts";
import { createTurns } from "./turns.ts";

/** In which `contentOf` and `definitionsOf` are to be asked for, from outside of a transaction: all of a version may be as long as `contentBytesMax` says. */
export const inTurnOfVersions = createTurns({ placesMax: 2, waitingMax: 128 });

/**
 * All that a version holds, read in portions between which the event loop runs. Nothing holds a draft still meanwhile, unless its
 * connection is locked.
 */
export async function contentOf(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<VersionContent> {
  return {
    actions: await waysOf(tx, org, versionId, "action"),
    triggers: await waysOf(tx, org, versionId, "trigger"),
    definitions: await definitionsOf(tx, org, versionId),
  };
}

function waysOf<Kind extends WayKind>(tx: Tx, org: OrganisationId, versionId: VersionId, kind: Kind) {
  return inPortions<Ways[Kind]["id"], Ways[Kind]>((after) => waysAfter(tx, org, versionId, kind, { after, count: portionWays }));
}

/** The definitions alone, in the same way. */
export function definitionsOf(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<Map<DefinitionId, StoredDefinition>> {
  return inPortions((after) => definitionsAfter(tx, org, versionId, { after, count: portionDefinitions }));
}

// A definition's schema may be long: up to 1 MB, though most are a few KB.
const portionWays = 200;
const portionDefinitions = 100;

async function inPortions<Id extends string, Thing extends { readonly id: Id }>(
  read: (after: Id | undefined) => Promise<Thing[]>,
): Promise<Map<Id, Thing>> {
  const all = new Map<Id, Thing>();
  let portion = await read(undefined);
  while (portion.length > 0) {
    for (const thing of portion) all.set(thing.id, thing);
    await setImmediate();
    portion = await read(portion.at(-1)?.id);
  }
  return all;
}

/** Runs work that yields after each part to its end, and lets the event loop run whenever it has taken `turnMs`. */
export async function inTurns<Result>(work: Generator<undefined, Result>): Promise<Result> {
  let startedMs = performance.now();
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    if (performance.now() - startedMs < turnMs) continue;
    await setImmediate();
    startedMs = performance.now();
  }
}

const turnMs = 10;
