import { type Static, type TSchema, Type } from "typebox";
import { AuthSchemeConfig, AuthSchemeConfigInput } from "./auth-scheme-config.ts";
import { Credential, CredentialCreateOrReference } from "./credential.ts";
import { byPresenceOfId, ignored, name, object, text, timestamp, ulid } from "./fields.ts";
import { pageInfo } from "./page.ts";

export const EnvironmentVariable = object("EnvironmentVariable", {
  name: Type.String({
    pattern: "^[A-Za-z_][A-Za-z0-9_.-]{0,99}$",
    description: "1 to 100 letters, digits, `_`, `.` and `-`, beginning with a letter or `_`; templates use it as `{{ env.name }}`.",
  }),
  value: text("At most 8192 characters. No place for secrets: everybody who can read the environment can read it.", { maxLength: 8192 }),
});
export type EnvironmentVariable = Static<typeof EnvironmentVariable>;

export const environmentVariables = (description: string) => Type.Array(EnvironmentVariable, { maxItems: 500, description });

const retries = (more: string) =>
  Type.Integer({
    minimum: 0,
    maximum: 5,
    description: `How often a call is sent again, at most, after a failure that may pass, where that does no harm; the header Mooring-Retries of a call goes before it. ${more}`,
  });

const slug = Type.String({ description: "Its name in kebab case." });

const ordered = <Item extends TSchema>(item: Item, description: string) => Type.Array(item, { maxItems: 20, description });
const forActions = "Applied to calls, in this order.";
const forTriggers = "Used to check what comes in, in this order.";

export const EnvironmentCredential = object("EnvironmentCredential", {
  id: ulid("This use of the credential."),
  authSchemeConfig: AuthSchemeConfig,
  credential: Credential,
});
export type EnvironmentCredential = Static<typeof EnvironmentCredential>;

export const EnvironmentCredentials = object("EnvironmentCredentials", {
  action: ordered(EnvironmentCredential, forActions),
  trigger: ordered(EnvironmentCredential, forTriggers),
});
export type EnvironmentCredentials = Static<typeof EnvironmentCredentials>;

export const Environment = object(
  "Environment",
  {
    id: ulid("The environment."),
    name: name("Its name, unique in the connection"),
    slug,
    credentials: EnvironmentCredentials,
    variables: environmentVariables("What templates may use."),
    retries: Type.Optional(retries("Absent: it was never set, and calls are sent once.")),
    createdAt: timestamp("When it was created."),
    updatedAt: timestamp("When it or its credentials last changed."),
  },
  { description: "One instance of the outside system: development, production, a customer." },
);
export type Environment = Static<typeof Environment>;

export const EnvironmentSummary = object("EnvironmentSummary", {
  id: ulid("The environment."),
  name: name("Its name"),
  slug,
  createdAt: timestamp("When it was created."),
  updatedAt: timestamp("When it last changed."),
});
export type EnvironmentSummary = Static<typeof EnvironmentSummary>;

export const ConnectionEnvironmentPage = object("ConnectionEnvironmentPage", { ...pageInfo, items: Type.Array(EnvironmentSummary) });
export type ConnectionEnvironmentPage = Static<typeof ConnectionEnvironmentPage>;

export const EnvironmentCredentialCreate = object("EnvironmentCredentialCreate", {
  authSchemeConfig: AuthSchemeConfigInput,
  credential: CredentialCreateOrReference,
});
export type EnvironmentCredentialCreate = Static<typeof EnvironmentCredentialCreate>;

export const EnvironmentCredentialsCreate = object("EnvironmentCredentialsCreate", {
  action: Type.Optional(ordered(EnvironmentCredentialCreate, forActions)),
  trigger: Type.Optional(ordered(EnvironmentCredentialCreate, forTriggers)),
});
export type EnvironmentCredentialsCreate = Static<typeof EnvironmentCredentialsCreate>;

export const EnvironmentCreate = object("EnvironmentCreate", {
  name: name("Its name, unique in the connection"),
  credentials: EnvironmentCredentialsCreate,
  variables: environmentVariables("What templates may use, over the connection's defaults."),
  retries: Type.Optional(retries("Left out: calls are sent once.")),
});
export type EnvironmentCreate = Static<typeof EnvironmentCreate>;

export const EnvironmentCredentialUpdate = object("EnvironmentCredentialUpdate", {
  id: ulid("This use of the credential."),
  authSchemeConfig: AuthSchemeConfigInput,
  credential: ignored(),
});
export type EnvironmentCredentialUpdate = Static<typeof EnvironmentCredentialUpdate>;

export const EnvironmentCredentialUpdateOrCreate = byPresenceOfId(
  "EnvironmentCredentialUpdateOrCreate",
  EnvironmentCredentialUpdate,
  EnvironmentCredentialCreate,
  "With an `id`, an entry that is there; without one, a new entry.",
);
export type EnvironmentCredentialUpdateOrCreate = Static<typeof EnvironmentCredentialUpdateOrCreate>;

const replaces =
  "Replaces the list and its order: an entry with an `id` is kept, one without is added, one left out is unlinked. Left out: unchanged.";

export const EnvironmentCredentialsUpdate = object("EnvironmentCredentialsUpdate", {
  action: Type.Optional(ordered(EnvironmentCredentialUpdateOrCreate, `${forActions} ${replaces}`)),
  trigger: Type.Optional(ordered(EnvironmentCredentialUpdateOrCreate, `${forTriggers} ${replaces}`)),
});
export type EnvironmentCredentialsUpdate = Static<typeof EnvironmentCredentialsUpdate>;

export const EnvironmentUpdate = object("EnvironmentUpdate", {
  id: ulid("The environment."),
  name: name("Its name, unique in the connection"),
  slug: ignored(),
  credentials: Type.Optional(EnvironmentCredentialsUpdate),
  variables: Type.Optional(environmentVariables("Replaces them all. Left out: unchanged.")),
  retries: Type.Optional(retries("Left out: unchanged.")),
  createdAt: ignored(),
  updatedAt: ignored(),
});
export type EnvironmentUpdate = Static<typeof EnvironmentUpdate>;

export const EnvironmentUpdateOrCreate = byPresenceOfId(
  "EnvironmentUpdateOrCreate",
  EnvironmentUpdate,
  EnvironmentCreate,
  "With an `id`, an existing environment; without one, a new environment.",
);
export type EnvironmentUpdateOrCreate = Static<typeof EnvironmentUpdateOrCreate>;
