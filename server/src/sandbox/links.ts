import type { DefinitionId } from "../kernel/ids.ts";
import { isObject, type Schema, subschemasOf } from "./dialects.ts";
import { pointerOf, type SchemaDocument, schemaAt, targetOf } from "./references.ts";
import type { ValueFault } from "./value-faults.ts";

/**
 * What is wrong between the schemas of a request, stored as they will be, with what they refer to: a place that is not there, and
 * references that come back to where they began without going deeper into the value, which no validator would ever finish. What is not
 * among `documents` is taken for good. Only faults of the definitions in `asked` are told.
 */
export function faultsOfLinks(
  documents: ReadonlyMap<string, SchemaDocument>,
  asked: readonly DefinitionId[],
): ReadonlyMap<DefinitionId, readonly ValueFault[]> {
  const places = placesOf(documents);
  const byId = Map.groupBy(places.values(), ({ id }) => id);
  const done = new Set<Place>();
  return new Map(
    asked.map((id) => {
      const own = byId.get(id) ?? [];
      const missing = own.flatMap((place) => missingFrom(place, documents));
      return [id, missing.length > 0 ? missing : circlesIn(own, done, (place) => sameValue(place, places, documents))];
    }),
  );
}

interface Place {
  readonly id: string;
  readonly schema: Exclude<Schema, boolean>;
  readonly path: readonly string[];
  readonly document: SchemaDocument;
}

/** Every schema of every document that can be reached in it. */
function placesOf(documents: ReadonlyMap<string, SchemaDocument>): Map<Schema, Place> {
  const places = new Map<Schema, Place>();
  for (const [id, document] of documents) {
    const open: { schema: Schema; path: readonly string[] }[] = [{ schema: document.root, path: [] }];
    for (let next = open.pop(); next; next = open.pop()) {
      const { schema, path } = next;
      if (!isObject(schema) || places.has(schema)) continue;
      places.set(schema, { id, schema, path, document });
      for (const inner of subschemasOf(schema, document.dialect)) open.push({ schema: inner.schema, path: [...path, ...inner.path] });
      const local = typeof schema.$ref === "string" && schema.$ref.startsWith("#") ? schemaAt(document, schema.$ref.slice(1)) : undefined;
      if (local !== undefined) open.push({ schema: local, path: [] });
    }
  }
  return places;
}

function missingFrom({ schema, path, document }: Place, documents: ReadonlyMap<string, SchemaDocument>): ValueFault[] {
  return referencesIn(schema).flatMap(([keyword, reference]) => {
    const target = targetOf(reference);
    const home = target?.id === undefined ? document : documents.get(target.id);
    if (!target || !home || schemaAt(home, target.fragment) !== undefined) return [];
    return [{ pointer: pointerOf([...path, keyword]), message: `There is no schema at #${target.fragment} of that definition.` }];
  });
}

/** Goes from each schema to all that are held against the same value, and tells of each that leads back to where it came by. */
function circlesIn(own: readonly Place[], done: Set<Place>, onward: (place: Place) => readonly Place[]): ValueFault[] {
  const faults: ValueFault[] = [];
  for (const start of own) {
    const way: { place: Place; next: Iterator<Place> }[] = [];
    const onWay = new Set<Place>();
    const enter = (place: Place) => {
      onWay.add(place);
      way.push({ place, next: onward(place).values() });
    };
    if (!done.has(start)) enter(start);
    for (let top = way.at(-1); top; top = way.at(-1)) {
      const { value: place } = top.next.next();
      if (place === undefined) {
        way.pop();
        onWay.delete(top.place);
        done.add(top.place);
      } else if (onWay.has(place)) {
        const at = top.place.id === start.id ? top.place.path : [];
        faults.push({
          pointer: pointerOf(at),
          message: "This refers to itself without going deeper into the value, so nothing could be checked.",
        });
      } else if (!done.has(place)) enter(place);
    }
  }
  return faults;
}

function sameValue(
  { schema, document }: Place,
  places: ReadonlyMap<Schema, Place>,
  documents: ReadonlyMap<string, SchemaDocument>,
): Place[] {
  const inside = subschemasOf(schema, document.dialect).filter(({ isInPlace }) => isInPlace);
  const referred = referencesIn(schema).map(([, reference]) => {
    const target = targetOf(reference);
    const home = target?.id === undefined ? document : documents.get(target.id);
    return target && home ? schemaAt(home, target.fragment) : undefined;
  });
  return [...inside.map((one) => one.schema), ...referred].flatMap((one) => places.get(one as Schema) ?? []);
}

function referencesIn(schema: Exclude<Schema, boolean>): [keyword: string, reference: string][] {
  return ["$ref", "$dynamicRef"].flatMap((keyword) =>
    typeof schema[keyword] === "string" ? [[keyword, schema[keyword]] as [string, string]] : [],
  );
}
