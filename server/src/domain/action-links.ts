import type { DefinitionId } from "../kernel/ids.ts";
import type { ActionDocument, DefinitionLink } from "./action.ts";
import { linksOf } from "./action.ts";

/** The definitions that an action uses, each once. */
export const usesOf = (document: ActionDocument): DefinitionId[] => [
  ...new Set(linksOf(document).flatMap(({ link }) => ("id" in link ? [link.id] : []))),
];

/** The names of the definitions that an action would use if they were there. */
export const missingIn = (document: ActionDocument): string[] =>
  linksOf(document).flatMap(({ link }) => ("id" in link ? [] : [link.missing]));

/** The same action with each link as `map` gives it. */
export function mapLinks(document: ActionDocument, map: (link: DefinitionLink) => DefinitionLink): ActionDocument {
  switch (document.type) {
    case "http": {
      const { requestBody, responses } = document;
      return {
        ...document,
        ...(requestBody ? { requestBody: { ...requestBody, definitions: requestBody.definitions.map(map) } } : {}),
        responses: responses.map((response) => ({ ...response, definitions: response.definitions.map(map) })),
      };
    }
    case "bigquery":
      return { ...document, ...(document.row ? { row: map(document.row) } : {}) };
  }
}
