import { areExclusive } from "./alternatives.ts";
import { narrows, type Reading, widens, within } from "./effect.ts";
import type { Walk } from "./schema-diff.ts";
import { comparableText, type Spot } from "./schema-references.ts";

/**
 * Compares `allOf`, `anyOf` and `oneOf`. Members that are equal go together, and what is left in order: if each of the new ones lets less
 * through than its partner, so do all of them together, whichever partners were chosen.
 */
export function compareList(
  walk: Walk,
  name: string,
  { before, after }: { before: Spot; after: Spot },
  pointer: string,
  reading: Reading,
): void {
  const [old, now] = [listOf(before), listOf(after)];
  if (old.length === 0 || now.length === 0) {
    if (walk.isEqual(before, after)) return;
    const effect = old.length === 0 ? narrows(`\`${name}\` was added`) : widens(`\`${name}\` was taken away`);
    walk.report(pointer, { before: before.schema, after: after.schema }, effect, reading);
    return;
  }
  const { sides } = walk;
  const isExclusive = name !== "oneOf" || (areExclusive(sides.before, before, old) && areExclusive(sides.after, after, now));
  const inside = within(reading, isExclusive ? "same" : "overlapping");
  const { pairs, lost, gained } = partners(
    old.map((member) => comparableText(sides.before, member)),
    now.map((member) => comparableText(sides.after, member)),
  );
  for (const [from, to] of pairs) walk.compare({ ...before, schema: old[from] }, { ...after, schema: now[to] }, `${pointer}/${to}`, inside);
  const { less, more } = name === "allOf" ? demands : alternatives;
  for (const index of lost) walk.report(`${pointer}/${index}`, { before: old[index] }, less, inside);
  for (const index of gained) walk.report(`${pointer}/${index}`, { after: now[index] }, more, inside);
}

const listOf = ({ schema }: Spot): readonly unknown[] => (Array.isArray(schema) ? schema : []);

const demands = { less: widens("a demand is gone"), more: narrows("there is one more demand") };
const alternatives = { less: narrows("an alternative is gone"), more: widens("there is one more alternative") };

/** Which members go together, by their indexes. */
function partners(old: readonly string[], now: readonly string[]): { pairs: [number, number][]; lost: number[]; gained: number[] } {
  const waiting = new Map<string, number[]>();
  for (const [index, text] of old.entries()) waiting.set(text, [...(waiting.get(text) ?? []), index]);
  const pairs: [number, number][] = [];
  const rest: number[] = [];
  for (const [index, text] of now.entries()) {
    const equal = waiting.get(text)?.shift();
    if (equal === undefined) rest.push(index);
    else pairs.push([equal, index]);
  }
  const left = [...waiting.values()].flat().sort((one, other) => one - other);
  const both = Math.min(left.length, rest.length);
  for (let at = 0; at < both; at++) pairs.push([left[at] ?? 0, rest[at] ?? 0]);
  return { pairs, lost: left.slice(both), gained: rest.slice(both) };
}
