import type { DraftDefinition } from "../../../domain/api-draft.ts";
import { definitionsMax, storedReference } from "../../../domain/definition.ts";
import { Problem } from "../../../kernel/errors.ts";
import type { DefinitionId } from "../../../kernel/ids.ts";
import { findEndless } from "./endless.ts";
import { createDefinitionNames } from "./names.ts";
import type { Notes } from "./notes.ts";
import { below, fragmentOf, type Place, pointerOf, pointerTo, root, stepsOf } from "./place.ts";
import { definitionDescriptionMax, localSteps, type SpecificationVersion } from "./reading.ts";
import { convertSchema, type SchemaReading } from "./schemas.ts";
import { staysInPlace } from "./shifts.ts";
import { cleanText, emptyObject, type JsonObject, objectOf, ownOf, textOf, valueAt } from "./values.ts";

/** The schemas of a file that become definitions: all of its components, and whatever else is asked for. */
export interface Definitions {
  /**
   * The definition of the schema at a place, which is made when it is first asked for, with a name made of `name`. A schema that is
   * nothing but a reference to a component is that component's.
   */
  at(schema: unknown, place: Place, name: string): DefinitionId;
  /** That a definition describes bodies of a media type. */
  describes(id: DefinitionId, mediaType: string): void;
  /** The media types it describes, when all is read. */
  acceptOf(id: DefinitionId): readonly string[];
  /** Where in the file its schema is. */
  placeOf(id: DefinitionId): Place;
  /** All of them in order. Each is read when its turn comes, which may add others behind it. */
  rows(): Generator<DraftDefinition>;
}

interface Entry {
  readonly id: DefinitionId;
  readonly name: string;
  readonly schema: unknown;
  readonly steps: readonly string[];
  readonly place: Place;
  readonly accept: Set<string>;
}

interface Deps {
  readonly document: JsonObject;
  readonly version: SpecificationVersion;
  readonly notes: Notes;
  readonly nextId: () => DefinitionId;
  readonly patternFault: (pattern: string) => string | undefined;
}

