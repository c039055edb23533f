import type { ActionHTTPParameter, ContentError } from "@mooring/contract";
import { isList, isPlainObject, typesOf } from "./action-parameter.ts";
import { contentError, pointerTo } from "./content-error.ts";

/** What is wrong with a parameter's own schema, as far as that is seen without compiling it. */
export function parameterSchemaFaults(parameter: ActionHTTPParameter, here: string): ContentError[] {
  const { schema } = parameter;
  if (schema === undefined) return [];
  if (!isPlainObject(schema)) return [contentError(here, "The schema of a parameter is an object.")];
  return [...typeFaults(parameter, schema, here), ...references(schema, here)];
}

function typeFaults(parameter: ActionHTTPParameter, schema: Readonly<Record<string, unknown>>, here: string): ContentError[] {
  if (!isList(parameter)) return contradicts(schema, parameter.type) ? [contentError(`${here}/type`, contradiction(parameter.type))] : [];
  const { items } = schema;
  if (!isPlainObject(items) || !contradicts(items, parameter.type)) return [];
  return [contentError(`${here}/items/type`, contradiction(parameter.type))];
}

const contradiction = (type: string) => `The parameter's type is ${type}, and nothing is both; change one of them.`;

function contradicts(schema: Readonly<Record<string, unknown>>, type: ActionHTTPParameter["type"]): boolean {
  const types = typesOf(schema);
  return types.length > 0 && !types.some((one) => isNumeric(one) === isNumeric(type) && (isNumeric(one) || one === type));
}

const isNumeric = (type: unknown) => type === "integer" || type === "number";

const referring = ["$ref", "$dynamicRef", "$recursiveRef"];
/** Keywords whose values are data and no schemas. */
const data = new Set(["enum", "const", "default", "example", "examples"]);

/** Each reference in a schema. As deep as bodies and files may be. */
function references(schema: unknown, here: string): ContentError[] {
  if (Array.isArray(schema)) return schema.flatMap((item, at) => references(item, `${here}/${at}`));
  if (!isPlainObject(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (referring.includes(key) && typeof value === "string")
      return [contentError(pointerTo(here, key), "References are not possible here; write out what it refers to.")];
    return data.has(key) ? [] : references(value, pointerTo(here, key));
  });
}
