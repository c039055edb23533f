import type { Action, ActionCreate, ActionDefinitionCreate, ActionUpdate, QueryOf } from "@mooring/contract";
import { type ActionDocument, actionsMax, type DefinitionLink, type StoredAction } from "../domain/action.ts";
import { actionFaults } from "../domain/action-faults.ts";
import { shownAction } from "../domain/shown-action.ts";
import type { Page } from "../store/pages.ts";
import type { Call } from "./change.ts";
import type { Content } from "./content.ts";
import { compiledSchemaFaults } from "./parameter-schemas.ts";
import { exchangeOf, referencesInExchange } from "./way-links.ts";
import { type Rules, shownOne as shown, type WayDeps } from "./way-rules.ts";
import * as ways from "./ways.ts";

export type ActionDeps = WayDeps;

/** What is special of actions. */
const actions: Rules<"action"> = {
  kind: "action",
  max: actionsMax,
  faultsOf: actionFaults,
  slowFaultsOf: compiledSchemaFaults,
  show: shownAction,
  referencesIn: (given) => (given.type === "http" ? referencesInExchange(given) : given.row ? [given.row] : []),
  documentOf,
};

/** A page of a version's actions, with `name` of those whose name contains it. */
export const list = (deps: ActionDeps, call: Call, version: ways.Version, query: QueryOf<"GetActions">): Promise<Page<Action>> =>
  ways.list(deps, call, actions, version, query);

/** The action of that name. Throws `Problem` not_found. */
export const get = (deps: ActionDeps, call: Call, version: ways.Version, name: string): Promise<Action> =>
  ways.get(deps, call, actions, version, name);

/** Adds an action to a draft; what is wrong with it is kept in its `errors`. Throws `Problem` name_taken, or version_published. */
export const create = (deps: ActionDeps, call: Call, version: ways.Version, given: ActionCreate): Promise<Action> =>
  ways.create(deps, call, actions, version, given);

/** Replaces an action of a draft. Throws `Problem` invalid_request when id or type would change, name_taken, or version_published. */
export const update = (deps: ActionDeps, call: Call, version: ways.Version, name: string, given: ActionUpdate): Promise<Action> =>
  ways.update(deps, call, actions, version, name, given);

/** Deletes an action of a draft; the definitions it used stay. Throws `Problem` not_found, or version_published. */
export const remove = (deps: ActionDeps, call: Call, version: ways.Version, name: string): Promise<void> =>
  ways.remove(deps, call, actions, version, name);

/** An action as it is answered. */
export const shownOne = (deps: ActionDeps, content: Content, action: StoredAction): Promise<Action> =>
  shown(deps, content, actions, action);

function documentOf(given: ActionCreate | ActionUpdate, linkOf: (reference: ActionDefinitionCreate) => DefinitionLink): ActionDocument {
  if (given.type === "bigquery") {
    const { type, query, parameters, maximumBytesBilled, location, row } = given;
    return {
      type,
      query,
      parameters,
      ...(maximumBytesBilled === undefined ? {} : { maximumBytesBilled }),
      ...(location === undefined ? {} : { location }),
      ...(row ? { row: linkOf(row) } : {}),
    };
  }
  const { type, method, path, parameters } = given;
  return { type, method, path, parameters, ...exchangeOf(given, linkOf) };
}
