import type { AuthSchemeConfig, Connection, Credential, Environment, EnvironmentCredential, EnvironmentVariable } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import type { Engine } from "./database.ts";
import { jsonObject, jsonOrNull, jsonRows, jsonText } from "./json.ts";

/** An auth scheme config as it is stored: an application credential is its id, and is filled in when read. */
export type StoredConfig =
  | Exclude<AuthSchemeConfig, { schemeType: "oauth2" }>
  | (Omit<OAuth2Config, "flows"> & {
      flows: { clientCredentials?: object; authorizationCode?: { applicationCredential: { id: string } } };
    });

type OAuth2Config = Extract<AuthSchemeConfig, { schemeType: "oauth2" }>;

export interface ConnectionRow {
  id: string;
  org_id: string;
  name: string;
  protocol: Connection["protocol"];
  base_url: string | null;
  dataset_id: string | null;
  auth_scheme_configs: string;
  variables: string;
  created_at: string;
  updated_at: string;
  environments: string;
  versions: string;
  applications: string;
}

/** The select list of a connection with its environments, their credentials and its versions. */
export function connectionColumns(engine: Engine): RawBuilder<unknown> {
  return columns[engine];
}

/** The select list of environments alone, each as `environmentOf` wants it. */
export function environmentJson(engine: Engine): string {
  return jsonObject(engine, environmentFields(engine));
}

function columnsText(engine: Engine): string {
  const environments = jsonRows(
    engine,
    environmentFields(engine),
    "environments e where e.org_id = connections.org_id and e.connection_id = connections.id",
    "e.position",
  );
  const versions = jsonRows(
    engine,
    versionFields,
    "versions v where v.org_id = connections.org_id and v.connection_id = connections.id",
    "v.updated_at desc, v.id desc",
  );
  const applications = jsonRows(
    engine,
    credentialFields("c"),
    `connection_application_credentials a
      join credentials c on c.org_id = a.org_id and c.id = a.credential_id
      where a.org_id = connections.org_id and a.connection_id = connections.id`,
    "c.id",
  );
  return `
    id, org_id, name, protocol, base_url, dataset_id, auth_scheme_configs, variables, created_at, updated_at,
    ${jsonText(engine, environments)} as environments,
    ${jsonText(engine, versions)} as versions,
    ${jsonText(engine, applications)} as applications`;
}

function environmentFields(engine: Engine): Record<string, string> {
  const credentials = jsonRows(
    engine,
    {
      id: "ec.id",
      purpose: "ec.purpose",
      config: "ec.config",
      credential: jsonObject(engine, credentialFields("c")),
      application: jsonOrNull(engine, "a.id", jsonObject(engine, credentialFields("a"))),
    },
    `environment_credentials ec
      join credentials c on c.org_id = ec.org_id and c.id = ec.credential_id
      left join credentials a on a.org_id = ec.org_id and a.id = ec.application_credential_id
      where ec.org_id = e.org_id and ec.environment_id = e.id`,
    "ec.position",
  );
  return {
    id: "e.id",
    name: "e.name",
    slug: "e.slug",
    variables: "e.variables",
    retries: "e.retries",
    createdAt: "e.created_at",
    updatedAt: "e.updated_at",
    credentials,
  };
}

const credentialFields = (alias: string) => ({
  id: `${alias}.id`,
  type: `${alias}.type`,
  name: `${alias}.name`,
  errors: `${alias}.errors`,
  data: `${alias}.data`,
  createdAt: `${alias}.created_at`,
  updatedAt: `${alias}.updated_at`,
});

const versionFields = {
  id: "v.id",
  name: "v.name",
  description: "v.description",
  isDefault: "v.is_default",
  createdAt: "v.created_at",
  updatedAt: "v.updated_at",
  publishedAt: "v.published_at",
};

// Here, because the texts are made from the constants above.
const columns: Record<Engine, RawBuilder<unknown>> = { sqlite: sql.raw(columnsText("sqlite")), postgres: sql.raw(columnsText("postgres")) };

