import type { Static, TSchema } from "typebox";
import { actionOperations } from "./operations/actions.ts";
import { apiKeyOperations } from "./operations/api-keys.ts";
import { auditOperations } from "./operations/audit.ts";
import { callOperations } from "./operations/calls.ts";
import { connectionHealthOperations } from "./operations/connection-health.ts";
import { connectionPresetOperations } from "./operations/connection-presets.ts";
import { connectionOperations } from "./operations/connections.ts";
import { credentialOperations } from "./operations/credentials.ts";
import { definitionOperations } from "./operations/definitions.ts";
import { environmentOperations } from "./operations/environments.ts";
import { eventOperations } from "./operations/events.ts";
import { exportOperations } from "./operations/exports.ts";
import { importOperations } from "./operations/imports.ts";
import { memberOperations } from "./operations/members.ts";
import { oauth2Operations } from "./operations/oauth2.ts";
import type { Operation } from "./operations/operation.ts";
import { organisationOperations } from "./operations/organisations.ts";
import type { PathParameters } from "./operations/path-parameters.ts";
import { protocolOperations } from "./operations/protocols.ts";
import { searchOperations } from "./operations/search.ts";
import { destinationOperations, readingOperations, subscriptionOperations } from "./operations/subscriptions.ts";
import { triggerOperations } from "./operations/triggers.ts";
import { versionOperations } from "./operations/versions.ts";

import { addressOperations, verificationOperations } from "./operations/ways-in.ts";

/** Every operation by its id: the one source of routes, permissions, validation, types and the OpenAPI document. */
export const operations = {
  ...connectionOperations,
  ...connectionHealthOperations,
  ...connectionPresetOperations,
  ...searchOperations,
  ...environmentOperations,
  ...credentialOperations,
  ...oauth2Operations,
  ...versionOperations,
  ...subscriptionOperations,
  ...destinationOperations,
  ...eventOperations,
  ...readingOperations,
  ...definitionOperations,
  ...exportOperations,
  ...actionOperations,
  ...triggerOperations,
  ...addressOperations,
  ...verificationOperations,
  ...protocolOperations,
  ...importOperations,
  ...organisationOperations,
  ...memberOperations,
  ...apiKeyOperations,
  ...auditOperations,
  ...callOperations,
} as const satisfies Record<string, Operation>;

export type Operations = typeof operations;
export type OperationId = keyof Operations;

/** The path parameters of an operation, as in `{ organisation_id: string }`. */
export type ParamsOf<Id extends OperationId> = PathParameters<Operations[Id]["path"]>;

/** The query of an operation after defaults and coercion; an empty object when it takes none. */
export type QueryOf<Id extends OperationId> = Operations[Id] extends { query: infer Query extends TSchema }
  ? Static<Query>
  : Record<string, never>;

/** The body of an operation; undefined when it takes none. */
export type BodyOf<Id extends OperationId> = Operations[Id] extends { body: infer Body extends TSchema } ? Static<Body> : undefined;

/** What an operation answers when all went well; void when it answers without a body. */
// biome-ignore lint/suspicious/noConfusingVoidType: it is the return type of a handler, which may return nothing
export type AnswerOf<Id extends OperationId> = Operations[Id]["success"] extends { body: infer Body extends TSchema } ? Static<Body> : void;
