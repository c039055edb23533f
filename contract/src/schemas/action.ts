import { type Static, Type } from "typebox";
import { ContentError, Definition } from "./definition.ts";
import { ignored, line, object, oneOf, text, ulid, words } from "./fields.ts";
import { pageInfo } from "./page.ts";

const common = {
  name: Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: "^[a-zA-Z0-9_\\-$]+$",
    description: "1 to 200 letters, digits, `_`, `-` and `$`; unique in the version.",
  }),
  summary: Type.Optional(text("What it does, in a line.", { maxLength: 1_000 })),
  description: Type.Optional(text("What it does, at most 20,000 characters.", { maxLength: 20_000 })),
};

const shown = {
  id: Type.String({ description: "The action. A copy in another version has the same." }),
  errors: Type.Optional(
    Type.Array(ContentError, { description: "What is wrong with it. A draft may be saved so; publishing refuses errors." }),
  ),
};

export const actionMethods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE"] as const;
export const HTTPMethod = words(actionMethods, { title: "HTTPMethod", description: "The method of the request." });
export type HTTPMethod = Static<typeof HTTPMethod>;

export const ActionHTTPParameter = object("ActionHTTPParameter", {
  name: Type.String({ maxLength: 200, description: "Its name on the wire." }),
  in: words(["cookie", "header", "path", "query"], { description: "Where it goes." }),
  required: Type.Boolean({ description: "Whether a call without it is refused. One in the path always is." }),
  type: words(["string", "number", "integer", "boolean"], { description: "What it is; of a list, what its items are." }),
  default: Type.Optional(
    Type.Unknown({ description: "Used when a call leaves it out. A text may hold `{{ env.name }}` and `{{ param.name }}`." }),
  ),
  completion: Type.Optional(object("ActionCompletion", {})),
  description: Type.Optional(text("What it is for.", { maxLength: 20_000 })),
  schema: Type.Optional(
    Type.Unknown({
      description:
        "A JSON Schema of its value that says more than `type`: `enum`, `minimum`, `type: array`. References are not possible here.",
    }),
  ),
  style: Type.Optional(
    words(["simple", "form", "spaceDelimited", "pipeDelimited"], { description: "How a list is written, in OpenAPI's terms." }),
  ),
  explode: Type.Optional(Type.Boolean({ description: "Whether each item of a list is a parameter of its own, in OpenAPI's terms." })),
});
export type ActionHTTPParameter = Static<typeof ActionHTTPParameter>;

const accept = Type.Optional(
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    maxItems: 50,
    description: "Which of the definition's media types count here; all of them when left out.",
  }),
);

export const ActionDefinition = object("ActionDefinition", { id: ulid("This use of the definition."), definition: Definition, accept });
export type ActionDefinition = Static<typeof ActionDefinition>;

/** By id, or by name; what a GET returned of it may be sent back. An id goes before a name. */
export const ActionDefinitionCreate = object("ActionDefinitionCreate", {
  id: ignored(),
  definition: object(
    "DefinitionRef",
    {
      id: Type.Optional(ulid("The definition.")),
      name: Type.Optional(Type.String({ maxLength: 200, description: "The definition's name, where no id is given." })),
      accept: ignored(),
      description: ignored(),
      url: ignored(),
      referencedBy: ignored(),
      errors: ignored(),
    },
    {
      description: "A definition of the same version, by its id or its name.",
      if: { properties: { id: {} }, required: ["id"] },
      else: { properties: { name: {} }, required: ["name"] },
    },
  ),
  accept,
});
export type ActionDefinitionCreate = Static<typeof ActionDefinitionCreate>;

const bodyRequired = Type.Boolean({ description: "Whether a call without a body is refused." });
const linksMax = 50;

export const ActionHTTPRequestBody = object("ActionHTTPRequestBody", {
  required: bodyRequired,
  definitions: Type.Array(ActionDefinition),
});
export type ActionHTTPRequestBody = Static<typeof ActionHTTPRequestBody>;

export const ActionHTTPRequestBodyCreate = object("ActionHTTPRequestBodyCreate", {
  required: bodyRequired,
  definitions: Type.Array(ActionDefinitionCreate, { maxItems: linksMax, description: "At most one for each media type." }),
});
export type ActionHTTPRequestBodyCreate = Static<typeof ActionHTTPRequestBodyCreate>;

const status = Type.Optional(
  Type.Integer({ minimum: 0, maximum: 999, description: "The status code; the one for all others when left out." }),
);
const responseDescription = Type.Optional(text("What it means.", { maxLength: 20_000 }));

export const ActionHTTPResponse = object("ActionHTTPResponse", {
  id: ulid("This response."),
  status,
  description: responseDescription,
  definitions: Type.Array(ActionDefinition),
});
export type ActionHTTPResponse = Static<typeof ActionHTTPResponse>;

export const ActionHTTPResponseCreate = object("ActionHTTPResponseCreate", {
  id: ignored(),
  status,
  description: responseDescription,
  definitions: Type.Array(ActionDefinitionCreate, { maxItems: linksMax, description: "At most one for each media type." }),
});
export type ActionHTTPResponseCreate = Static<typeof ActionHTTPResponseCreate>;

