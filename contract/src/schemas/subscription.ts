import { type Static, Type } from "typebox";
import { name, object, timestamp, ulid } from "./fields.ts";
import { pageInfo } from "./page.ts";

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
};

export const Subscription = object(
  "Subscription",
  {
    id: ulid("The subscription."),
    name: named.name,
    version: named.version,
    environment: Type.Optional(ulid("The environment it uses.")),
    createdAt: timestamp("When it was created."),
    updatedAt: timestamp("When it last changed."),
  },
  { description: "A registered interest in a connection: what it uses cannot be unpublished or deleted under it." },
);
export type Subscription = Static<typeof Subscription>;

export const SubscriptionCreate = object("SubscriptionCreate", named);
export type SubscriptionCreate = Static<typeof SubscriptionCreate>;

export const SubscriptionPage = object("SubscriptionPage", { ...pageInfo, subscriptions: Type.Array(Subscription) });
export type SubscriptionPage = Static<typeof SubscriptionPage>;
