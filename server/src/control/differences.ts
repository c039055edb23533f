import { isDeepStrictEqual } from "node:util";

/** One field that changed, for the audit trail. */
export interface Difference {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * What differs between two states of a noun as it is served, so masked. Lists of things with an id are compared thing by thing;
 * what is only derived (`updatedAt`, `slug`) is left out. A value over 2,000 characters is named but not shown.
 */
export function differences(before: object, after: object, path = ""): Difference[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => !derived.has(field));
  return fields.flatMap((field) => {
    const [from, to] = [before, after].map((noun) => (noun as Record<string, unknown>)[field]);
    return isDeepStrictEqual(from, to) ? [] : fieldDifferences(`${path}${field}`, from, to);
  });
}

const derived = new Set(["updatedAt", "createdAt", "slug", "usages", "versions"]);

function fieldDifferences(field: string, from: unknown, to: unknown): Difference[] {
  if (isIdentified(from) && isIdentified(to)) return listDifferences(field, from, to);
  if (isPlain(from) && isPlain(to)) return differences(from, to, `${field}.`);
  return [{ field, ...shown("before", from), ...shown("after", to) }];
}

function listDifferences(field: string, from: readonly Identified[], to: readonly Identified[]): Difference[] {
  const [olds, news] = [from, to].map((list) => new Map(list.map((item) => [item.id, item])));
  const found = [...new Set([...from, ...to].map(({ id }) => id))].flatMap((id) => {
    const [before, after] = [olds?.get(id), news?.get(id)];
    if (before && after) return differences(before, after, `${field}[${labelOf(after)}].`);
    return before ? [{ field, before: labelOf(before) }] : [{ field, after: labelOf(after) }];
  });
  if (found.length > 0) return found;
  return [{ field, before: from.map(labelOf), after: to.map(labelOf) }];
}

interface Identified {
  readonly id: string;
  readonly name?: string;
}

const labelOf = (item: Identified | undefined) => item?.name ?? item?.id;

const isPlain = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

const isIdentified = (value: unknown): value is Identified[] =>
  Array.isArray(value) && value.every((item) => isPlain(item) && "id" in item);

function shown(side: "before" | "after", value: unknown): Partial<Difference> {
  if (value === undefined) return {};
  return { [side]: (JSON.stringify(value)?.length ?? 0) > 2000 ? "(long)" : value };
}
