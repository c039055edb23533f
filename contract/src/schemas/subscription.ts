import { type Static, Type } from "typebox";
import { OwnEvent } from "./event.ts";
import { ignored, name, object, text, timestamp, ulid, url, words } from "./fields.ts";
import { pageInfo } from "./page.ts";

const comparisons = ["equals", "not_equals", "in", "exists", "absent", "less", "greater"] as const;

export const EventFilter = object(
  "EventFilter",
  {
    pointer: Type.String({
      maxLength: 500,
      pattern: "^(/([^~/]|~0|~1)*)*$",
      description: "A JSON Pointer (RFC 6901) into the event's body, as in `/commits/0/id`.",
    }),
    is: words(comparisons, { description: "How the value there is compared. `exists` and `absent` take no `value`, `in` takes a list." }),
    value: Type.Optional(Type.Unknown({ description: "What it is compared with." })),
  },
  {
    description:
      "A comparison. Where there is no value, and in a body that is no JSON or nests deeper than 200 levels, only `absent` and `not_equals` fit. " +
      "Numbers are compared as doubles; of names that an object has twice, the last counts.",
  },
);
export type EventFilter = Static<typeof EventFilter>;

const named = {
  name: name("What people call it; unique in the connection"),
  version: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "The name of the published version it uses; it follows `default` when left out.",
    }),
  ),
  environment: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: "The environment it uses, by id or name; none when left out." }),
  ),
  trigger: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: "^[a-zA-Z0-9_\\-$]+$",
      description: "The trigger whose events it gets; those of all triggers when left out.",
    }),
  ),
  ownEvents: Type.Optional(
    Type.Array(OwnEvent, { maxItems: 50, uniqueItems: true, description: "Which of Mooring's own events it gets; none when left out." }),
  ),
  ownEventsOnly: Type.Optional(
    Type.Boolean({ description: "Whether it gets `ownEvents` alone, and nothing of any trigger; false when left out." }),
  ),
  filter: Type.Optional(
    Type.Array(EventFilter, { maxItems: 10, description: "It gets only trigger events whose body fits all of these; all when left out." }),
  ),
};

const destinationUrl = url("Where each event is posted, signed.");

export const SubscriptionDestination = object("SubscriptionDestination", {
  url: destinationUrl,
  state: words(["active", "disabled"], { description: "Whether events are sent. It is disabled by an answer of 410, and resumed by you." }),
  reason: Type.Optional(text("Why it is disabled, or fails.", { maxLength: 1_000 })),
  failures: Type.Integer({ description: "How many attempts in a row went wrong." }),
  pausedUntil: Type.Optional(timestamp("After failures or a Retry-After: nothing is sent before this, and nothing is lost.")),
  keys: Type.Array(
    object("SubscriptionKey", {
      id: ulid("The key."),
      hint: Type.String({ description: "How it begins, to tell it from others." }),
      createdAt: timestamp("When it was made."),
      expiresAt: Type.Optional(timestamp("Until when it signs beside the newer one. Absent: it is the newest.")),
    }),
    { description: "What events are signed with, newest first. A key itself is shown once, when it is made." },
  ),
});
export type SubscriptionDestination = Static<typeof SubscriptionDestination>;

const destinationGiven = object("SubscriptionDestinationInput", {
  url: destinationUrl,
  state: ignored(),
  reason: ignored(),
  failures: ignored(),
  pausedUntil: ignored(),
  keys: ignored(),
});

const shown = {
  id: ulid("The subscription."),
  ...named,
  environment: Type.Optional(ulid("The environment it uses.")),
  destination: Type.Optional(SubscriptionDestination),
  acknowledged: Type.String({ description: "The cursor up to which its events were acknowledged." }),
  createdAt: timestamp("When it was created."),
  updatedAt: timestamp("When it last changed."),
};

export const Subscription = object("Subscription", shown, {
  description:
    "A registered interest in a connection: what it uses cannot be unpublished or deleted under it. Events are posted to its destination, or are read where it has none.",
});
export type Subscription = Static<typeof Subscription>;

export const SubscriptionCreate = object("SubscriptionCreate", { ...named, destination: Type.Optional(destinationGiven) });
export type SubscriptionCreate = Static<typeof SubscriptionCreate>;

/** The signing key is beside what a GET gives, once. */
export const SubscriptionCreated = object("SubscriptionCreated", {
  ...shown,
  key: Type.Optional(Type.String({ description: "What events are signed with (Standard Webhooks), as in `whsec_...`. Shown once." })),
});
export type SubscriptionCreated = Static<typeof SubscriptionCreated>;

export const SubscriptionUpdate = object("SubscriptionUpdate", {
  id: ulid("The subscription; must be the one in the path."),
  ...named,
  destination: Type.Optional(destinationGiven),
  acknowledged: ignored(),
  createdAt: ignored(),
  updatedAt: ignored(),
});
export type SubscriptionUpdate = Static<typeof SubscriptionUpdate>;

export const SubscriptionKeyRotate = object("SubscriptionKeyRotate", {
  overlapSeconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 30 * 24 * 3600,
      default: 24 * 3600,
      description: "How long events are signed with the key before it as well.",
    }),
  ),
});
export type SubscriptionKeyRotate = Static<typeof SubscriptionKeyRotate>;

export const SubscriptionPage = object("SubscriptionPage", { ...pageInfo, subscriptions: Type.Array(Subscription) });
export type SubscriptionPage = Static<typeof SubscriptionPage>;
