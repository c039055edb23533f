import { hash } from "node:crypto";
import { mapReferences, parseStoredReference, referencesIn, type StoredDefinition, schemasUrl } from "../domain/definition.ts";
import { Problem } from "../kernel/errors.ts";
import { type DefinitionId, isUlid, type OrganisationId } from "../kernel/ids.ts";
import type { Database } from "../store/database.ts";
import { getDefinition, headsByIds } from "../store/definitions.ts";
import { versionOfSchemaKey } from "../store/versions.ts";

/** A schema as everybody who has its address may read it. */
export interface ServedSchema {
  readonly contentType: string;
  readonly text: string;
  /** A strong entity tag (RFC 9110, section 8.8.3). */
  readonly etag: string;
}

/** The address of a schema, taken apart. */
export interface SchemaPlace {
  readonly org: string;
  readonly schemaKey: string;
  readonly name: string;
}

/**
 * The schema at an address, in which every reference to another definition is the address of that one's schema. Throws `Problem` not_found,
 * whichever part of the address is wrong.
 */
export async function read({ db, publicUrl }: { db: Database; publicUrl: URL }, place: SchemaPlace): Promise<ServedSchema> {
  const { schemaKey, name } = place;
  const org = place.org as OrganisationId;
  if (!isUlid(org) || !/^[0-9a-f]{32}$/.test(schemaKey) || !/^[\w-]{1,200}$/.test(name)) throw new Problem("not_found");
  const schemas = schemasUrl(publicUrl, org, schemaKey);
  const { contentType, content } = await db.read(org, async (tx) => {
    const versionId = await versionOfSchemaKey(tx, org, schemaKey);
    const definition = versionId && (await getDefinition(tx, org, versionId, name));
    if (!definition) throw new Problem("not_found");
    if (!definition.contentType.endsWith("json")) return definition;
    return { ...definition, content: await withAddresses(definition, schemas, (ids) => headsByIds(tx, org, versionId, ids)) };
  });
  return { contentType, text: content, etag: `"${hash("sha256", content, "base64url")}"` };
}

type Names = ReadonlyMap<DefinitionId, { readonly name: string }>;

async function withAddresses(
  { name, content }: StoredDefinition,
  schemas: string,
  namesOf: (ids: Iterable<DefinitionId>) => Promise<Names>,
): Promise<string> {
  const schema: unknown = JSON.parse(content);
  const names = await namesOf(referencesIn(schema).keys());
  const served = mapReferences(schema, (reference) => {
    const parsed = parseStoredReference(reference);
    if (!parsed) return reference;
    // What was deleted has no name any more, and its id is none of a definition: the address leads nowhere.
    return `${schemas}${names.get(parsed.id)?.name ?? `deleted:${parsed.id}`}${parsed.fragment}`;
  });
  if (typeof served !== "object" || served === null) return content;
  const { $schema, $id: _, ...rest } = served as Record<string, unknown>;
  return JSON.stringify({ ...($schema === undefined ? {} : { $schema }), $id: schemas + name, ...rest });
}
