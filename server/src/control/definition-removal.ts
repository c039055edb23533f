import type { DefinitionDeletePreconditionFailed, DefinitionsDelete } from "@mooring/contract";
import type { DefinitionHead } from "../domain/definition.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ConnectionId, DefinitionId } from "../kernel/ids.ts";
import { type Except, referrersOf, usedByOthers } from "../store/definition-uses.ts";
import { definitionHeads, deleteDefinitions, headsByIds, headsByNames } from "../store/definitions.ts";
import { type Call, requireMatch } from "./change.ts";
import { changeDraft, type Draft } from "./content.ts";
import { existingDefinition, shownAlone } from "./definition-reads.ts";
import type { DefinitionDeps } from "./definition-schemas.ts";
import { definitionsGone } from "./definition-users.ts";

/** Deletes a definition. Throws `Problem` not_found; definition_in_use while something else refers to it, unless `force`d. */
export async function remove(
  deps: DefinitionDeps,
  call: Call,
  connectionId: ConnectionId,
  version: string,
  name: string,
  { force }: { force: boolean },
): Promise<void> {
  await changeDraft(deps, call, connectionId, version, async (draft) => {
    const before = await existingDefinition(draft, name);
    requireMatch(call, (await shownAlone(deps, draft, before)).state);
    await removeAll(draft, { chosen: [before], except: new Set([before.id]), force }, ([definition]) => ({ definition }));
  });
}

/**
 * Deletes all the definitions chosen, or none. Throws `Problem` invalid_request for a choice of what is not there; definition_in_use while
 * something that is not deleted with them refers to one, unless `force`d.
 */
export async function removeMany(
  deps: DefinitionDeps,
  call: Call,
  connectionId: ConnectionId,
  version: string,
  choice: DefinitionsDelete,
  { force }: { force: boolean },
): Promise<void> {
  // A list has no ETag, so whatever state is asked for is none that anybody read.
  if (call.ifMatch !== undefined && call.ifMatch.trim() !== "*") throw new Problem("precondition_failed");
  await changeDraft(deps, call, connectionId, version, async (draft) => {
    const chosen = await chosenOf(draft, choice);
    const except = choice.all ? "definitions" : new Set(chosen.map(({ id }) => id));
    await removeAll(draft, { chosen, except, force }, (definitions) => ({ definitions }));
  });
}

type Blocked = NonNullable<DefinitionDeletePreconditionFailed["definition"]>;

async function removeAll(
  draft: Draft,
  { chosen, except, force }: { chosen: readonly DefinitionHead[]; except: Except; force: boolean },
  members: (blocked: Blocked[]) => Record<string, unknown>,
): Promise<void> {
  const { tx, org, version, recorder } = draft;
  const ids = chosen.map(({ id }) => id);
  if (force) await definitionsGone(draft, chosen, except);
  else {
    const blocked = await blockedBy(draft, chosen, except);
    if (blocked.length > 0) throw new Problem("definition_in_use", { members: members(blocked) });
  }
  await deleteDefinitions(tx, org, version.id, ids);
  for (const { id, name } of chosen) recorder.audit({ operation: "definition.deleted", subject: { type: "definition", id, name } });
}

/** Those of `chosen` that something else refers to, and what that is; the first hundred. */
async function blockedBy({ tx, org, version }: Draft, chosen: readonly DefinitionHead[], except: Except): Promise<Blocked[]> {
  const names = new Map(chosen.map(({ id, name }) => [id, name]));
  const used = await usedByOthers(tx, org, version.id, [...names.keys()], { except, max: 100 });
  const referrers = await referrersOf(tx, org, version.id, used, { except });
  return used.map((id) => ({ id, name: names.get(id) ?? "", referencedBy: referrers.get(id) ?? [] }));
}

/** What a choice means. Throws `Problem` invalid_request with every fault of it. */
async function chosenOf(draft: Draft, choice: DefinitionsDelete): Promise<DefinitionHead[]> {
  const { tx, org, version } = draft;
  const { ids = [], names = [], all = false } = choice;
  requireSound(contradictions(choice));
  if (all) return definitionHeads(tx, org, version.id);
  const byName = await headsByNames(tx, org, version.id, names);
  const byId = await headsByIds(tx, org, version.id, ids as DefinitionId[]);
  const places = new Map(ids.map((id, index) => [id, index]));
  requireSound([
    ...ids.flatMap((id, index) => (byId.has(id as DefinitionId) ? [] : [{ field: `ids[${index}]`, message: unknown }])),
    ...names.flatMap((name, index) => {
      const id = byName.get(name)?.id;
      const message = id === undefined ? unknown : places.has(id) ? `This is the same definition as ids[${places.get(id)}].` : undefined;
      return message === undefined ? [] : [{ field: `names[${index}]`, message }];
    }),
  ]);
  return [...byId.values(), ...byName.values()];
}

const unknown = "The version has no such definition.";

function contradictions(choice: DefinitionsDelete): Fault[] {
  const named = (["ids", "names"] as const).filter((field) => choice[field] !== undefined);
  if (choice.all) return named.map((field) => ({ field, message: "Send this or `all`, not both." }));
  return named.length > 0 ? [] : [{ field: "", message: "Name definitions in `ids` or `names`, or send `all` as true." }];
}

function requireSound(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults.slice(0, faultsMax) });
}

const faultsMax = 200;
