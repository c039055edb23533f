import { Type } from "typebox";
import { Event, EventPage, EventRedelivery, RedeliveryRequest, RedeliveryResult } from "../schemas/event.ts";
import { line, timestamp } from "../schemas/fields.ts";
import { paging, strict } from "../schemas/page.ts";
import { triggerName } from "../schemas/trigger.ts";
import { EventOrigin } from "../schemas/verification.ts";
import type { Operation } from "./operation.ts";

const all = "/o/{organisation_id}/connections/{connection_id}/events";

const EventsQuery = Type.Object(
  {
    ...paging,
    environment: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, pattern: line(), description: "Only of this environment, by id or name." }),
    ),
    trigger: Type.Optional(Type.String({ maxLength: 200, pattern: triggerName, description: "Only of this trigger." })),
    origin: Type.Optional({ ...EventOrigin, description: "Only events of this origin." } as typeof EventOrigin),
    from: Type.Optional(timestamp("Only events that came at this time or later.")),
    to: Type.Optional(timestamp("Only events that came before this time.")),
  },
  strict,
);

export const eventOperations = {
  ListEvents: {
    method: "GET",
    path: all,
    tag: "Events",
    access: "events:read",
    summary: "List what came in",
    description:
      "Newest first, verified or not, without bodies. Each is kept for a set time. A key that is limited to environments sees those of its " +
      "environments. `totalCount` counts no further than 10,000, nor than the newest 100,000 of the connection in that time; and a page may " +
      "hold fewer than asked for although more follow: go on with `next` until there is none.",
    query: EventsQuery,
    success: { status: 200, body: EventPage },
  },
  GetEvent: {
    method: "GET",
    path: `${all}/{event_id}`,
    tag: "Events",
    access: "events:read",
    summary: "Read an event",
    description: "As it came, with how it was verified and where it was delivered. Secrets in it are masked.",
    success: { status: 200, body: Event },
  },
  VerifyEvent: {
    method: "POST",
    path: `${all}/{event_id}/verify`,
    tag: "Events",
    access: "events:write",
    summary: "Verify an event again",
    description:
      "With the credentials as they are now, and the time at which it came. One that passes now is a verified event from here on, and is " +
      "delivered. Of one that has passed already, nothing changes.",
    success: { status: 200, body: Event },
  },
  DeliverEvent: {
    method: "POST",
    path: `${all}/{event_id}/deliver`,
    tag: "Events",
    access: "events:write",
    summary: "Deliver an event again",
    description: "With the id it had, to each destination that wants it or had it before. An unverified one is refused.",
    body: EventRedelivery,
    success: { status: 200, body: RedeliveryResult },
  },
  DeliverEvents: {
    method: "POST",
    path: `${all}/deliver`,
    tag: "Events",
    access: "events:write",
    summary: "Deliver events again",
    description:
      "All of a time, or all that are dead; where nothing is said, all that is kept, also what came before a subscription. Each keeps its " +
      "id; unverified ones are passed by. One request looks at 100,000 events or deliveries at most, and says where to go on.",
    body: RedeliveryRequest,
    success: { status: 200, body: RedeliveryResult },
  },
} as const satisfies Record<string, Operation>;
