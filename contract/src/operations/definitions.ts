import {
  ContentQuery,
  Definition,
  DefinitionDeletePreconditionFailed,
  DefinitionPage,
  Definitions,
  DefinitionsCreate,
  DefinitionsDelete,
  DefinitionsDeletePreconditionFailed,
  DefinitionUpdate,
} from "../schemas/definition.ts";
import { ForceQuery } from "../schemas/page.ts";
import type { Operation } from "./operation.ts";

const all = "/o/{organisation_id}/connections/{connection_id}/versions/{version}/definitions";

export const definitionOperations = {
  GetDefinitions: {
    method: "GET",
    path: all,
    tag: "Definitions",
    access: "connections:read",
    summary: "List the definitions of a version",
    description: "Newest change first.",
    query: ContentQuery,
    success: { status: 200, body: DefinitionPage },
  },
  CreateDefinitions: {
    method: "POST",
    path: all,
    tag: "Definitions",
    access: "connections:write",
    summary: "Add definitions to a draft",
    description:
      "Many at a time, which may refer to each other. A schema that is malformed, or costs too much to check, is refused with its place.",
    body: DefinitionsCreate,
    success: { status: 201, body: Definitions },
  },
  DeleteDefinitions: {
    method: "DELETE",
    path: all,
    tag: "Definitions",
    access: "connections:write",
    summary: "Delete definitions of a draft",
    description: "All of them or none. Those that only refer to each other may go together.",
    query: ForceQuery,
    body: DefinitionsDelete,
    success: { status: 204 },
    failures: {
      412: {
        description: "Something else refers to them. `force` deletes all the same, and leaves an error there.",
        body: DefinitionsDeletePreconditionFailed,
      },
    },
  },
  GetDefinition: {
    method: "GET",
    path: `${all}/{definition_name}`,
    tag: "Definitions",
    access: "connections:read",
    summary: "Read a definition",
    description: "With what refers to it. Its schema is at its `url`.",
    success: { status: 200, body: Definition },
  },
  UpdateDefinition: {
    method: "PUT",
    path: `${all}/{definition_name}`,
    tag: "Definitions",
    access: "connections:write",
    summary: "Change a definition of a draft",
    description: "What refers to it goes on doing so, also under a new name.",
    body: DefinitionUpdate,
    success: { status: 200, body: Definition },
  },
  DeleteDefinition: {
    method: "DELETE",
    path: `${all}/{definition_name}`,
    tag: "Definitions",
    access: "connections:write",
    summary: "Delete a definition of a draft",
    description: "412 with what refers to it, unless forced: then an error is left there.",
    query: ForceQuery,
    success: { status: 204 },
    failures: {
      412: {
        description: "Something refers to it. `force` deletes all the same, and leaves an error there.",
        body: DefinitionDeletePreconditionFailed,
      },
    },
  },
} as const satisfies Record<string, Operation>;
