import { ContentQuery } from "../schemas/definition.ts";
import { Trigger, TriggerCreate, TriggerPage, TriggerUpdate } from "../schemas/trigger.ts";
import type { Operation } from "./operation.ts";

const all = "/o/{organisation_id}/connections/{connection_id}/versions/{version}/triggers";

export const triggerOperations = {
  GetTriggers: {
    method: "GET",
    path: all,
    tag: "Triggers",
    access: "connections:read",
    summary: "List the triggers of a version",
    description: "Newest change first. Of long triggers there may be fewer on a page than were asked for.",
    query: ContentQuery,
    success: { status: 200, body: TriggerPage },
  },
  CreateTrigger: {
    method: "POST",
    path: all,
    tag: "Triggers",
    access: "connections:write",
    summary: "Add a trigger to a draft",
    description: "What is wrong with it is kept in its `errors`, so that it can be saved half-done; publishing refuses it then.",
    body: TriggerCreate,
    success: { status: 201, body: Trigger },
  },
  GetTrigger: {
    method: "GET",
    path: `${all}/{trigger_name}`,
    tag: "Triggers",
    access: "connections:read",
    summary: "Read a trigger",
    description: "With the definitions it uses.",
    success: { status: 200, body: Trigger },
  },
  UpdateTrigger: {
    method: "PUT",
    path: `${all}/{trigger_name}`,
    tag: "Triggers",
    access: "connections:write",
    summary: "Change a trigger of a draft",
    description: "Replaces all of it, but neither its id nor its type. What was read changes nothing when it is sent back as it was.",
    body: TriggerUpdate,
    success: { status: 200, body: Trigger },
  },
  DeleteTrigger: {
    method: "DELETE",
    path: `${all}/{trigger_name}`,
    tag: "Triggers",
    access: "connections:write",
    summary: "Delete a trigger of a draft",
    description: "The definitions it used stay. Events that came to it stay too.",
    success: { status: 204 },
  },
} as const satisfies Record<string, Operation>;
