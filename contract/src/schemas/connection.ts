import { type Static, type TSchema, Type } from "typebox";
import { authSchemeConfigs, authSchemeConfigsInput } from "./auth-scheme-config.ts";
import { Environment, EnvironmentCreate, EnvironmentUpdateOrCreate, environmentVariables } from "./environment.ts";
import { ignored, line, name, object, oneOf, timestamp, ulid } from "./fields.ts";
import { pageInfo } from "./page.ts";
import { ConnectionVersion } from "./version.ts";

const label = name("What people call the connection");

const baseUrl = Type.String({
  minLength: 1,
  maxLength: 2048,
  pattern: line(),
  description:
    "Absolute http or https address without user info, query or fragment. May hold templates, as in `https://{{ env.tenant }}.example.com/api`.",
});

const datasetId = Type.String({
  maxLength: 1024,
  pattern: "^[A-Za-z0-9_.:-]*$",
  description: "The dataset, with or without its project, as in `project.dataset`. Empty: each query names its own.",
});

const environments = <Item extends TSchema>(item: Item, description: string) =>
  Type.Array(item, { minItems: 1, maxItems: 200, description });

const base = {
  id: ulid("The connection."),
  organisationId: ulid("The organisation it belongs to."),
  name: label,
  authSchemeConfigs,
  environmentVariables: environmentVariables("What every new environment starts with."),
  environments: environments(Environment, "Its environments, in the order that was given."),
  versions: Type.Array(ConnectionVersion, { description: "Its versions, newest first." }),
  createdAt: timestamp("When it was created."),
  updatedAt: timestamp("When it or anything in it last changed."),
};

export const HTTPConnection = object("HTTPConnection", { ...base, protocol: Type.Literal("http"), baseUrl });
export type HTTPConnection = Static<typeof HTTPConnection>;

export const BigQueryConnection = object("BigQueryConnection", { ...base, protocol: Type.Literal("bigquery"), datasetId });
export type BigQueryConnection = Static<typeof BigQueryConnection>;

export const Connection = oneOf("Connection", "protocol", [HTTPConnection, BigQueryConnection], "An outside system and how to reach it.");
export type Connection = Static<typeof Connection>;

export const ConnectionPage = object("ConnectionPage", { ...pageInfo, connections: Type.Array(Connection) });
export type ConnectionPage = Static<typeof ConnectionPage>;

const defaultVariables = Type.Optional(environmentVariables("What every environment starts with."));
const firstEnvironments = environments(EnvironmentCreate, "At least one.");

export const HTTPConnectionCreate = object("HTTPConnectionCreate", {
  name: label,
  baseUrl,
  environmentVariables: defaultVariables,
  authSchemeConfigs: authSchemeConfigsInput,
  environments: firstEnvironments,
});
export type HTTPConnectionCreate = Static<typeof HTTPConnectionCreate>;

export const BigQueryConnectionCreate = object("BigQueryConnectionCreate", {
  name: label,
  datasetId: Type.Optional(datasetId),
  environmentVariables: defaultVariables,
  authSchemeConfigs: Type.Optional(authSchemeConfigsInput),
  environments: firstEnvironments,
});
export type BigQueryConnectionCreate = Static<typeof BigQueryConnectionCreate>;

const updateBase = {
  id: ulid("Must be the connection in the path."),
  organisationId: ulid("Must be the organisation in the path."),
  name: label,
  authSchemeConfigs: Type.Optional(authSchemeConfigsInput),
  environmentVariables: Type.Optional(environmentVariables("Replaces the defaults, and is carried into every environment.")),
  environments: Type.Optional(
    environments(EnvironmentUpdateOrCreate, "Replaces the list and its order: what is not listed is deleted. Left out: unchanged."),
  ),
  versions: ignored(),
  createdAt: ignored(),
  updatedAt: ignored(),
};

export const HTTPConnectionUpdate = object("HTTPConnectionUpdate", { ...updateBase, protocol: Type.Literal("http"), baseUrl });
export type HTTPConnectionUpdate = Static<typeof HTTPConnectionUpdate>;

export const BigQueryConnectionUpdate = object("BigQueryConnectionUpdate", {
  ...updateBase,
  protocol: Type.Literal("bigquery"),
  datasetId,
});
export type BigQueryConnectionUpdate = Static<typeof BigQueryConnectionUpdate>;

export const ConnectionUpdate = oneOf(
  "ConnectionUpdate",
  "protocol",
  [HTTPConnectionUpdate, BigQueryConnectionUpdate],
  "What the connection shall be; a `Connection` that was read may be sent back as it is.",
);
export type ConnectionUpdate = Static<typeof ConnectionUpdate>;
