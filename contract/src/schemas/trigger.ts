import { type Static, Type } from "typebox";
import { ActionDefinition, ActionDefinitionCreate, HTTPMethod } from "./action.ts";
import { ContentError } from "./definition.ts";
import { ignored, object, oneOf, text, ulid, words } from "./fields.ts";
import { pageInfo } from "./page.ts";

/** The pattern of a trigger's name. */
export const triggerName = "^[a-zA-Z0-9_\\-$]+$";

const common = {
  name: Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: triggerName,
    description: "1 to 200 letters, digits, `_`, `-` and `$`; unique in the version.",
  }),
  summary: Type.Optional(text("What it tells, in a line.", { maxLength: 1_000 })),
  description: Type.Optional(text("What it tells, at most 20,000 characters.", { maxLength: 20_000 })),
};

export const TriggerHTTPParameter = object("TriggerHTTPParameter", {
  name: Type.String({ maxLength: 200, description: "Its name on the wire." }),
  in: words(["cookie", "header", "query"], { description: "Where it comes." }),
  required: Type.Boolean({ description: "Whether an event without it does not fit." }),
  type: words(["string", "number", "integer", "boolean"], { description: "What it is." }),
  default: Type.Optional(Type.Unknown({ description: "What an event without it means." })),
  description: Type.Optional(text("What it is for, at most 20,000 characters.", { maxLength: 20_000 })),
});
export type TriggerHTTPParameter = Static<typeof TriggerHTTPParameter>;

const bodyRequired = Type.Boolean({ description: "Whether an event without a body does not fit." });
const linksMax = 50;

export const TriggerHTTPRequestBody = object("TriggerHTTPRequestBody", {
  required: bodyRequired,
  definitions: Type.Array(ActionDefinition),
});
export type TriggerHTTPRequestBody = Static<typeof TriggerHTTPRequestBody>;

export const TriggerHTTPRequestBodyCreate = object("TriggerHTTPRequestBodyCreate", {
  required: bodyRequired,
  definitions: Type.Array(ActionDefinitionCreate, { maxItems: linksMax, description: "At most one for each media type." }),
});
export type TriggerHTTPRequestBodyCreate = Static<typeof TriggerHTTPRequestBodyCreate>;

const status = Type.Optional(
  Type.Integer({ minimum: 0, maximum: 999, description: "The status code; the one for all others when left out." }),
);

const answerDescription = Type.Optional(text("What it tells the sender, at most 20,000 characters.", { maxLength: 20_000 }));

export const TriggerHTTPResponse = object("TriggerHTTPResponse", {
  id: ulid("This response."),
  status,
  description: answerDescription,
  definitions: Type.Array(ActionDefinition),
});
export type TriggerHTTPResponse = Static<typeof TriggerHTTPResponse>;

export const TriggerHTTPResponseCreate = object("TriggerHTTPResponseCreate", {
  id: ignored(),
  status,
  description: answerDescription,
  definitions: Type.Array(ActionDefinitionCreate, { maxItems: linksMax, description: "At most one for each media type." }),
});
export type TriggerHTTPResponseCreate = Static<typeof TriggerHTTPResponseCreate>;

export const TriggerChallenge = object(
  "TriggerChallenge",
  {
    in: words(["body", "query"], { description: "Where the sender puts the text that it wants back." }),
    name: Type.String({
      maxLength: 200,
      description: "In the body, a JSON Pointer (RFC 6901) such as `/challenge`; in the query, the name of a parameter.",
    }),
  },
  {
    description:
      "How a sender proves an address before it uses it. Once all credentials have passed, a request with a text of 1 to 1,024 characters there, " +
      "none of them a control character, in a body of at most 16 KiB, is no event: it is answered 200 with that text, and nothing is kept. " +
      "Anything else is an event.",
  },
);
export type TriggerChallenge = Static<typeof TriggerChallenge>;

const request = {
  method: HTTPMethod,
  strict: Type.Optional(
    Type.Boolean({
      description:
        "Whether the sender of an event that does not fit is answered 400 with the faults. Left out or false: it is accepted, and marked.",
    }),
  ),
  challenge: Type.Optional(TriggerChallenge),
  parameters: Type.Array(TriggerHTTPParameter, { maxItems: 500 }),
};

export const TriggerHTTP = object("TriggerHTTP", {
  type: Type.Literal("http"),
  id: Type.String({ description: "The trigger. A copy in another version has the same." }),
  errors: Type.Optional(
    Type.Array(ContentError, { description: "What is wrong with it. A draft may be saved so; publishing refuses errors." }),
  ),
  ...common,
  ...request,
  requestBody: Type.Optional(TriggerHTTPRequestBody),
  responses: Type.Array(TriggerHTTPResponse, {
    description: "What the sender gets: the lowest status from 200 to 299 once an event is kept.",
  }),
});
export type TriggerHTTP = Static<typeof TriggerHTTP>;

const created = {
  requestBody: Type.Optional(TriggerHTTPRequestBodyCreate),
  responses: Type.Array(TriggerHTTPResponseCreate, {
    maxItems: 200,
    description: "What the sender gets: the lowest status from 200 to 299 once an event is kept, and 200 where there is none.",
  }),
};

export const TriggerHTTPCreate = object("TriggerHTTPCreate", { type: Type.Literal("http"), ...common, ...request, ...created });
export type TriggerHTTPCreate = Static<typeof TriggerHTTPCreate>;

export const TriggerHTTPUpdate = object("TriggerHTTPUpdate", {
  type: Type.Literal("http"),
  id: Type.String({ maxLength: 100, description: "The trigger; must be the one in the path." }),
  errors: ignored(),
  ...common,
  ...request,
  ...created,
});
export type TriggerHTTPUpdate = Static<typeof TriggerHTTPUpdate>;

export const Trigger = oneOf("Trigger", "type", [TriggerHTTP], "One typed way in: a webhook that the outside system may call.");
export type Trigger = Static<typeof Trigger>;

export const TriggerCreate = oneOf("TriggerCreate", "type", [TriggerHTTPCreate]);
export type TriggerCreate = Static<typeof TriggerCreate>;

export const TriggerUpdate = oneOf("TriggerUpdate", "type", [TriggerHTTPUpdate], "A `Trigger` as it is sent back.");
export type TriggerUpdate = Static<typeof TriggerUpdate>;

export const TriggerPage = object("TriggerPage", { ...pageInfo, triggers: Type.Array(Trigger) });
export type TriggerPage = Static<typeof TriggerPage>;
