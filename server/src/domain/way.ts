import type { DefinitionId } from "../kernel/ids.ts";
import type { ActionDocument, DefinitionLink, StoredAction } from "./action.ts";
import type { StoredTrigger, TriggerDocument } from "./trigger.ts";

/** An action is a way out, a trigger a way in; much is true of both. */
export interface Ways {
  readonly action: StoredAction;
  readonly trigger: StoredTrigger;
}

export type WayKind = keyof Ways;
export type Way = Ways[WayKind];
export type WayDocument = ActionDocument | TriggerDocument;

/** What the checks need to know of a version's definitions. */
export type KnownDefinitions = ReadonlyMap<DefinitionId, { readonly accept: readonly string[] }>;

/** Every link of an action or a trigger, with the JSON Pointer to it. */
export function linksOf(document: WayDocument): { readonly pointer: string; readonly link: DefinitionLink }[] {
  if (document.type === "bigquery") return document.row ? [{ pointer: "/row", link: document.row }] : [];
  const inBody = (document.requestBody?.definitions ?? []).map((link, at) => ({ pointer: `/requestBody/definitions/${at}`, link }));
  const inResponses = document.responses.flatMap(({ definitions }, response) =>
    definitions.map((link, at) => ({ pointer: `/responses/${response}/definitions/${at}`, link })),
  );
  return [...inBody, ...inResponses];
}

/** The definitions that it uses, each once. */
export const usesOf = (document: WayDocument): DefinitionId[] => [
  ...new Set(linksOf(document).flatMap(({ link }) => ("id" in link ? [link.id] : []))),
];

/** The names of the definitions that it would use if they were there. */
export const missingIn = (document: WayDocument): string[] => linksOf(document).flatMap(({ link }) => ("id" in link ? [] : [link.missing]));

/** The same document with each link as `map` gives it. */
export function mapLinks<Document extends WayDocument>(document: Document, map: (link: DefinitionLink) => DefinitionLink): Document {
  const kept: WayDocument = document;
  if (kept.type === "bigquery") return { ...document, ...(kept.row ? { row: map(kept.row) } : {}) };
  const { requestBody, responses } = kept;
  return {
    ...document,
    ...(requestBody ? { requestBody: { ...requestBody, definitions: requestBody.definitions.map(map) } } : {}),
    responses: responses.map((response) => ({ ...response, definitions: response.definitions.map(map) })),
  };
}
