import type { ContentError } from "@mooring/contract";
import type { DefinitionId } from "../kernel/ids.ts";
import { type ActionDocument, linksOf, type StoredAction } from "./action.ts";
import { bigQueryFaults } from "./bigquery-faults.ts";
import { contentError, isError } from "./content-error.ts";
import { httpActionFaults } from "./http-action-faults.ts";

/** What the checks need to know of a version's definitions. */
export type KnownDefinitions = ReadonlyMap<DefinitionId, { readonly accept: readonly string[] }>;

/**
 * Everything that is wrong with an action, each with a JSON Pointer into its document; [] when nothing is. `definitions` holds those that
 * it links to, as far as its version has them. What needs a compiler (a schema that is malformed) is not found here. Of more than
 * `faultsMax` the others are left out, warnings first.
 */
export function actionFaults(document: ActionDocument, definitions: KnownDefinitions): ContentError[] {
  const found = [...ownFaults(document, definitions), ...missingLinks(document, definitions)];
  if (found.length <= faultsMax) return found;
  return [...found.filter(isError), ...found.filter((one) => !isError(one))].slice(0, faultsMax);
}

const faultsMax = 200;

/**
 * The faults of an action whose links may have become others. What `compiledSchemaFaults` once found is taken over: that depends on the
 * action's parameters alone.
 */
export function faultsAgain(
  { document, errors }: Pick<StoredAction, "document" | "errors">,
  definitions: KnownDefinitions,
): ContentError[] {
  const found = actionFaults(document, definitions);
  const known = new Set(found.map(({ field, message }) => `${field} ${message}`));
  const compiled = errors.filter(({ field, message }) => ofSchema.test(field) && !known.has(`${field} ${message}`));
  return [...found, ...compiled];
}

const ofSchema = /^\/parameters\/\d+\/schema(?:\/|$)/;

function ownFaults(document: ActionDocument, definitions: KnownDefinitions): ContentError[] {
  switch (document.type) {
    case "http":
      return httpActionFaults(document, definitions);
    case "bigquery":
      return bigQueryFaults(document);
  }
}

function missingLinks(document: ActionDocument, definitions: KnownDefinitions): ContentError[] {
  return linksOf(document).flatMap(({ pointer, link }) => {
    if ("id" in link && definitions.has(link.id)) return [];
    const name = JSON.stringify("id" in link ? link.id : link.missing);
    return [contentError(pointer, `The version has no definition ${name}; create it, or send the action without the link.`)];
  });
}
