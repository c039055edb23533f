import type { TSchema } from "typebox";
import { Explanation } from "../schemas/explanation.ts";
import type { Access, Tag } from "./operation.ts";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;

/**
 * The gateway takes any body and gives the outside system's own answer, so it stands beside the operations table: the server
 * passes these requests on as they are, validating and parsing nothing.
 */
export const gateway = {
  name: "Proxy",
  methods,
  path: "/o/{organisation_id}/connections/{connection_id}/environments/{environment_id}/proxy/{path}",
  tag: "Gateway",
  access: "gateway:call",
  summary: "Call the outside system",
  description:
    "Sends the request to the connection's base URL followed by `path` (slashes included) and the query, with the environment's action credentials applied in their order. " +
    "The answer is the outside system's own; `Mooring-Origin` tells it from a failure of the gateway. The caller's own `Authorization` and `Cookie` are for Mooring and go no further.",
} as const satisfies GatewayOperation;

/** What the gateway answers itself instead of sending. */
export const explain = {
  name: "Explain",
  methods,
  path: "/o/{organisation_id}/connections/{connection_id}/environments/{environment_id}/explain/{path}",
  tag: "Gateway",
  access: "gateway:call",
  summary: "See what a call would come to",
  description:
    "Takes the very request that `proxy` takes, sends nothing and renews nothing. Answers with the request that would leave, masked, with what each credential does to it, " +
    "whether its token would be renewed and why, what the egress policy says to the address, and how long the call might take.",
  answer: Explanation,
} as const satisfies GatewayOperation;

/** An address of the gateway: one and the same for every method. */
export interface GatewayOperation {
  /** Goes before the method in the operation's id. */
  readonly name: string;
  readonly methods: readonly string[];
  readonly path: string;
  readonly tag: Tag;
  readonly access: Access;
  readonly summary: string;
  readonly description: string;
  /** Undefined when the answer is the outside system's own. */
  readonly answer?: TSchema;
}
