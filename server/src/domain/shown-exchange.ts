import type { ActionDefinition, Definition } from "@mooring/contract";
import { type DefinitionId, idOf } from "../kernel/ids.ts";
import type { DefinitionLink } from "./action.ts";
import type { Exchange } from "./exchange-faults.ts";

/** Definitions as they are answered. One may serve any number of actions and triggers. */
export type ShownDefinitions = ReadonlyMap<DefinitionId, Definition>;

/** The body of a request and the answers to it, as they are answered. Links that lead nowhere are not shown. */
export function shownExchange(ownerId: string, { requestBody, responses }: Omit<Exchange, "method">, definitions: ShownDefinitions) {
  const keyOf = eachOnce();
  return {
    ...(requestBody
      ? {
          requestBody: {
            required: requestBody.required,
            definitions: shownLinks(`${ownerId}/requestBody`, requestBody.definitions, definitions),
          },
        }
      : {}),
    responses: responses.map(({ status, description, definitions: links }) => {
      const key = keyOf(`${ownerId}/responses/${status ?? "default"}`);
      return {
        id: idOf(key),
        ...(status === undefined ? {} : { status }),
        ...(description === undefined ? {} : { description }),
        definitions: shownLinks(key, links, definitions),
      };
    }),
  };
}

/** Ids inside an action or a trigger are made of what they are of, so that they stay when it is written again, and in its copies. */
export function shownLinks(place: string, links: readonly DefinitionLink[], definitions: ShownDefinitions): ActionDefinition[] {
  const keyOf = eachOnce();
  return links.flatMap((link) => {
    const definition = "id" in link ? definitions.get(link.id) : undefined;
    if (!definition) return [];
    return [{ id: idOf(keyOf(`${place}/${definition.id}`)), definition, ...(link.accept ? { accept: [...link.accept] } : {}) }];
  });
}

/** Gives each key as it is the first time, and then with a number: what has faults may say the same thing twice. */
function eachOnce(): (key: string) => string {
  const seen = new Map<string, number>();
  return (key) => {
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times === 1 ? key : `${key}#${times}`;
  };
}
