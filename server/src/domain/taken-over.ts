import type { DefinitionId } from "../kernel/ids.ts";
import type { DefinitionLink } from "./action.ts";
import type { DraftDefinition } from "./api-draft.ts";
import { storedReference } from "./definition.ts";
import { mapLinks, usesOf, type WayKind, type Ways } from "./way.ts";

/** The ids by which a version knows its content, by name. */
export interface KnownIds {
  readonly definitions: ReadonlyMap<string, DefinitionId>;
  readonly ways: { readonly [Kind in WayKind]: ReadonlyMap<string, Ways[Kind]["id"]> };
}

/** Gives rows their ids in another version. */
export interface TakeOver {
  ofDefinition(definition: DraftDefinition): DraftDefinition;
  ofWay<Kind extends WayKind, Way extends Ways[Kind] & Pick<DraftDefinition, "uses">>(kind: Kind, way: Way): Way;
}

/**
 * The rows with the ids of `known` where the names are the same, everywhere an id stands: what has the same name in two versions is the
 * same thing at two times, so that they can be compared. Definitions may refer to any of `definitions`, so those are named apart.
 */
export function createTakeOver(definitions: readonly Pick<DraftDefinition, "id" | "name">[], known: KnownIds): TakeOver {
  const ids = new Map<DefinitionId, DefinitionId>();
  for (const { id, name } of definitions) {
    const own = known.definitions.get(name);
    if (own !== undefined) ids.set(id, own);
  }
  const now = (id: DefinitionId): DefinitionId => ids.get(id) ?? id;
  return { ofDefinition, ofWay };

  function ofDefinition(definition: DraftDefinition): DraftDefinition {
    // Fresh ids are in no other text, so that the schema need not be parsed to find them.
    const content = definition.content.replaceAll(reference, (_, id: DefinitionId) => storedReference(now(id)));
    return { ...definition, id: now(definition.id), content, uses: definition.uses.map(now) };
  }

  function ofWay<Kind extends WayKind, Way extends Ways[Kind] & Pick<DraftDefinition, "uses">>(kind: Kind, way: Way): Way {
    const { document } = way;
    return {
      ...way,
      id: known.ways[kind].get(way.name) ?? way.id,
      document: usesOf(document).length === 0 ? document : mapLinks(document, linkNow),
      uses: way.uses.map(now),
    };
  }

  function linkNow(link: DefinitionLink): DefinitionLink {
    return "id" in link ? { ...link, id: now(link.id) } : link;
  }
}

const reference = new RegExp(storedReference("([0-7][0-9A-HJKMNP-TV-Z]{25})" as DefinitionId), "g");