export function connectionOf(row: ConnectionRow): Connection {
  const applications = new Map(
    (JSON.parse(row.applications) as CredentialJson[]).map((credential) => [credential.id, credentialOf(credential)]),
  );
  const configs = JSON.parse(row.auth_scheme_configs) as StoredConfig[];
  const base = {
    id: row.id,
    organisationId: row.org_id,
    name: row.name,
    authSchemeConfigs: configs.map((config) => filled(config, (id) => applications.get(id))),
    environmentVariables: JSON.parse(row.variables) as EnvironmentVariable[],
    environments: (JSON.parse(row.environments) as EnvironmentJson[]).map(environmentOf),
    versions: versionsOf(JSON.parse(row.versions) as VersionJson[]),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
  return row.protocol === "http"
    ? { ...base, protocol: "http", baseUrl: row.base_url ?? "" }
    : { ...base, protocol: "bigquery", datasetId: row.dataset_id ?? "" };
}

export interface EnvironmentJson {
  id: string;
  name: string;
  slug: string;
  variables: string;
  retries: number | null;
  createdAt: string;
  updatedAt: string;
  credentials: {
    id: string;
    purpose: "action" | "trigger";
    config: string;
    credential: CredentialJson;
    application: CredentialJson | null;
  }[];
}

export function environmentOf({ id, name, slug, variables, retries, createdAt, updatedAt, credentials }: EnvironmentJson): Environment {
  const of = (purpose: "action" | "trigger"): EnvironmentCredential[] =>
    credentials
      .filter((credential) => credential.purpose === purpose)
      .map((one) => ({
        id: one.id,
        authSchemeConfig: filled(JSON.parse(one.config) as StoredConfig, () => one.application && credentialOf(one.application)),
        credential: credentialOf(one.credential),
      }));
  return {
    id,
    name,
    slug,
    credentials: { action: of("action"), trigger: of("trigger") },
    variables: JSON.parse(variables) as EnvironmentVariable[],
    ...(retries === null ? {} : { retries }),
    createdAt,
    updatedAt,
  };
}

function filled(config: StoredConfig, credential: (id: string) => Credential | null | undefined): AuthSchemeConfig {
  if (config.schemeType !== "oauth2" || !config.flows.authorizationCode) return config as AuthSchemeConfig;
  const application = credential(config.flows.authorizationCode.applicationCredential.id);
  // A foreign key keeps the application credential while a config names it.
  if (!application) throw new Error("An application credential is missing.");
  return { ...config, flows: { ...config.flows, authorizationCode: { applicationCredential: application } } };
}

export interface CredentialJson {
  id: string;
  type: Credential["type"];
  name: string;
  errors: string | null;
  data: string;
  createdAt: string;
  updatedAt: string;
}

export function credentialOf({ id, type, name, errors, data, createdAt, updatedAt }: CredentialJson): Credential {
  return {
    id,
    type,
    name,
    ...(errors === null ? {} : { errors: JSON.parse(errors) as string[] }),
    data: JSON.parse(data),
    createdAt,
    updatedAt,
  } as Credential;
}

export interface VersionJson {
  id: string;
  name: string;
  description: string | null;
  isDefault: number;
  createdAt: string;
  updatedAt: string;
  publishedAt: string | null;
}

/** The versions of one connection, all of them: which is the latest shows only beside the others. */
export function versionsOf(rows: readonly VersionJson[]): NonNullable<Connection["versions"]> {
  const latest = latestOf(rows);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    isLatest: row.id === latest?.id,
    isDefault: row.isDefault === 1,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    publishedAt: row.publishedAt,
  }));
}

/** The published version with the newest `publishedAt`; of two in one millisecond the newer id. Undefined when none is published. */
export function latestOf(rows: readonly VersionJson[]): VersionJson | undefined {
  return rows
    .filter(({ publishedAt }) => publishedAt !== null)
    .reduce<VersionJson | undefined>((newest, row) => (newest && orderOf(newest) > orderOf(row) ? newest : row), undefined);
}

const orderOf = ({ publishedAt, id }: VersionJson) => `${publishedAt} ${id}`;
