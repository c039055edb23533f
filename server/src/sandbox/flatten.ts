import { Problem } from "../kernel/errors.ts";
import { dialectSchemas } from "./dialect-schemas.ts";
import { type Dialect, dialectOf, isObject, type Schema, subschemasOf } from "./dialects.ts";
import { cleaned } from "./keywords.ts";
import { type DialectId, type SchemaDocument, schemaAt, type Target, targetOf } from "./references.ts";

/** A schema and all that it reaches. */
export interface SchemaBundle {
  /** JSON Schema as text, or the id of one of the definitions. References in it are in the stored form. */
  readonly root: string;
  /** As stored: all that the root refers to, and what those refer to. */
  readonly definitions: readonly { readonly id: string; readonly content: string }[];
}

/** The documents of a bundle by id, and the one to begin with. Throws `Problem` definition_unusable when a text is no schema. */
export function documentsOf({ root, definitions }: SchemaBundle): { root: SchemaDocument; byId: ReadonlyMap<string, SchemaDocument> } {
  const byId = new Map(definitions.map(({ id, content }) => [id, documentOf(content)]));
  return { root: byId.get(root) ?? documentOf(root), byId };
}

function documentOf(content: string): SchemaDocument {
  let root: Schema;
  try {
    root = JSON.parse(content) as Schema;
  } catch {
    throw new Problem("definition_unusable");
  }
  return { root, dialect: dialectOf(root) ?? "2020-12" };
}

/**
 * One schema in 2020-12 that says the same: every place that something refers to is in its `$defs` under a name of our own, and every
 * reference points there. So nothing has to be looked up by address, and what no dialect knows is gone. Each schema is in it once.
 * Throws `Problem` definition_unusable where a reference points to nothing.
 */
export function flatten({ root, byId }: { root: SchemaDocument; byId: ReadonlyMap<string, SchemaDocument> }): Schema {
  const { targets, dialects, resolve } = mark({ root, byId });
  const translate = (schema: Schema, isTarget = false): Schema => {
    if (typeof schema === "boolean") return schema;
    const name = targets.get(schema);
    if (name !== undefined && !isTarget) return { $ref: `#/$defs/${name}` };
    return cleaned(schema, dialects.get(schema) ?? "2020-12", { translate, refer: (reference) => translate(resolve(schema, reference)) });
  };
  const $defs = Object.fromEntries([...targets].map(([schema, name]) => [name, translate(schema, true)]));
  const start = translate(root.root);
  if (Object.keys($defs).length === 0) return start;
  return typeof start === "boolean" ? start : { $defs, allOf: [start] };
}

/** Finds everything that can be reached, and gives a name to what something refers to. */
function mark({ root, byId }: { root: SchemaDocument; byId: ReadonlyMap<string, SchemaDocument> }) {
  const targets = new Map<SchemaObject, string>();
  const dialects = new Map<SchemaObject, Dialect>();
  const homes = new Map<SchemaObject, SchemaDocument>();
  const open: { schema: Schema; home: SchemaDocument }[] = [{ schema: root.root, home: root }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { schema, home } = next;
    if (!isObject(schema) || homes.has(schema)) continue;
    homes.set(schema, home);
    dialects.set(schema, home.dialect);
    const isReferenceOnly = home.dialect === "draft-07" && typeof schema.$ref === "string";
    if (!isReferenceOnly) for (const inner of subschemasOf(schema, home.dialect)) open.push({ schema: inner.schema, home });
    for (const reference of [schema.$ref, schema.$dynamicRef]) {
      if (typeof reference !== "string") continue;
      const found = lookUp(home, reference, byId);
      if (!isObject(found.schema)) continue;
      if (!targets.has(found.schema)) targets.set(found.schema, `s${targets.size}`);
      open.push(found);
    }
  }
  const resolve = (from: SchemaObject, reference: string) => lookUp(homes.get(from) as SchemaDocument, reference, byId).schema;
  return { targets, dialects, resolve };
}

/** The schema that a stored reference points to, and the document it is in. */
function lookUp(
  home: SchemaDocument,
  reference: string,
  byId: ReadonlyMap<string, SchemaDocument>,
): { schema: Schema; home: SchemaDocument } {
  const target: Target | undefined = targetOf(reference);
  const there = target && (target.id === undefined ? home : (byId.get(target.id) ?? dialectSchemas.get(target.id as DialectId)));
  const schema = target && there && schemaAt(there, target.fragment);
  if (there === undefined || schema === undefined) throw new Problem("definition_unusable");
  return { schema, home: there };
}

type SchemaObject = Exclude<Schema, boolean>;
