import { inPlace } from "./keywords.ts";
import { pointerTo } from "./place.ts";
import { localSteps } from "./reading.ts";
import { type JsonObject, objectOf, valueAt } from "./values.ts";

/**
 * Finds the schemas whose `$ref` must be left out, because following it for one and the same value comes back to where it was: A is B
 * and B is A, or a Pet is a Cat or a Dog, and a Cat is all of a Pet. What goes down into a part of the value ends by itself and stays.
 * Of a circle through `allOf` those links are cut, so that the choice of `oneOf` stays.
 */
export function findEndless(document: JsonObject): ReadonlySet<JsonObject> {
  const links = gatherLinks(document);
  const endless = new Set<JsonObject>();
  for (const link of inCircles(links.filter(() => true))) if (!link.isChoice) endless.add(link.holder);
  for (const link of inCircles(links.filter(({ holder }) => !endless.has(holder)))) endless.add(link.holder);
  return endless;
}

/** That the schema at `from` refers to the one at `to` for the same value. */
interface Link {
  readonly from: string;
  readonly to: string;
  readonly holder: JsonObject;
  readonly isChoice: boolean;
}

/** The links of all that is referred to: only those can be in a circle. */
function gatherLinks(document: JsonObject): Link[] {
  const links: Link[] = [];
  const targets = new Set<string>();
  const open: { steps: readonly string[]; pointer: string }[] = [];
  visit(document);
  for (let target = open.pop(); target !== undefined; target = open.pop()) {
    within(valueAt(document, target.steps), target.pointer, { isChoice: false, depth: 0 });
  }
  return links;

  function refer(reference: unknown): string | undefined {
    const steps = localSteps(reference);
    if (steps === undefined) return undefined;
    const pointer = pointerTo(steps);
    if (!targets.has(pointer)) open.push({ steps, pointer });
    targets.add(pointer);
    return pointer;
  }

  function visit(value: unknown) {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    for (const [key, item] of Object.entries(value)) {
      if (key === "$ref") refer(item);
      else if (!isData(key)) visit(item);
    }
  }

  function within(value: unknown, from: string, { isChoice, depth }: { isChoice: boolean; depth: number }) {
    const schema = objectOf(value);
    if (schema === undefined || depth > depthMax) return;
    const to = Object.hasOwn(schema, "$ref") ? refer(schema.$ref) : undefined;
    if (to !== undefined) links.push({ from, to, holder: schema, isChoice });
    for (const key of inPlace) {
      if (!Object.hasOwn(schema, key)) continue;
      const inside = schema[key];
      const isList = Array.isArray(inside) || key === "dependentSchemas";
      for (const one of isList ? Object.values(inside ?? {}) : [inside])
        within(one, from, { isChoice: isChoice || key !== "allOf", depth: depth + 1 });
    }
  }
}

const depthMax = 200;

/** Examples are large, and no references. A property of that name is found through what refers to its schema. */
const isData = (key: string) => key === "example" || key === "examples" || key === "enum";

/** The links whose both ends are in one strongly connected part (Tarjan 1972), without recursion: a file may chain all of its schemas. */
function inCircles(links: readonly Link[]): Link[] {
  const outgoing = Map.groupBy(links, ({ from }) => from);
  const state = new Map<string, { index: number; low: number; part: number | undefined }>();
  const stack: string[] = [];
  let parts = 0;
  for (const start of outgoing.keys()) if (!state.has(start)) walk(start);
  return links.filter(({ from, to }) => from === to || partOf(from) === partOf(to));

  function partOf(pointer: string): number | string {
    return state.get(pointer)?.part ?? pointer;
  }

  function enter(pointer: string) {
    const entered = { index: state.size, low: state.size, part: undefined };
    state.set(pointer, entered);
    stack.push(pointer);
    return { pointer, entered: entered as { index: number; low: number; part: number | undefined }, next: 0 };
  }

  function walk(start: string) {
    const road = [enter(start)];
    for (let at = road.at(-1); at !== undefined; at = road.at(-1)) {
      const link = outgoing.get(at.pointer)?.[at.next];
      at.next += 1;
      if (link === undefined) {
        road.pop();
        leave(at, road.at(-1)?.entered);
        continue;
      }
      const known = state.get(link.to);
      if (known === undefined) road.push(enter(link.to));
      else if (known.part === undefined) at.entered.low = Math.min(at.entered.low, known.index);
    }
  }

  function leave({ pointer, entered }: ReturnType<typeof enter>, above: { low: number } | undefined) {
    if (above !== undefined) above.low = Math.min(above.low, entered.low);
    if (entered.low !== entered.index) return;
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const closed = state.get(top);
      if (closed !== undefined) closed.part = parts;
      if (top === pointer) break;
    }
    parts += 1;
  }
}