/** Starts with the component schemas, so that they keep their names. */
export function createDefinitions({ document, version, notes, nextId, patternFault }: Deps): Definitions {
  const entries: Entry[] = [];
  const byPointer = new Map<string, Entry>();
  const byId = new Map<string, Entry>();
  const byAddress = new Map<string, Entry>();
  const names = createDefinitionNames();
  const endless = findEndless(document);
  const components = objectOf(valueAt(document, componentSteps)) ?? {};
  for (const key of Object.keys(components)) {
    const place = below(root, ...componentSteps, key);
    const { name, isChanged } = names.take(key);
    if (isChanged) notes.note("nameChanged", place);
    const entry = add({ name, schema: components[key], steps: [...componentSteps, key], place });
    const address = textOf(ownOf(components[key], "$id"));
    if (address !== undefined) byAddress.set(address, entry);
  }
  return { at, describes, acceptOf: (id) => accepted(byId.get(id)), placeOf: (id) => byId.get(id)?.place ?? root, rows };

  function add(one: Pick<Entry, "name" | "schema" | "steps" | "place">): Entry {
    if (entries.length >= definitionsMax) throw tooMany(one.place);
    const entry: Entry = { ...one, id: nextId(), accept: new Set() };
    entries.push(entry);
    byId.set(entry.id, entry);
    byPointer.set(pointerTo(one.steps), entry);
    return entry;
  }

  function at(schema: unknown, place: Place, name: string): DefinitionId {
    const component = componentOf(schema);
    if (component !== undefined) return component.id;
    return inline(schema, place, name).id;
  }

  function inline(schema: unknown, place: Place, name: string): Entry {
    return byPointer.get(pointerOf(place)) ?? add({ name: names.take(name).name, schema, steps: stepsOf(place), place });
  }

  function componentOf(schema: unknown): Entry | undefined {
    const object = objectOf(schema);
    if (object === undefined || !Object.hasOwn(object, "$ref") || endless.has(object)) return undefined;
    if (version !== "3.0" && Object.keys(object).length > 1) return undefined;
    const steps = localSteps(object.$ref);
    return steps && byPointer.get(pointerTo(steps));
  }

  function describes(id: DefinitionId, mediaType: string) {
    const accept = byId.get(id)?.accept;
    if (accept !== undefined && accept.size < acceptMax) accept.add(mediaType);
  }

  function* rows(): Generator<DraftDefinition> {
    for (const entry of entries) yield rowOf(entry);
  }

  function rowOf(entry: Entry): DraftDefinition {
    const uses = new Set<DefinitionId>();
    const reading: SchemaReading = {
      version,
      notes,
      patternFault,
      isOneWay,
      reference: (schema, place) => reference(schema, place, entry, uses),
    };
    const schema = convertSchema(entry.schema, entry.place, reading);
    const description = typeof schema === "boolean" ? undefined : cleanText(schema.description, definitionDescriptionMax);
    return {
      id: entry.id,
      name: entry.name,
      accept: accepted(entry),
      ...(description !== undefined && { description }),
      contentType: "application/schema+json",
      content: JSON.stringify(schema),
      errors: [],
      uses: [...uses],
    };
  }

  function reference(schema: JsonObject, place: Place, from: Entry, uses: Set<DefinitionId>): JsonObject {
    const at = below(place, "$ref");
    const found = endless.has(schema) ? "cyclic" : target(schema.$ref, from);
    if (typeof found === "string") {
      notes.note(found, at);
      return emptyObject();
    }
    if (found.anchor !== undefined) return { $ref: found.anchor };
    uses.add(found.entry.id);
    return { $ref: storedReference(found.entry.id, fragmentOf(found.rest)) };
  }

  function target(reference: unknown, from: Entry): Target | "missing" | "outside" | "brokenSchema" {
    if (typeof reference !== "string") return "brokenSchema";
    if (!reference.startsWith("#")) {
      const entry = byAddress.get(reference);
      return entry ? { entry, rest: [] } : "outside";
    }
    const steps = localSteps(reference);
    if (steps === undefined) return { entry: from, rest: [], anchor: reference };
    if (steps.length === 0) return { entry: from, rest: [] };
    const value = valueAt(document, steps);
    if (value !== undefined) return within(steps, value);
    // Written as in a schema that is a file of its own.
    const own = valueAt(from.schema, steps);
    return own === undefined ? "missing" : within([...from.steps, ...steps], own);
  }

  /** The component that the steps lead into, and the rest of them; else a definition of its own. */
  function within(steps: readonly string[], value: unknown): Target {
    const entry = byPointer.get(pointerTo(steps.slice(0, 3))) ?? byPointer.get(pointerTo(steps));
    const rest = steps.slice(entry?.steps.length ?? 0);
    if (entry !== undefined && staysInPlace(entry.schema, rest)) return { entry, rest };
    return { entry: inline(value, below(root, ...steps), steps.filter((step) => !unspeaking.has(step)).join("_")), rest: [] };
  }

  function isOneWay(property: unknown): boolean {
    let schema = objectOf(property);
    for (let hops = 0; schema !== undefined && hops < hopsMax; hops++) {
      if (schema.readOnly === true || schema.writeOnly === true) return true;
      const steps = localSteps(schema.$ref);
      schema = steps && objectOf(valueAt(document, steps));
    }
    return false;
  }
}

interface Target {
  readonly entry: Entry;
  readonly rest: readonly string[];
  /** A reference by anchor, which stays as it is. */
  readonly anchor?: string;
}

const componentSteps = ["components", "schemas"];
const unspeaking = new Set(["components", "schemas", "properties", "schema", "content", "paths"]);
const acceptMax = 50;
const hopsMax = 10;

const accepted = (entry: Entry | undefined): readonly string[] =>
  entry === undefined || entry.accept.size === 0 ? ["application/json"] : [...entry.accept];

const tooMany = (place: Place) =>
  new Problem("invalid_request", {
    fields: [{ field: `file#${pointerOf(place)}`, message: `A file may hold ${definitionsMax} schemas at most; divide it.` }],
  });
