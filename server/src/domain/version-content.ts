import type { ActionId, DefinitionId, TriggerId } from "../kernel/ids.ts";
import type { StoredAction } from "./action.ts";
import type { StoredDefinition } from "./definition.ts";
import type { Side } from "./schema-references.ts";
import type { StoredTrigger } from "./trigger.ts";

/** All that a version holds. */
export interface VersionContent {
  readonly actions: ReadonlyMap<ActionId, StoredAction>;
  readonly triggers: ReadonlyMap<TriggerId, StoredTrigger>;
  readonly definitions: ReadonlyMap<DefinitionId, StoredDefinition>;
}

/**
 * How many bytes its schemas and the documents of its actions and triggers may have together: what compares versions or tells their types has all of
 * one in memory. An import of the largest file stays below it.
 */
export const contentBytesMax = 64 * 1024 * 1024;

/** Whether a definition is a JSON Schema; else it is an XML Schema. */
export const isJsonSchema = ({ contentType }: Pick<StoredDefinition, "contentType">): boolean => /json/i.test(contentType);

/** The definitions as their schemas see them; each is read when it is first asked for. `keyOf` is the side's own. */
export function definitionSide({ definitions }: Pick<VersionContent, "definitions">, keyOf: (id: DefinitionId) => string): Side {
  const parsed = new Map<DefinitionId, unknown>();
  return {
    keyOf,
    nameOf: (id) => definitions.get(id)?.name ?? id,
    schemaOf(id) {
      const definition = definitions.get(id);
      if (definition && !parsed.has(id)) parsed.set(id, parsedSchema(definition));
      return parsed.get(id);
    },
  };
}

/** The schema of a definition; undefined for one that is no JSON Schema, or cannot be read. */
function parsedSchema(definition: StoredDefinition): unknown {
  if (!isJsonSchema(definition)) return undefined;
  try {
    return JSON.parse(definition.content);
  } catch {
    return undefined;
  }
}
