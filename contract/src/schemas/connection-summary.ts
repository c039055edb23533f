import type { Static } from "typebox";
import { name, object, timestamp, ulid } from "./fields.ts";
import { ProtocolType } from "./protocol.ts";

export const ConnectionSummaryBase = object("ConnectionSummaryBase", {
  id: ulid("The connection."),
  organisationId: ulid("The organisation it belongs to."),
  name: name("Its name"),
  protocol: ProtocolType,
  createdAt: timestamp("When it was created."),
  updatedAt: timestamp("When it or anything in it last changed."),
});
export type ConnectionSummaryBase = Static<typeof ConnectionSummaryBase>;
