import { object, ulid } from "../schemas/fields.ts";
import type { Tag } from "./operation.ts";

/**
 * Where outside systems send events. The trigger says which method and type it takes, and its credentials who may, so this stands
 * beside the operations table: the server takes these requests as they are.
 */
export const ingestAddresses: readonly IngestAddress[] = [
  {
    operationId: "ReceiveEvent",
    path: "/o/{organisation_id}/connections/{connection_id}/environments/{environment_id}/triggers/{trigger_name}",
    tag: "Triggers",
    summary: "Send an event",
    description:
      "For outside systems. All trigger credentials of the environment must pass, in their order. The answer is a success only once the event is on the disk.",
  },
  {
    operationId: "ReceiveEventByToken",
    path: "/t/{trigger_token}",
    tag: "Triggers",
    summary: "Send an event to a short address",
    description: "The same, at an address that cannot be guessed and says nothing.",
  },
];

export interface IngestAddress {
  readonly operationId: string;
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description: string;
}

/** With which methods: whichever the trigger takes. */
export const ingestMethods = ["get", "put", "post", "delete", "options", "head", "patch"] as const;

/** What a sender gets once an event is kept, unless the trigger's status has no content. */
export const EventReceipt = object("EventReceipt", { id: ulid("The event; of one that came again, the first one's.") });
