import type { EventFilter } from "@mooring/contract";
import type { Fault } from "../kernel/errors.ts";
import { nothing, parsedBody, valueAt } from "./event-body.ts";

/**
 * Whether an event's body fits all comparisons of a filter. A body that is no JSON in UTF-8, or nests deeper than 200 levels, has nothing at any
 * pointer, so only `absent` and `not_equals` fit it; of names that an object has twice, the last counts (RFC 8259, section 4), as for most who read such a body. What a
 * media type says does not matter: many senders say it wrong.
 */
export function fitsFilter(filter: readonly EventFilter[], body: Buffer): boolean {
  return filter.length === 0 || fitsAll(filter, parsedBody(body));
}

/** The same of a body that was parsed; `nothing` is one that could not be. */
function fitsAll(filter: readonly EventFilter[], document: unknown): boolean {
  return filter.every(({ pointer, is, value }) => comparisons[is](valueAt(document, pointer), value));
}

const comparisons = {
  equals: (found, value) => found !== nothing && isSame(found, value),
  not_equals: (found, value) => found === nothing || !isSame(found, value),
  in: (found, values) => found !== nothing && (values as unknown[]).some((value) => isSame(found, value)),
  exists: (found) => found !== nothing,
  absent: (found) => found === nothing,
  less: (found, value) => isLess(found, value),
  greater: (found, value) => isLess(value, found),
} as const satisfies Record<EventFilter["is"], (found: unknown, value: unknown) => boolean>;

/** Numbers with numbers, and texts with texts by their UTF-16 code units, which is the order of times in one spelling; nothing else is less. */
function isLess(one: unknown, other: unknown): boolean {
  if (typeof one === "number" && typeof other === "number") return one < other;
  return typeof one === "string" && typeof other === "string" && one < other;
}

/** Equality of JSON values: members in any order. It goes as deep as the filter's own value, which is bounded, whatever the body is. */
function isSame(found: unknown, value: unknown): boolean {
  if (typeof found !== "object" || typeof value !== "object" || found === null || value === null) return found === value;
  if (Array.isArray(found) || Array.isArray(value)) {
    if (!Array.isArray(found) || !Array.isArray(value) || found.length !== value.length) return false;
    return value.every((item, index) => isSame(found[index], item));
  }
  const names = Object.keys(value);
  if (Object.keys(found).length !== names.length) return false;
  return names.every(
    (name) => Object.hasOwn(found, name) && isSame((found as Record<string, unknown>)[name], (value as Record<string, unknown>)[name]),
  );
}

/** What is wrong with a filter that has the contract's shape. */
export function filterFaults(filter: readonly EventFilter[]): Fault[] {
  const faults = filter.flatMap(({ is, value }, index) => {
    const message = valueFault(is, value);
    return message === undefined ? [] : [{ field: `filter[${index}].value`, message }];
  });
  if (JSON.stringify(filter).length > lengthMax)
    faults.push({ field: "filter", message: `All of it has at most ${lengthMax} characters.` });
  return faults;
}

function valueFault(is: EventFilter["is"], value: unknown): string | undefined {
  switch (is) {
    case "exists":
    case "absent":
      return value === undefined ? undefined : `Leave it out with ${is}.`;
    case "equals":
    case "not_equals":
      return value === undefined ? "Say what to compare with; it may be null." : undefined;
    case "in":
      return Array.isArray(value) ? undefined : "This must be a list of values.";
    case "less":
    case "greater":
      return typeof value === "number" || typeof value === "string" ? undefined : "This must be a number or a text.";
  }
}

// It is read again with each event.
const lengthMax = 10_000;
