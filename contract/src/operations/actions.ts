import { Action, ActionCreate, ActionDryRun, ActionDryRunResult, ActionPage, ActionUpdate } from "../schemas/action.ts";
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
    description: "Newest change first. Of long actions there may be fewer on a page than were asked for.",
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
  DryRunAction: {
    method: "POST",
    path: `${all}/{action_name}/dry-run`,
    tag: "Actions",
    access: "connections:write",
    summary: "Ask BigQuery what a query would give",
    description:
      "Sends the query of an action of a draft for a dry run, which runs and bills nothing. The rows it would give are described in the definition `{action}_row`, which is made or changed, and which the action then has as its `row`. Needs `gateway:call` besides. What BigQuery refuses is a 422 with its words.",
    body: ActionDryRun,
    success: { status: 200, body: ActionDryRunResult },
  },
} as const satisfies Record<string, Operation>;
