import type { ContentError } from "@mooring/contract";
import type { ActionDocument, StoredAction } from "./action.ts";
import { bigQueryFaults } from "./bigquery-faults.ts";
import { missingLinks, withinBound } from "./exchange-faults.ts";
import { httpActionFaults } from "./http-action-faults.ts";
import type { KnownDefinitions } from "./way.ts";

/**
 * Everything that is wrong with an action, each with a JSON Pointer into its document; [] when nothing is. `definitions` holds those that
 * it links to, as far as its version has them. What needs a compiler (a schema that is malformed) is not found here.
 */
export function actionFaults(document: ActionDocument, definitions: KnownDefinitions): ContentError[] {
  return withinBound([...ownFaults(document, definitions), ...missingLinks(document, definitions)]);
}

/**
 * The faults of an action whose links may have become others. What `compiledSchemaFaults` once found is taken over: that depends on the
 * action's parameters alone.
 */
export function actionFaultsAgain(
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
