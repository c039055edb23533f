import { type TObject, type TSchema, Type } from "typebox";
import { Explanation } from "../schemas/explanation.ts";
import { InvokeRequest } from "../schemas/invoke.ts";
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

const ofAction = "/o/{organisation_id}/connections/{connection_id}/environments/{environment_id}/actions/{action_name}";
const actionMethod = ["POST"] as const;

const version = {
  version: Type.Optional(
    Type.String({ default: "default", description: "The version of the action: a name, also that of a draft, `latest` or `default`." }),
  ),
};

/** A typed call: the action says what is sent. */
export const invoke = {
  name: "InvokeAction",
  methods: actionMethod,
  path: `${ofAction}/invoke`,
  tag: "Gateway",
  access: "gateway:call",
  summary: "Call an action",
  description:
    "Holds the input against the action, builds the request and sends it as `proxy` does. Nothing is sent before all of the input was checked: a 400 lists every fault at once. " +
    "With `validate=response` the answer, up to 10 MiB, is held against the action too, and `Mooring-Response-Valid` and `Mooring-Response-Faults` tell what was found.",
  query: Type.Object({
    ...version,
    validate: Type.Optional(Type.Literal("response", { description: "Whether the answer is held against what the action says of it." })),
  }),
  body: InvokeRequest,
} as const satisfies GatewayOperation;

/** What the gateway answers itself instead of sending. */
export const explainAction = {
  name: "ExplainAction",
  methods: actionMethod,
  path: `${ofAction}/explain`,
  tag: "Gateway",
  access: "gateway:call",
  summary: "See what a call of an action would come to",
  description:
    "Takes the very request that `invoke` takes and sends nothing. Answers as `explain` of a plain call does; what is wrong with the input is in `problem`.",
  query: invoke.query,
  body: InvokeRequest,
  answer: Explanation,
} as const satisfies GatewayOperation;

/** All that the gateway serves. */
export const gatewayOperations: readonly GatewayOperation[] = [gateway, explain, invoke, explainAction];

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
  readonly query?: TObject;
  /** Undefined when it is the outside system's, or none. */
  readonly body?: TSchema;
  /** Undefined when the answer is the outside system's own. */
  readonly answer?: TSchema;
}
