import { Action, ActionCreate, ActionPage, ActionUpdate } from "../schemas/action.ts";
import { ContentQuery } from "../schemas/definition.ts";
import type { Operation } from "./operation.ts";

const all = "/o/{organisation_id}/connections/{connection_id}/versions/{version}/actions";

export const actionOperations = {
  GetActions: {
    method: "GET",
    path: all,
    tag: "Actions",
    access: "connections:read",
    summary: "List the actions of a version",
    description: "Newest change first.",
    query: ContentQuery,
    success: { status: 200, body: ActionPage },
  },
  CreateAction: {
    method: "POST",
    path: all,
    tag: "Actions",
    access: "connections:write",
    summary: "Add an action to a draft",
    description: "What is wrong with it is kept in its `errors`, so that it can be saved half-done; publishing refuses it then.",
    body: ActionCreate,
    success: { status: 201, body: Action },
  },
  GetAction: {
    method: "GET",
    path: `${all}/{action_name}`,
    tag: "Actions",
    access: "connections:read",
    summary: "Read an action",
    description: "With the definitions it uses.",
    success: { status: 200, body: Action },
  },
  UpdateAction: {
    method: "PUT",
    path: `${all}/{action_name}`,
    tag: "Actions",
    access: "connections:write",
    summary: "Change an action of a draft",
    description: "Replaces all of it, but neither its id nor its type. What was read changes nothing when it is sent back as it was.",
    body: ActionUpdate,
    success: { status: 200, body: Action },
  },
  DeleteAction: {
    method: "DELETE",
    path: `${all}/{action_name}`,
    tag: "Actions",
    access: "connections:write",
    summary: "Delete an action of a draft",
    description: "The definitions it used stay.",
    success: { status: 204 },
  },
} as const satisfies Record<string, Operation>;
