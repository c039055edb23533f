import { isPlainObject, typesOf } from "./action-parameter.ts";
import { comparableText, followed, type Side, type Spot } from "./schema-references.ts";

/**
 * Whether no value can fit two of `members`: they are of different types, or all demand a property that tells them apart. False where
 * that cannot be seen.
 */
export function areExclusive(side: Side, around: Spot, members: readonly unknown[]): boolean {
  if (members.length > membersMax) return false;
  const known = members.map((member) => tokensOf(side, resolve(side, { ...around, schema: member })));
  return known.every((one, index) => known.slice(index + 1).every((other) => areApart(one, other)));
}

const membersMax = 50;
const hopsMax = 10;

type Schema = Readonly<Record<string, unknown>>;

function resolve(side: Side, spot: Spot): Schema {
  let at: Spot | undefined = spot;
  for (let hops = 0; hops < hopsMax && at; hops++) {
    if (!isPlainObject(at.schema)) return {};
    if (typeof at.schema.$ref !== "string") return at.schema;
    at = followed(side, at, at.schema.$ref);
  }
  return {};
}

/** What a schema may be known by. */
interface Tokens {
  readonly types: readonly unknown[];
  /** The properties that must be there, with one of a few values. */
  readonly marks: ReadonlyMap<string, readonly string[]>;
}

function areApart(one: Tokens, other: Tokens): boolean {
  if (one.types.length > 0 && other.types.length > 0 && !one.types.some((type) => other.types.includes(type))) return true;
  return [...one.marks].some(([name, values]) => {
    const found = other.marks.get(name);
    return found !== undefined && !values.some((value) => found.includes(value));
  });
}

function tokensOf(side: Side, schema: Schema): Tokens {
  // An integer is a number too.
  const types = typesOf(schema).map((type) => (type === "integer" ? "number" : type));
  return { types, marks: marksOf(side, schema) };
}

function marksOf(side: Side, { required, properties, type }: Schema): Map<string, string[]> {
  const marks = new Map<string, string[]>();
  if (type !== "object" || !Array.isArray(required) || !isPlainObject(properties)) return marks;
  for (const name of required) {
    const property = typeof name === "string" && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!isPlainObject(property)) continue;
    const values = "const" in property ? [property.const] : property.enum;
    if (Array.isArray(values))
      marks.set(
        name,
        values.map((value) => comparableText(side, value)),
      );
  }
  return marks;
}
