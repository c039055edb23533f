import { type Static, Type } from "typebox";
import { ErrorBody } from "./error.ts";
import { ignored, object, text, ulid, words } from "./fields.ts";
import { pageInfo, paging, strict } from "./page.ts";

export const DefinitionReference = object("DefinitionReference", {
  type: words(["definition", "action", "trigger"], { description: "What refers to it." }),
  id: ulid("The one that refers to it."),
  name: Type.String({ pattern: "^[a-zA-Z0-9_\\-$]+$", description: "Its name." }),
});
export type DefinitionReference = Static<typeof DefinitionReference>;

export const InlineSchema = object("InlineSchema", {
  contentType: Type.String({
    minLength: 1,
    maxLength: 200,
    description:
      "What `content` is: `application/schema+json` or `application/json` for JSON Schema, `text/xml` or `application/xml` for XML Schema.",
  }),
  content: text(
    'The schema as text. JSON Schema is 2020-12, or draft-07 when its `$schema` says so. `{"$ref": "#/$defs/Other"}` points to a definition of the same request, or of the version; the `url` of a definition of the version does too.',
    { minLength: 1, maxLength: 1_000_000 },
  ),
});
export type InlineSchema = Static<typeof InlineSchema>;

const definitionName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: "^[a-zA-Z0-9_\\-]+$",
  description: "1 to 200 letters, digits, `_` and `-`; unique in the version.",
});

const definitionCommon = {
  name: definitionName,
  accept: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    maxItems: 50,
    description: "The media types that it describes, such as `application/json`.",
  }),
  description: Type.Optional(text("What it describes, at most 10,000 characters.", { maxLength: 10_000 })),
};

/** What is wrong with a definition, an action or a trigger. */
export const ContentError = object("ActionError", {
  field: Type.String({ description: "Where, as a JSON Pointer (RFC 6901); empty for all of it." }),
  message: Type.String({ description: "What to do about it." }),
  severity: words(["error", "warning"], { description: "An error keeps the version from being published." }),
});
export type ContentError = Static<typeof ContentError>;

export const DefinitionsCreateDefinition = object("DefinitionsCreateDefinition", { ...definitionCommon, schema: InlineSchema });
export type DefinitionsCreateDefinition = Static<typeof DefinitionsCreateDefinition>;

export const DefinitionsCreate = object("DefinitionsCreate", {
  definitions: Type.Array(DefinitionsCreateDefinition, {
    minItems: 1,
    maxItems: 1000,
    description: "They may refer to each other by name, in circles too. All are created or none.",
  }),
});
export type DefinitionsCreate = Static<typeof DefinitionsCreate>;

export const DefinitionUpdate = object(
  "DefinitionUpdate",
  {
    id: ulid("The definition; must be the one in the path."),
    ...definitionCommon,
    schema: Type.Optional(InlineSchema),
    url: ignored(),
    referencedBy: ignored(),
    errors: ignored(),
  },
  { description: "A `Definition` as it is sent back; the schema stays when none is given." },
);
export type DefinitionUpdate = Static<typeof DefinitionUpdate>;

export const DefinitionsDelete = object(
  "DefinitionsDelete",
  {
    ids: Type.Optional(Type.Array(ulid("A definition."), { maxItems: 1000 })),
    names: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 1000 })),
    all: Type.Optional(Type.Boolean({ description: "Every definition of the version; not together with `ids` or `names`." })),
  },
  { minProperties: 1, description: "Which definitions to delete. `ids` and `names` may be mixed, but not for the same one." },
);
export type DefinitionsDelete = Static<typeof DefinitionsDelete>;

export const Definition = object(
  "Definition",
  {
    id: ulid("The definition. A copy in another version has the same."),
    ...definitionCommon,
    url: Type.String({
      format: "uri",
      description: "Where its schema is, with every reference turned into such an address. It needs no key, and cannot be guessed.",
    }),
    referencedBy: Type.Optional(
      Type.Array(DefinitionReference, {
        description:
          "What refers to it, itself excepted: the first 1,000, in a list the first 100. Not where an action or a trigger uses it.",
      }),
    ),
    errors: Type.Optional(
      Type.Array(ContentError, { description: "What keeps it from being used, such as a deleted definition it refers to." }),
    ),
  },
  { description: "A schema for what goes in or comes out." },
);
export type Definition = Static<typeof Definition>;

export const Definitions = object("Definitions", { definitions: Type.Array(Definition) });
export type Definitions = Static<typeof Definitions>;

export const DefinitionPage = object("DefinitionPage", { ...pageInfo, definitions: Type.Array(Definition) });
export type DefinitionPage = Static<typeof DefinitionPage>;

const DefinitionsDeletePreconditionFailedDefinition = object("DefinitionsDeletePreconditionFailedDefinition", {
  id: Type.String({ description: "A definition that something else refers to." }),
  name: Type.String({ description: "Its name." }),
  referencedBy: Type.Array(DefinitionReference, { description: "What refers to it." }),
});

export const DefinitionsDeletePreconditionFailed = object("DefinitionsDeletePreconditionFailed", {
  ...ErrorBody.properties,
  definitions: Type.Optional(Type.Array(DefinitionsDeletePreconditionFailedDefinition)),
});
export type DefinitionsDeletePreconditionFailed = Static<typeof DefinitionsDeletePreconditionFailed>;

export const DefinitionDeletePreconditionFailed = object("DefinitionDeletePreconditionFailed", {
  ...ErrorBody.properties,
  definition: Type.Optional(DefinitionsDeletePreconditionFailedDefinition),
});
export type DefinitionDeletePreconditionFailed = Static<typeof DefinitionDeletePreconditionFailed>;

/** What lists of a version's content take. */
export const ContentQuery = Type.Object(
  {
    ...paging,
    name: Type.Optional(Type.String({ maxLength: 200, description: "Only those whose name contains this text, in any case." })),
  },
  strict,
);
export type ContentQuery = Static<typeof ContentQuery>;