const request = {
  method: HTTPMethod,
  path: text("Below the base URL. A template: `/users/{{ param.id }}`, `{{ env.name }}`.", { maxLength: 2_048 }),
  parameters: Type.Array(ActionHTTPParameter, { maxItems: 500 }),
};

export const ActionHTTP = object("ActionHTTP", {
  type: Type.Literal("http"),
  ...shown,
  ...common,
  ...request,
  requestBody: Type.Optional(ActionHTTPRequestBody),
  responses: Type.Array(ActionHTTPResponse),
});
export type ActionHTTP = Static<typeof ActionHTTP>;

const created = {
  requestBody: Type.Optional(ActionHTTPRequestBodyCreate),
  responses: Type.Array(ActionHTTPResponseCreate, { maxItems: 200 }),
};
export const ActionHTTPCreate = object("ActionHTTPCreate", { type: Type.Literal("http"), ...common, ...request, ...created });
export type ActionHTTPCreate = Static<typeof ActionHTTPCreate>;

const updated = { id: Type.String({ maxLength: 100, description: "The action; must be the one in the path." }), errors: ignored() };
export const ActionHTTPUpdate = object("ActionHTTPUpdate", { type: Type.Literal("http"), ...updated, ...common, ...request, ...created });
export type ActionHTTPUpdate = Static<typeof ActionHTTPUpdate>;

export const bigQueryTypes = [
  "BOOL",
  "INT64",
  "FLOAT64",
  "NUMERIC",
  "BIGNUMERIC",
  "STRING",
  "BYTES",
  "DATE",
  "DATETIME",
  "TIME",
  "TIMESTAMP",
  "JSON",
] as const;

export const ActionBigQueryParameter = object("ActionBigQueryParameter", {
  name: Type.String({
    maxLength: 128,
    pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
    description: "As in `@name` in the query.",
  }),
  required: Type.Boolean({
    description:
      "Whether a call without it is refused. One that is not required, left out and without a default is null; a list is then empty.",
  }),
  type: words(bigQueryTypes, { description: "Its type in BigQuery; of a list, that of its items." }),
  array: Type.Optional(Type.Boolean({ description: "Whether it is a list." })),
  default: Type.Optional(Type.Unknown({ description: "Used when a call leaves it out. A text may hold `{{ env.name }}`." })),
  description: Type.Optional(text("What it is for.", { maxLength: 20_000 })),
});
export type ActionBigQueryParameter = Static<typeof ActionBigQueryParameter>;

const query = {
  query: text("The SQL, in which values are named parameters as in `@name`. No template: a value can never become SQL.", {
    minLength: 1,
    maxLength: 100_000,
  }),
  parameters: Type.Array(ActionBigQueryParameter, { maxItems: 500 }),
  maximumBytesBilled: Type.Optional(
    Type.String({ pattern: "^[1-9][0-9]{0,18}$", description: "A query that would be billed for more bytes is refused by BigQuery." }),
  ),
  location: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9-]{1,64}$", description: "Where the data is, as in `EU`." })),
};

export const ActionBigQuery = object(
  "ActionBigQuery",
  {
    type: Type.Literal("bigquery"),
    ...shown,
    ...common,
    ...query,
    row: Type.Optional(ActionDefinition),
  },
  { description: "A query. `row` describes each of its rows; a dry run makes it." },
);
export type ActionBigQuery = Static<typeof ActionBigQuery>;

const row = Type.Optional(ActionDefinitionCreate);
export const ActionBigQueryCreate = object("ActionBigQueryCreate", { type: Type.Literal("bigquery"), ...common, ...query, row });
export type ActionBigQueryCreate = Static<typeof ActionBigQueryCreate>;

export const ActionBigQueryUpdate = object("ActionBigQueryUpdate", {
  type: Type.Literal("bigquery"),
  ...updated,
  ...common,
  ...query,
  row,
});
export type ActionBigQueryUpdate = Static<typeof ActionBigQueryUpdate>;

export const ActionDryRun = object("ActionDryRun", {
  environment: Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: line(),
    description: "Whose credentials ask: an environment's id or name.",
  }),
});
export type ActionDryRun = Static<typeof ActionDryRun>;

export const Action = oneOf("Action", "type", [ActionHTTP, ActionBigQuery], "One operation of the outside system.");
export type Action = Static<typeof Action>;

export const ActionDryRunResult = object("ActionDryRunResult", {
  action: Action,
  totalBytesProcessed: Type.String({ description: "How many bytes a call would read: a whole number, as text." }),
});
export type ActionDryRunResult = Static<typeof ActionDryRunResult>;

export const ActionCreate = oneOf("ActionCreate", "type", [ActionHTTPCreate, ActionBigQueryCreate]);
export type ActionCreate = Static<typeof ActionCreate>;

export const ActionUpdate = oneOf("ActionUpdate", "type", [ActionHTTPUpdate, ActionBigQueryUpdate], "An `Action` as it is sent back.");
export type ActionUpdate = Static<typeof ActionUpdate>;

export const ActionPage = object("ActionPage", { ...pageInfo, actions: Type.Array(Action) });
export type ActionPage = Static<typeof ActionPage>;
