import type {
  AuthSchemeConfigInput,
  Connection,
  Credential,
  CredentialCreate,
  EnvironmentCreate,
  HTTPConnectionCreate,
  Subscription,
  SubscriptionCreate,
} from "@mooring/contract";
import type { Actor } from "./actors.ts";
import { canary, canaryFile } from "./canary.ts";
import type { World } from "./world.ts";

export const apiKeyScheme = { schemeType: "api-key", name: "X-Api-Key", in: "header" } as const;
export const basicAuthScheme = { schemeType: "basic-auth" } as const;
export const noneScheme = { schemeType: "none" } as const;
export const hmacScheme: AuthSchemeConfigInput = {
  schemeType: "hmac",
  name: "X-Signature",
  in: "header",
  algorithm: "sha256",
  digestInputs: ["body"],
};
export const googleScheme = { schemeType: "google-service-account" } as const;
const endpoints = { authorizeUrl: "https://id.example.com/authorize", tokenUrl: "https://id.example.com/token" };
export const clientCredentialsScheme: AuthSchemeConfigInput = {
  schemeType: "oauth2",
  ...endpoints,
  scopes: [{ name: "read" }],
  flows: { clientCredentials: {} },
};
export const authorizationCodeScheme = (application: string): AuthSchemeConfigInput => ({
  schemeType: "oauth2",
  ...endpoints,
  scopes: [],
  flows: { authorizationCode: { applicationCredential: { id: application } } },
});

export type CredentialKind = CredentialCreate["type"];

/** A new credential of each type, with secrets that are found wherever they get out. */
export const credentialOf = {
  none: () => ({ name: "nothing", type: "none", data: {} }),
  string: () => ({ name: "key", type: "string", data: { value: canary("value") } }),
  binary: () => ({ name: "file", type: "binary", data: { valueBase64: canaryFile("file") } }),
  "basic-auth": () => ({ name: "login", type: "basic-auth", data: { username: "sam", password: canary("password", { lines: false }) } }),
  "oauth2-client": () => ({ name: "app", type: "oauth2-client", data: { clientId: "id", clientSecret: canary("client"), ...endpoints } }),
  "oauth2-token": () => ({
    name: "grant",
    type: "oauth2-token",
    data: {
      clientId: "id",
      clientSecret: canary("client"),
      ...endpoints,
      scopes: ["read"],
      accessToken: canary("access"),
      refreshToken: canary("refresh"),
    },
  }),
} as const satisfies Record<CredentialKind, () => CredentialCreate>;

/** An environment with an API key and a login for calls, in that order, and a key to check what comes in. */
export function newEnvironment(name: string, variables: EnvironmentCreate["variables"] = []): EnvironmentCreate {
  return {
    name,
    credentials: {
      action: [
        { authSchemeConfig: apiKeyScheme, credential: credentialOf.string() },
        { authSchemeConfig: basicAuthScheme, credential: credentialOf["basic-auth"]() },
      ],
      trigger: [{ authSchemeConfig: hmacScheme, credential: credentialOf.string() }],
    },
    variables,
  };
}

/** A connection with the environments dev and test, whose variables are the default, one over it, and one of their own. */
export function newConnection(changes: Partial<HTTPConnectionCreate> = {}): HTTPConnectionCreate {
  return {
    name: "Shop",
    baseUrl: "https://{{ env.tenant }}.example.com/api",
    authSchemeConfigs: [apiKeyScheme, basicAuthScheme],
    environmentVariables: [
      { name: "tenant", value: "acme" },
      { name: "region", value: "eu" },
    ],
    environments: [newEnvironment("dev", [{ name: "own", value: "dev" }]), newEnvironment("test", [{ name: "region", value: "us" }])],
    ...changes,
  };
}

/** A small connection: one environment without credentials. */
export const smallConnection = (changes: Partial<HTTPConnectionCreate> = {}): HTTPConnectionCreate => ({
  name: "Small",
  baseUrl: "https://api.example.com",
  authSchemeConfigs: [],
  environments: [{ name: "dev", credentials: {}, variables: [] }],
  ...changes,
});

export type HTTPConnection = Extract<Connection, { protocol: "http" }>;

export async function createConnection(world: World, body: HTTPConnectionCreate = newConnection(), actor?: Actor): Promise<HTTPConnection> {
  const { body: created } = await world.must(actor ?? (await world.as("key")), "CreateHTTPConnection", { body });
  return created;
}

export async function createCredential(world: World, kind: CredentialKind = "string", actor?: Actor): Promise<Credential> {
  const { body } = await world.must(actor ?? (await world.as("key")), "CreateCredential", { body: credentialOf[kind]() });
  return body;
}

/** A subscription to the connection, that follows its default version where it names none. */
export async function createSubscription(
  world: World,
  connectionId: string,
  to: Omit<SubscriptionCreate, "name"> & { name?: string } = {},
  actor?: Actor,
): Promise<Subscription> {
  const body = { name: `subscription ${world.newId()}`, ...to };
  const params = { connection_id: connectionId };
  const { key, ...subscription } = (await world.must(actor ?? (await world.as("key")), "CreateSubscription", { params, body })).body;
  if (key !== undefined) world.shownOnce.push(key);
  return subscription;
}

/** The connection as it reads now. */
export async function readConnection(world: World, id: string, actor?: Actor): Promise<HTTPConnection> {
  const { body } = await world.must(actor ?? (await world.as("key")), "GetConnection", { params: { connection_id: id } });
  return body as HTTPConnection;
}

/** The item at `index`. Throws when there is none: a test that counts on it is wrong. */
export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items.at(index);
  if (item === undefined) throw new Error(`There is no item ${index}.`);
  return item;
}
