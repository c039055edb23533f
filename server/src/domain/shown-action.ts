import type { Action, ActionDefinition, Definition } from "@mooring/contract";
import { type ActionId, type DefinitionId, idOf } from "../kernel/ids.ts";
import type { BigQueryActionDocument, DefinitionLink, HttpActionDocument, StoredAction } from "./action.ts";

/**
 * An action as it is answered. `definitions` are those that it uses, as they are answered; one may serve any number of actions. A link
 * that leads nowhere is not shown: the action's errors tell of it.
 */
export function shownAction({ id, name, summary, description, document, errors }: StoredAction, definitions: Shown): Action {
  const common = {
    id,
    name,
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
  };
  const faults = errors.length === 0 ? {} : { errors: [...errors] };
  switch (document.type) {
    case "http":
      return { type: "http", ...common, ...shownRequest(id, document, definitions), ...faults };
    case "bigquery":
      return { type: "bigquery", ...common, ...shownQuery(id, document, definitions), ...faults };
  }
}

type Shown = ReadonlyMap<DefinitionId, Definition>;

function shownRequest(actionId: ActionId, { method, path, parameters, requestBody, responses }: HttpActionDocument, definitions: Shown) {
  const keyOf = eachOnce();
  return {
    method,
    path,
    parameters: [...parameters],
    ...(requestBody
      ? {
          requestBody: {
            required: requestBody.required,
            definitions: shownLinks(`${actionId}/requestBody`, requestBody.definitions, definitions),
          },
        }
      : {}),
    responses: responses.map(({ status, description, definitions: links }) => {
      const key = keyOf(`${actionId}/responses/${status ?? "default"}`);
      return {
        id: idOf(key),
        ...(status === undefined ? {} : { status }),
        ...(description === undefined ? {} : { description }),
        definitions: shownLinks(key, links, definitions),
      };
    }),
  };
}

function shownQuery(actionId: ActionId, { type: _, row, parameters, ...query }: BigQueryActionDocument, definitions: Shown) {
  const [shown] = row ? shownLinks(`${actionId}/row`, [row], definitions) : [];
  return { ...query, parameters: [...parameters], ...(shown ? { row: shown } : {}) };
}

/** Ids inside an action are made of what they are of, so that they stay when it is written again, and in its copies. */
function shownLinks(place: string, links: readonly DefinitionLink[], definitions: Shown): ActionDefinition[] {
  const keyOf = eachOnce();
  return links.flatMap((link) => {
    const definition = "id" in link ? definitions.get(link.id) : undefined;
    if (!definition) return [];
    return [{ id: idOf(keyOf(`${place}/${definition.id}`)), definition, ...(link.accept ? { accept: [...link.accept] } : {}) }];
  });
}

/** Gives each key as it is the first time, and then with a number: an action with faults may say the same thing twice. */
function eachOnce(): (key: string) => string {
  const seen = new Map<string, number>();
  return (key) => {
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times === 1 ? key : `${key}#${times}`;
  };
}
