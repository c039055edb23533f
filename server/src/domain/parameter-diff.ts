import type { ActionHTTPParameter, VersionDiffChange } from "@mooring/contract";
import { isList, isPlainObject } from "./action-parameter.ts";
import { changeAt, changeOf, whyBroken } from "./content-change.ts";
import { pointerTo } from "./content-error.ts";
import { parameterAddresses } from "./parameter-address.ts";
import { type Sides, schemaChanges } from "./schema-diff.ts";

/** What differs in the parameters of an HTTP action. They go by place and name, as in `/parameters/query/limit`, whatever their order. */
export function parameterChanges(
  before: readonly ActionHTTPParameter[],
  after: readonly ActionHTTPParameter[],
  sides: Sides,
): VersionDiffChange[] {
  const [old, now] = [byPlace(before), byPlace(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((place) => {
    const [was, is] = [old.get(place), now.get(place)];
    if (!is) return [changeAt(place, { before: was?.parameter }, "A call that gives it is refused now.")];
    if (!was) return [changeAt(place, { after: is.parameter }, isDemanded(is.parameter) ? "A call without it is refused." : undefined)];
    return changesOf(place, was, is, sides);
  });
}

interface Placed {
  readonly parameter: ActionHTTPParameter;
  /** How calls name it. */
  readonly address: string;
}

/** Where a parameter is told of. Names of headers are the same in any case (RFC 9110 section 5.1). */
export const placeOfParameter = ({ in: place, name }: Pick<ActionHTTPParameter, "in" | "name">): string =>
  pointerTo(`/parameters/${place}`, place === "header" ? name.toLowerCase() : name);

function byPlace(parameters: readonly ActionHTTPParameter[]): Map<string, Placed> {
  const addresses = parameterAddresses(parameters);
  return new Map(parameters.map((parameter, at) => [placeOfParameter(parameter), { parameter, address: addresses[at] ?? parameter.name }]));
}

/** Whether a call has to give it. One in the path always has to. */
const isDemanded = (parameter: ActionHTTPParameter) => (parameter.required || parameter.in === "path") && parameter.default === undefined;

function changesOf(
  place: string,
  { parameter: was, address: oldAddress }: Placed,
  { parameter: is, address }: Placed,
  sides: Sides,
): VersionDiffChange[] {
  const isNewlyDemanded = isDemanded(is) && !isDemanded(was);
  return [
    // Where several places have one name, calls say which they mean, as in `query.id`.
    ...changeOf(`${place}/name`, oldAddress, address, "Calls give it by its name."),
    ...changeOf(`${place}/required`, was.required, is.required, isNewlyDemanded ? "A call without it is refused." : undefined),
    ...changeOf(`${place}/default`, was.default, is.default, "A call that leaves it out sends something else."),
    ...typeChanges(place, was, is, sides),
    ...changeOf(`${place}/style`, was.style, is.style, "The outside system is sent the same value in another way."),
    ...changeOf(`${place}/explode`, was.explode, is.explode, "The outside system is sent the same value in another way."),
    ...changeOf(`${place}/description`, was.description, is.description),
    ...changeOf(`${place}/completion`, was.completion, is.completion),
  ];
}

function typeChanges(place: string, was: ActionHTTPParameter, is: ActionHTTPParameter, sides: Sides): VersionDiffChange[] {
  const base = was.schema === undefined && is.schema === undefined ? place : `${place}/schema`;
  return schemaChanges(valueSchema(was), valueSchema(is), sides).map(({ pointer, before, after, effect }) =>
    changeAt(base + pointer, { before, after }, whyBroken(effect, { narrower: "In requests" })),
  );
}

/** The schema of a parameter's value, with what `type` says: of a list, its items are meant. */
export function valueSchema({ type, schema }: Pick<ActionHTTPParameter, "type" | "schema">): unknown {
  if (!isPlainObject(schema)) return { type };
  if (!isList({ schema })) return { type, ...schema };
  return { ...schema, items: isPlainObject(schema.items) ? { type, ...schema.items } : { type } };
}
