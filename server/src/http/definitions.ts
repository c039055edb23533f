import * as removal from "../control/definition-removal.ts";
import type { DefinitionDeps } from "../control/definition-schemas.ts";
import * as definitions from "../control/definitions.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names = "GetDefinitions" | "CreateDefinitions" | "DeleteDefinitions" | "GetDefinition" | "UpdateDefinition" | "DeleteDefinition";

/** Handlers of definitions. */
export function definitionHandlers(deps: DefinitionDeps): Pick<Handlers, Names> {
  return {
    GetDefinitions: async ({ call, params, query }) => {
      const { items, ...page } = await definitions.list(deps, call, params.connection_id as ConnectionId, params.version, query);
      return { ...page, definitions: items };
    },
    CreateDefinitions: ({ call, params, body }) =>
      definitions.create(deps, call, params.connection_id as ConnectionId, params.version, body),
    DeleteDefinitions: ({ call, params, query, body }) =>
      removal.removeMany(deps, call, params.connection_id as ConnectionId, params.version, body, { force: query.force ?? false }),
    GetDefinition: ({ call, params }) =>
      definitions.get(deps, call, params.connection_id as ConnectionId, params.version, params.definition_name),
    UpdateDefinition: ({ call, params, body }) =>
      definitions.update(deps, call, params.connection_id as ConnectionId, params.version, params.definition_name, body),
    DeleteDefinition: ({ call, params, query }) =>
      removal.remove(deps, call, params.connection_id as ConnectionId, params.version, params.definition_name, {
        force: query.force ?? false,
      }),
  };
}
