import type { DefinitionId } from "../kernel/ids.ts";
import { isPlainObject, typesOf } from "./action-parameter.ts";
import { parseStoredReference, type StoredDefinition } from "./definition.ts";
import { followed, type Side, type Spot } from "./schema-references.ts";
import { commentOf, objectMembers, type Place, type TypeScope, typeOf } from "./schema-type.ts";
import { commented, createTypeNames, indented } from "./type-text.ts";
import { isJsonSchema } from "./version-content.ts";

/** The declarations of what a version's definitions describe. */
export interface DefinitionTypes {
  /** The name of a definition's type; a text where it is no JSON Schema. */
  nameOf(id: DefinitionId): string;
  /** Writes all of them, one after another. */
  declarations(): Generator<string>;
}

/** Gives each definition a name for its type, unlike all of `taken`. What references point to within schemas is declared too. */
export function createDefinitionTypes(
  definitions: ReadonlyMap<DefinitionId, StoredDefinition>,
  side: Side,
  taken: readonly string[],
): DefinitionTypes {
  const free = createTypeNames(taken);
  const names = new Map([...definitions.values()].map(({ id, name }) => [`${id}`, free(name)]));
  const waiting = new Map<string, Target>();
  const loops = createLoops(side);
  return { nameOf: (id) => (isSchema(id) ? (names.get(id) ?? "unknown") : "string"), declarations };

  function isSchema(id: DefinitionId): boolean {
    const definition = definitions.get(id);
    return definition !== undefined && isJsonSchema(definition);
  }

  function* declarations(): Generator<string> {
    for (const definition of definitions.values()) {
      if (!isJsonSchema(definition)) continue;
      const schema = side.schemaOf(definition.id);
      yield commented([definition.description]) + declared({ id: definition.id, fragment: "", spot: { schema, document: schema } });
      // What it points to within itself or others is declared as it is met, and may point on.
      for (const [key, target] of waiting) {
        waiting.delete(key);
        yield declared(target);
      }
    }
  }

  function declared(target: Target): string {
    const name = names.get(keyOf(target)) ?? "unknown";
    const { schema } = target.spot;
    const scope = scopeOf(target);
    const about = isPlainObject(schema) && target.fragment !== "" ? commentOf(schema) : "";
    if (isPlainObject(schema) && isPlainInterface(schema)) {
      const members = objectMembers(schema, (inner, place) => typeOf(inner, scope, place));
      return `${about}export interface ${name} {\n${indented(members.join("\n"))}\n}\n`;
    }
    return `${about}export type ${name} = ${typeOf(schema, scope, "direct")};\n`;
  }

  function scopeOf(from: Target): TypeScope {
    return {
      referred(reference: string, place: Place): string {
        const to = targetOf(side, from, reference);
        if (!to || !isSchema(to.id)) return "unknown";
        // TypeScript takes no type that is, among others, itself.
        if (place === "direct" && loops(to, from)) return "unknown";
        const known = names.get(keyOf(to));
        if (known !== undefined) return known;
        const name = free(`${names.get(to.id)}_${to.fragment.split("/").at(-1)}`);
        names.set(keyOf(to), name);
        waiting.set(keyOf(to), to);
        return name;
      },
    };
  }
}

/** A schema that has a type of its own: a definition, or a place within one. */
interface Target {
  readonly id: DefinitionId;
  readonly fragment: string;
  readonly spot: Spot;
}

const keyOf = ({ id, fragment }: Pick<Target, "id" | "fragment">) => `${id}${fragment}`;

function targetOf(side: Side, from: Target, reference: string): Target | undefined {
  const parsed = parseStoredReference(reference);
  const spot = followed(side, from.spot, reference);
  if (!spot) return undefined;
  const fragment = parsed ? parsed.fragment : reference;
  return { id: parsed?.id ?? from.id, fragment: fragment === "#" ? "" : fragment, spot };
}

/** Whether a schema is an object with named properties and nothing else. */
function isPlainInterface(schema: Readonly<Record<string, unknown>>): boolean {
  const combined = ["$ref", "allOf", "anyOf", "oneOf", "enum", "const"].some((name) => name in schema);
  const types = typesOf(schema);
  const isObject = types.length === 0 ? "properties" in schema : types.length === 1 && types[0] === "object";
  return isObject && !combined && objectMembers(schema, () => "unknown").length > 0;
}

/** Tells whether one schema is another one, or has it among its alternatives, through any number of references. */
function createLoops(side: Side): (from: Target, to: Target) => boolean {
  const next = new Map<string, Target[]>();
  return (from, to) => {
    const seen = new Map([[keyOf(from), from]]);
    // A map is gone through to its end, also to what is added on the way.
    for (const [key, target] of seen) {
      if (key === keyOf(to)) return true;
      const further = next.get(key) ?? directTargets(side, target);
      next.set(key, further);
      for (const one of further) seen.set(keyOf(one), one);
    }
    return false;
  };
}

function directTargets(side: Side, from: Target): Target[] {
  const found: Target[] = [];
  const waiting: unknown[] = [from.spot.schema];
  for (let schema = waiting.pop(); schema !== undefined; schema = waiting.pop()) {
    if (!isPlainObject(schema)) continue;
    const target = typeof schema.$ref === "string" ? targetOf(side, from, schema.$ref) : undefined;
    if (target) found.push(target);
    for (const name of ["allOf", "anyOf", "oneOf"]) if (Array.isArray(schema[name])) waiting.push(...schema[name]);
  }
  return found;
}
