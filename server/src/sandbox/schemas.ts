import { hash } from "node:crypto";
import { type CalledDefinition, parseStoredReference } from "../domain/definition.ts";
import type { DefinitionId } from "../kernel/ids.ts";
import { kindOf, parseMediaType } from "../protocols/http/action/media-type.ts";
import type { Parameter } from "../protocols/http/action/parameters.ts";

/** The schemas that values of one action are held against, in the form that workers take. */
export interface Schemas {
  /** The JSON Schema of a definition, with all that it refers to. Undefined for any other, and where the action does not reach it. */
  of(id: DefinitionId): Schema | undefined;
  /** The XML Schema of a definition; undefined for any other. Its `root` is the schema itself. */
  xmlOf(id: DefinitionId): Schema | undefined;
  /** Of an object that has parameters by their addresses; undefined when none says more than its type. */
  readonly parameters: Schema | undefined;
}

/** A schema with everything that it needs. */
export interface Schema {
  /** The same for the same texts, and for no others. */
  readonly key: string;
  /** The schema as text, or the id of one of the definitions. */
  readonly root: string;
  readonly definitions: readonly Pick<CalledDefinition, "id" | "content">[];
}

/** Works each out on first use. */
export function createSchemas(definitions: readonly CalledDefinition[], parameters: readonly Parameter[]): Schemas {
  const byId = new Map(definitions.map((definition) => [definition.id, definition]));
  const known = new Map<DefinitionId, Schema>();
  return { of, xmlOf, parameters: parametersSchema(parameters) };

  function of(id: DefinitionId): Schema | undefined {
    const found = known.get(id);
    const definition = byId.get(id);
    if (definition === undefined || kindOfSchema(definition) !== "json") return undefined;
    if (found) return found;
    const schema = schemaOf(id, reachedFrom(id));
    known.set(id, schema);
    return schema;
  }

  function xmlOf(id: DefinitionId): Schema | undefined {
    const definition = byId.get(id);
    if (definition === undefined || kindOfSchema(definition) !== "xml") return undefined;
    const found = known.get(id) ?? schemaOf(definition.content, []);
    known.set(id, found);
    return found;
  }

  function reachedFrom(id: DefinitionId): CalledDefinition[] {
    const reached = new Set([id]);
    for (const one of reached) for (const next of referencesIn(byId.get(one)?.content ?? "")) reached.add(next);
    return [...reached].flatMap((one) => byId.get(one) ?? []);
  }
}

/** What looks like a reference in a text and is none does no harm: at most one schema more goes along. */
function referencesIn(content: string): DefinitionId[] {
  return [...content.matchAll(/"(mooring:[0-9A-Z]{26})[#"]/g)].flatMap(([, reference = ""]) => parseStoredReference(reference)?.id ?? []);
}

/** An XML Schema says nothing of JSON, nor the other way round. */
const kindOfSchema = ({ contentType }: CalledDefinition) => kindOf(parseMediaType(contentType)?.essence ?? "");

function schemaOf(root: string, definitions: Schema["definitions"]): Schema {
  const texts = definitions.map(({ id, content }) => [id, content]);
  return { key: hash("sha256", JSON.stringify([root, texts]), "base64url"), root, definitions };
}

function parametersSchema(parameters: readonly Parameter[]): Schema | undefined {
  const constrained = parameters.filter(({ schema }) => schema !== undefined);
  if (constrained.length === 0) return undefined;
  const properties = Object.fromEntries(constrained.map(({ address, schema }) => [address, schema]));
  return schemaOf(JSON.stringify({ type: "object", properties }), []);
}
