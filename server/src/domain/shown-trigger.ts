import type { Trigger } from "@mooring/contract";
import { type ShownDefinitions, shownExchange } from "./shown-exchange.ts";
import type { StoredTrigger } from "./trigger.ts";

/** A trigger as it is answered. A link that leads nowhere is not shown: the trigger's errors tell of it. */
export function shownTrigger({ id, name, summary, description, document, errors }: StoredTrigger, definitions: ShownDefinitions): Trigger {
  const { type, method, strict, challenge, parameters, ...exchange } = document;
  return {
    type,
    id,
    name,
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    method,
    ...(strict === undefined ? {} : { strict }),
    ...(challenge === undefined ? {} : { challenge: { ...challenge } }),
    parameters: [...parameters],
    ...shownExchange(id, exchange, definitions),
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
  };
}
