import type { Action } from "@mooring/contract";
import type { ActionId } from "../kernel/ids.ts";
import type { BigQueryActionDocument, HttpActionDocument, StoredAction } from "./action.ts";
import { type ShownDefinitions, shownExchange, shownLinks } from "./shown-exchange.ts";

/**
 * An action as it is answered. `definitions` are those that it uses, as they are answered; one may serve any number of actions. A link
 * that leads nowhere is not shown: the action's errors tell of it.
 */
export function shownAction({ id, name, summary, description, document, errors }: StoredAction, definitions: ShownDefinitions): Action {
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

function shownRequest(actionId: ActionId, { method, path, parameters, ...exchange }: HttpActionDocument, definitions: ShownDefinitions) {
  return { method, path, parameters: [...parameters], ...shownExchange(actionId, exchange, definitions) };
}

function shownQuery(actionId: ActionId, { type: _, row, parameters, ...query }: BigQueryActionDocument, definitions: ShownDefinitions) {
  const [shown] = row ? shownLinks(`${actionId}/row`, [row], definitions) : [];
  return { ...query, parameters: [...parameters], ...(shown ? { row: shown } : {}) };
}
