import type { QueryOf, Trigger, TriggerCreate, TriggerUpdate } from "@mooring/contract";
import { shownTrigger } from "../domain/shown-trigger.ts";
import { triggersMax } from "../domain/trigger.ts";
import { triggerFaults } from "../domain/trigger-faults.ts";
import type { Page } from "../store/pages.ts";
import type { Call } from "./change.ts";
import { exchangeOf, referencesInExchange } from "./way-links.ts";
import type { Rules, WayDeps } from "./way-rules.ts";
import * as ways from "./ways.ts";

export type TriggerDeps = WayDeps;

/** What is special of triggers. */
const triggers: Rules<"trigger"> = {
  kind: "trigger",
  max: triggersMax,
  faultsOf: triggerFaults,
  show: shownTrigger,
  referencesIn: referencesInExchange,
  documentOf(given, linkOf) {
    const { type, method, strict, challenge, parameters } = given;
    return {
      type,
      method,
      ...(strict === undefined ? {} : { strict }),
      ...(challenge === undefined ? {} : { challenge: { in: challenge.in, name: challenge.name } }),
      parameters,
      ...exchangeOf(given, linkOf),
    };
  },
};

/** A page of a version's triggers, with `name` of those whose name contains it. */
export const list = (deps: TriggerDeps, call: Call, version: ways.Version, query: QueryOf<"GetTriggers">): Promise<Page<Trigger>> =>
  ways.list(deps, call, triggers, version, query);

/** The trigger of that name. Throws `Problem` not_found. */
export const get = (deps: TriggerDeps, call: Call, version: ways.Version, name: string): Promise<Trigger> =>
  ways.get(deps, call, triggers, version, name);

/** Adds a trigger to a draft; what is wrong with it is kept in its `errors`. Throws `Problem` name_taken, or version_published. */
export const create = (deps: TriggerDeps, call: Call, version: ways.Version, given: TriggerCreate): Promise<Trigger> =>
  ways.create(deps, call, triggers, version, given);

/** Replaces a trigger of a draft. Throws `Problem` invalid_request when its id would change, name_taken, or version_published. */
export const update = (deps: TriggerDeps, call: Call, version: ways.Version, name: string, given: TriggerUpdate): Promise<Trigger> =>
  ways.update(deps, call, triggers, version, name, given);

/**
 * Deletes a trigger of a draft; the definitions it used and the events that came to it stay. Throws `Problem` not_found, or
 * version_published.
 */
export const remove = (deps: TriggerDeps, call: Call, version: ways.Version, name: string): Promise<void> =>
  ways.remove(deps, call, triggers, version, name);
