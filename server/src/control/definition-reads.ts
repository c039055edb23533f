import type { Definition } from "@mooring/contract";
import { type DefinitionHead, type StoredDefinition, schemasUrl, shownDefinition } from "../domain/definition.ts";
import { Problem } from "../kernel/errors.ts";
import { referrersOf } from "../store/definition-uses.ts";
import { getDefinition } from "../store/definitions.ts";
import type { Content } from "./content.ts";

/** The definition of that name. Throws `Problem` not_found. */
export async function existingDefinition({ tx, org, version }: Content, name: string): Promise<StoredDefinition> {
  const definition = await getDefinition(tx, org, version.id, name);
  if (!definition) throw new Problem("not_found");
  return definition;
}

/** Definitions as a list shows them: each with the first hundred that refer to it. */
export async function shownDefinitions(
  deps: { readonly publicUrl: URL },
  content: Content,
  definitions: readonly DefinitionHead[],
  referrersMax = 100,
): Promise<Definition[]> {
  const { tx, org, version } = content;
  const ids = definitions.map(({ id }) => id);
  const referrers = await referrersOf(tx, org, version.id, ids, { max: referrersMax });
  const schemas = schemasUrl(deps.publicUrl, org, version.schemaKey);
  return definitions.map((one) => shownDefinition(one, schemas, referrers.get(one.id) ?? []));
}

/** A definition as it is shown alone, and its state: with its schema, which is shown elsewhere but is part of what a caller read. */
export interface DefinitionState {
  readonly definition: Definition;
  readonly state: unknown;
}

/** The definition with the first thousand that refer to it. */
export async function shownAlone(deps: { readonly publicUrl: URL }, content: Content, stored: StoredDefinition): Promise<DefinitionState> {
  const [definition] = (await shownDefinitions(deps, content, [stored], 1_000)) as [Definition];
  return { definition, state: { definition, contentType: stored.contentType, content: stored.content } };
}
