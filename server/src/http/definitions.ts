import type { DefinitionState } from "../control/definition-reads.ts";
import * as removal from "../control/definition-removal.ts";
import type { DefinitionDeps } from "../control/definition-schemas.ts";
import * as definitions from "../control/definitions.ts";
import { etagOf } from "../domain/etag.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import { type Handlers, Reply } from "./handlers.ts";

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
    GetDefinition: async ({ call, params }) =>
      tagged(await definitions.get(deps, call, params.connection_id as ConnectionId, params.version, params.definition_name)),
    UpdateDefinition: async ({ call, params, body }) =>
      tagged(await definitions.update(deps, call, params.connection_id as ConnectionId, params.version, params.definition_name, body)),
    DeleteDefinition: ({ call, params, query }) =>
      removal.remove(deps, call, params.connection_id as ConnectionId, params.version, params.definition_name, {
        force: query.force ?? false,
      }),
  };
}

const tagged = ({ definition, state }: DefinitionState) => new Reply(definition, { etag: etagOf(state) });
