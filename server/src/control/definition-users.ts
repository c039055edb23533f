import type { ContentError } from "@mooring/contract";
import { type DefinitionHead, referencesIn, type StoredDefinition } from "../domain/definition.ts";
import type { DefinitionId } from "../kernel/ids.ts";
import { type DefinitionUse, type Except, usesByOthers } from "../store/definition-uses.ts";
import { definitionsByIds, setDefinitionErrors } from "../store/definitions.ts";
import type { Draft } from "./content.ts";
import { recheckMissing, recheckWays } from "./way-checks.ts";

/**
 * Puts an error on everything but `except` that refers to `gone`, which are about to be deleted. A definition has it until its schema is
 * changed; an action or a trigger until there is a definition of that name again, or it is changed.
 */
export async function definitionsGone(draft: Draft, gone: readonly DefinitionHead[], except: Except): Promise<void> {
  const { tx, org, version } = draft;
  const names = new Map(gone.map(({ id, name }) => [id, name]));
  const uses = await usesByOthers(tx, org, version.id, [...names.keys()], except);
  await breakDefinitions(draft, idsOf(uses, "definition"), names);
  await recheckWays(draft, { action: idsOf(uses, "action"), trigger: idsOf(uses, "trigger") }, names);
}

async function breakDefinitions(draft: Draft, ids: readonly DefinitionId[], gone: ReadonlyMap<DefinitionId, string>): Promise<void> {
  const { tx, org, version, now, recorder } = draft;
  for (const definition of (await definitionsByIds(tx, org, version.id, ids)).values()) {
    const { id, name } = definition;
    const errors = [...definition.errors, ...lostReferences(definition, gone)];
    await setDefinitionErrors(tx, org, version.id, { id, errors }, now);
    recorder.audit({
      operation: "definition.updated",
      subject: { type: "definition", id, name },
      changes: [{ field: "errors", before: definition.errors, after: errors }],
    });
  }
}

function lostReferences({ content }: StoredDefinition, gone: ReadonlyMap<DefinitionId, string>): ContentError[] {
  return [...referencesIn(JSON.parse(content))].flatMap(([id, pointer]) => {
    const name = gone.get(id);
    if (name === undefined) return [];
    return [{ field: pointer, message: `The schema refers to ${name}, which was deleted: change it.`, severity: "error" as const }];
  });
}

/**
 * Checks again whatever uses `changed`, and whatever was without a definition of a name that there is now: `named` were made or got
 * another name.
 */
export async function definitionsChanged(
  draft: Draft,
  { named, changed }: { readonly named: readonly DefinitionHead[]; readonly changed: readonly DefinitionId[] },
): Promise<void> {
  const { tx, org, version } = draft;
  const uses = await usesByOthers(tx, org, version.id, changed, "definitions");
  await recheckWays(draft, { action: idsOf(uses, "action"), trigger: idsOf(uses, "trigger") });
  if (named.length > 0) await recheckMissing(draft);
}

const idsOf = <Id extends string>(uses: readonly DefinitionUse[], type: DefinitionUse["user"]["type"]) => [
  ...new Set(uses.filter(({ user }) => user.type === type).map(({ user }) => user.id as Id)),
];
