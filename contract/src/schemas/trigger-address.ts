import { type Static, Type } from "typebox";
import { object, timestamp, ulid } from "./fields.ts";

const shortAddress = {
  id: ulid("The address."),
  url: Type.String({ description: "Where the outside system sends events. Nobody can guess it." }),
  version: Type.Optional(Type.String({ description: "The version whose trigger it is; it follows `default` when absent." })),
  createdAt: timestamp("When it was made."),
  expiresAt: Type.Optional(timestamp("When it ends, after a newer one took its place. Absent: it does not.")),
};

export const TriggerAddress = object("TriggerAddress", {
  url: Type.String({ description: "The trigger's address by its names; always there." }),
  short: Type.Array(object("TriggerShortAddress", shortAddress), { description: "Its short addresses that are good now, newest first." }),
});
export type TriggerAddress = Static<typeof TriggerAddress>;

export const TriggerAddressRotate = object("TriggerAddressRotate", {
  version: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: "The version whose trigger it is; it follows `default` when left out." }),
  ),
  overlapSeconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 30 * 24 * 3600,
      default: 24 * 3600,
      description: "How long the short addresses before it are still good.",
    }),
  ),
});
export type TriggerAddressRotate = Static<typeof TriggerAddressRotate>;
