import { type Static, Type } from "typebox";
import { ErrorField } from "./error.ts";
import { line, object, timestamp, ulid, words } from "./fields.ts";
import { pageInfo } from "./page.ts";
import { triggerName } from "./trigger.ts";
import { EventOrigin, Verification } from "./verification.ts";

/** Mooring's own events that a subscription may ask for. */
export const ownEvents = [
  "connection.updated",
  "credential.connected",
  "credential.reauth_required",
  "credential.updated",
  "environment.created",
  "environment.deleted",
  "environment.updated",
  "subscription.disabled",
  "version.created",
  "version.deleted",
  "version.published",
  "version.unpublished",
  "version.updated",
] as const;
export const OwnEvent = words(ownEvents, { title: "OwnEvent", description: "Something that happened within Mooring." });
export type OwnEvent = Static<typeof OwnEvent>;

const head = {
  id: ulid("The event. Every delivery of it has this as its `webhook-id`."),
  origin: EventOrigin,
  type: Type.String({ description: "`trigger`, or which event of Mooring's own it is, as in `version.published`." }),
  environment: Type.Optional(ulid("The environment it came to.")),
  trigger: Type.Optional(Type.String({ description: "The name of the trigger it came to." })),
  sequence: Type.Optional(
    Type.Integer({ description: "Counts the verified events of the trigger in this environment. Deliveries may come in another order." }),
  ),
  receivedAt: timestamp("When it came."),
  method: Type.Optional(Type.String({ description: "The method it came with." })),
  contentType: Type.Optional(Type.String({ description: "The media type of the body, as it was sent." })),
  bytes: Type.Integer({ description: "How many bytes the body has." }),
  fits: Type.Optional(Type.Boolean({ description: "Whether parameters and body fit the trigger; absent when that was not looked at." })),
  duplicates: Type.Integer({ description: "How often it came again, and was not kept again." }),
};

const header = object("EventHeader", {
  name: Type.String({ description: "As it was sent." }),
  value: Type.String({ description: "Of a header that holds a secret, a mask." }),
});

const content = {
  target: Type.Optional(Type.String({ description: "Path and query as they came; a secret in it is masked." })),
  headers: Type.Array(header, { description: "In their order; secrets are masked." }),
  body: Type.Optional(Type.String({ description: "The body exactly as it came, when it is UTF-8." })),
  bodyBase64: Type.Optional(Type.String({ description: "The body's bytes in base64, when they are not UTF-8." })),
};

export const EventSummary = object("EventSummary", head);
export type EventSummary = Static<typeof EventSummary>;

export const EventPage = object("EventPage", { ...pageInfo, events: Type.Array(EventSummary) });
export type EventPage = Static<typeof EventPage>;

export const deliveryStates = ["waiting", "delivered", "dead", "skipped"] as const;
export const DeliveryState = words(deliveryStates, {
  title: "DeliveryState",
  description: "`waiting` for its next attempt, `delivered`, `dead` after the last attempt, or `skipped` because the filter did not match.",
});
export type DeliveryState = Static<typeof DeliveryState>;

export const Delivery = object(
  "Delivery",
  {
    event: ulid("The event."),
    subscription: ulid("The subscription."),
    state: DeliveryState,
    attempts: Type.Integer({ description: "How often it was sent since it was last asked for." }),
    nextAttemptAt: Type.Optional(timestamp("Of one that waits: not before this.")),
    lastAttemptAt: Type.Optional(timestamp("When it was last sent.")),
    lastStatus: Type.Optional(Type.Integer({ description: "What the destination answered then." })),
    lastError: Type.Optional(Type.String({ description: "Why that was no success." })),
  },
  { description: "An event on its way to a destination." },
);
export type Delivery = Static<typeof Delivery>;

export const DeliveryPage = object("DeliveryPage", { ...pageInfo, deliveries: Type.Array(Delivery) });
export type DeliveryPage = Static<typeof DeliveryPage>;

export const Event = object("Event", {
  ...head,
  ...content,
  faults: Type.Optional(Type.Array(ErrorField, { description: "What does not fit the trigger." })),
  verification: Type.Optional(Verification),
  deliveries: Type.Array(Delivery, { description: "To which destinations it goes, and how far that is; at most 100." }),
});
export type Event = Static<typeof Event>;

/** An event as a subscription reads it. */
export const SubscriptionEvent = object("SubscriptionEvent", {
  ...head,
  ...content,
  cursor: Type.String({ description: "Where it stands: for `after`, and for `through` of an acknowledgement." }),
});
export type SubscriptionEvent = Static<typeof SubscriptionEvent>;

export const SubscriptionEvents = object("SubscriptionEvents", {
  events: Type.Array(SubscriptionEvent, { description: "In the order in which they were kept." }),
  cursor: Type.String({ description: "Where this reading ended: for the next `after`." }),
});
export type SubscriptionEvents = Static<typeof SubscriptionEvents>;

export const Acknowledgement = object("Acknowledgement", {
  through: Type.String({ maxLength: 200, description: "The cursor of the last event that was dealt with: it and all before it." }),
});
export type Acknowledgement = Static<typeof Acknowledgement>;

/** Which events are to be delivered again. */
export const RedeliveryRequest = object("RedeliveryRequest", {
  subscription: Type.Optional(ulid("Only to this subscription's destination. Left out: to all that want the event.")),
  environment: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, pattern: line(), description: "Only events of this environment, by id or name." }),
  ),
  trigger: Type.Optional(Type.String({ maxLength: 200, pattern: triggerName, description: "Only events of this trigger." })),
  state: Type.Optional(words(["dead"], { description: "Only deliveries that are dead. Left out: all, those that went well too." })),
  from: Type.Optional(timestamp("Only events that came at this time or later.")),
  to: Type.Optional(timestamp("Only events that came before this time.")),
  after: Type.Optional(
    Type.String({
      maxLength: 100,
      pattern: "^[0-9A-Z ]*$",
      description: "The `next` of the answer before, to go on with the same request.",
    }),
  ),
});
export type RedeliveryRequest = Static<typeof RedeliveryRequest>;

export const EventRedelivery = object("EventRedelivery", { subscription: Type.Optional(ulid("Only to this subscription's destination.")) });
export type EventRedelivery = Static<typeof EventRedelivery>;

export const RedeliveryResult = object("RedeliveryResult", {
  deliveries: Type.Integer({ description: "How many deliveries wait again." }),
  next: Type.Optional(Type.String({ description: "There is more than one request does: send it again with this as `after`." })),
});
export type RedeliveryResult = Static<typeof RedeliveryResult>;
