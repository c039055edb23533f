import { isPlainObject } from "./action-parameter.ts";
import { pointerTo } from "./content-error.ts";
import { type Effect, narrows, type Reading, readAs, together, unclear, widens } from "./effect.ts";
import { compareKeyword, compareValues } from "./schema-parts.ts";
import { compareReferences } from "./schema-reference-diff.ts";
import { comparableText, type Side, type Spot, shownValue } from "./schema-references.ts";

/** One place of a schema that says something else than before. */
export interface SchemaChange {
  /** A JSON Pointer (RFC 6901): into the newer schema, or the older for what is gone. */
  readonly pointer: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly effect: Effect;
}

/** Two versions of which schemas are compared. */
export interface Sides {
  readonly before: Side;
  readonly after: Side;
}

/**
 * Every place in which two JSON Schemas differ, with what that does to the values that fit. References to a definition that both
 * versions have are equal, whatever became of that definition. What cannot be judged counts as narrower and wider. The work is bounded;
 * of what lies beyond the bound nothing is known, and so it counts as both.
 */
export function schemaChanges(before: unknown, after: unknown, sides: Sides): SchemaChange[] {
  const walk = createWalk(sides, { left: stepsMax });
  walk.compare(spotOf(before), spotOf(after), "", "same");
  return walk.changes;
}

/** What going from one schema to another does, all of it in one. */
export function schemaEffect(before: unknown, after: unknown, sides: Sides): Effect {
  return together(schemaChanges(before, after, sides).map(({ effect }) => effect));
}

const spotOf = (schema: unknown): Spot => ({ schema, document: schema });

/** A comparison that is going on. */
export interface Walk {
  readonly changes: SchemaChange[];
  readonly sides: Sides;
  compare(before: Spot, after: Spot, pointer: string, reading: Reading): void;
  /** Notes a change; values that are undefined were not there. */
  report(pointer: string, values: Values, effect: Effect, reading: Reading): void;
  /** Compares two places, and notes all that differs between them as one change. */
  collapse(before: Spot, after: Spot, place: { pointer: string; values: Values; reading: Reading }): void;
  /** Whether two parts certainly say the same, also where they refer to other places of their documents. */
  isEqual(before: Spot, after: Spot): boolean;
}

interface Values {
  readonly before?: unknown;
  readonly after?: unknown;
}

const stepsMax = 50_000;
// Far beyond how deeply a stored schema is nested; references lead from one to the next.
const depthMax = 400;

function createWalk(sides: Sides, budget: { left: number }, isInner = false): Walk {
  const seen = createSeen();
  let depth = 0;
  const walk: Walk = { changes: [], sides, compare, report, collapse, isEqual: (before, after) => isEqual(sides, before, after) };
  return walk;

  function report(pointer: string, { before, after }: Values, effect: Effect, reading: Reading): void {
    walk.changes.push({
      pointer,
      ...(before === undefined ? {} : { before: shownValue(sides.before, before) }),
      ...(after === undefined ? {} : { after: shownValue(sides.after, after) }),
      effect: readAs(effect, reading),
    });
  }

  function compare(before: Spot, after: Spot, pointer: string, reading: Reading): void {
    if (seen(before.schema, after.schema, reading)) return;
    budget.left -= 1;
    if (budget.left < 0 || depth >= depthMax) {
      // Once is enough: it counts for all that is left.
      if (budget.left >= -1) report(pointer, {}, unclear("it is too large to be compared"), "either");
      return;
    }
    depth += 1;
    compareSchemas(walk, before, after, pointer, reading);
    depth -= 1;
  }

  function collapse(before: Spot, after: Spot, { pointer, values, reading }: { pointer: string; values: Values; reading: Reading }): void {
    // What is inside is one change already; and one memory of what was seen makes circles end.
    if (isInner) return void compare(before, after, pointer, reading);
    const inner = createWalk(sides, budget, true);
    inner.compare(before, after, pointer, "same");
    report(pointer, values, together(inner.changes.map(({ effect }) => effect)), reading);
  }
}

function compareSchemas(walk: Walk, before: Spot, after: Spot, pointer: string, reading: Reading): void {
  const [old, now] = [objectOf(before.schema), objectOf(after.schema)];
  if (!old || !now) {
    const isSame = comparableText(walk.sides.before, before.schema) === comparableText(walk.sides.after, after.schema);
    const values = { before: before.schema, after: after.schema };
    if (!isSame) walk.report(pointer, values, edgeEffect(before.schema, after.schema), reading);
    return;
  }
  if (compareReferences(walk, [before, old], [after, now], pointer, reading) === "done") return;
  compareValues(walk, old, now, pointer, reading);
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (apart.has(name)) continue;
    const parts = { before: { ...before, schema: old[name] }, after: { ...after, schema: now[name] }, owner: old, newOwner: now };
    compareKeyword(walk, name, parts, pointerTo(pointer, name), reading);
  }
}

/** Keywords that are compared together with others, and schemas that are only there for others to refer to. */
const apart = new Set(["$ref", "enum", "const", "$defs", "definitions"]);

export type Schema = Readonly<Record<string, unknown>>;

/** A schema as an object, which `true` is too; undefined for `false` and for what is no schema. */
const objectOf = (schema: unknown): Schema | undefined => (schema === true ? {} : isPlainObject(schema) ? schema : undefined);

function edgeEffect(before: unknown, after: unknown): Effect {
  if (before === false) return widens("something fits now");
  return after === false ? narrows("nothing fits any more") : unclear("it cannot be compared");
}

/** Tells whether it was asked about this pair, read so, before. */
function createSeen(): (before: unknown, after: unknown, reading: Reading) => boolean {
  const seen = new Map<Reading, WeakMap<object, WeakSet<object>>>();
  return (before, after, reading) => {
    if (!isPlainObject(before) || !isPlainObject(after)) return false;
    const pairs = seen.get(reading) ?? new WeakMap<object, WeakSet<object>>();
    seen.set(reading, pairs);
    const partners = pairs.get(before) ?? new WeakSet<object>();
    pairs.set(before, partners);
    if (partners.has(after)) return true;
    partners.add(after);
    return false;
  };
}

function isEqual(sides: Sides, before: Spot, after: Spot): boolean {
  const text = comparableText(sides.before, before.schema);
  if (text !== comparableText(sides.after, after.schema)) return false;
  if (!text.includes('"$ref":"#')) return true;
  return comparableText(sides.before, before.document) === comparableText(sides.after, after.document);
}
